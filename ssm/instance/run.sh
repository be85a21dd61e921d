case $#.${1-} in
1.quiet | 1.wake | 1.stop | 1.status)
    action=$1
    if [ "$action" != status ] && [ "$(id -u)" -ne 0 ]; then
        add_note 'must be run by root'
        finish failed
    fi
    "$action"
    ;;
*)
    echo 'usage: snow-white-instance.sh quiet|wake|stop|status' >&2
    exit 2
    ;;
esac
