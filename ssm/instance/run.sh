is_action() {
    case $#.${1-} in
    1.quiet | 1.wake | 1.stop | 1.status) ;;
    2.quiet | 2.wake | 2.stop) is_number "$2" && [ ${#2} -eq 10 ] ;;
    *) false ;;
    esac
}

if ! is_action "$@"; then
    echo 'usage: snow-white-instance.sh quiet|wake|stop|status [SECONDS]' >&2
    exit 2
fi
action=$1
if [ "$action" != status ] && [ "$(id -u)" -ne 0 ]; then
    add_note 'must be run by root'
    finish failed
fi
refuse_late "${2-0}"
"$action"
