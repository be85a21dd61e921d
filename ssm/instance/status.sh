# status: what each worker does.

status() {
    read -r uptime _ </proc/uptime
    booted=$(($(date +%s) - ${uptime%%.*}))
    find_restarting
    look
    find_restarting # what ended meanwhile
    for each in $seen; do
        add_coming "$each"
    done
    find_hollow
    for each in $hollow_units; do
        add_booting_unit "$each"
    done
    find_embedded
    found=$found$embedded
    find_stopped
    [ -n "$found$stopped" ] || finish no-worker
    finish 'done'
}

# add_coming UNIT: adds a booting worker to $found, unless a worker of the unit is there or the unit went down meanwhile.
add_coming() {
    case $newline$found in *" $1$newline"*) return ;; esac
    unit_state "$1"
    case $active in
    inactive | failed | gone) ;;
    *) add_booting_unit "$1" ;;
    esac
}
add_booting_unit() { found="${found}0 0 0 booting 0 0 - $1$newline"; }
