# stop: quiet, then the end of each unit.

stop() {
    drain || finish_without_worker
    held=no outcome='done' ended=''
    units_of_found
    for each in $units; do
        stop_unit "$each" || outcome=failed
    done
    look
    judge
    find_stopped
    units_of_found
    for each in $units; do
        case "$ended " in *" $each "*) add_note "$each has a worker again" ;; esac
        outcome=failed
    done
    finish "$outcome"
}

# Noted first, so that wake finds the unit whatever happens to us meanwhile.
stop_unit() {
    count_in "$1"
    case $1 in
    *.service) ;;
    runsv:* | supervisord:*) leave_supervised && return 1 ;;
    esac
    if ! has_manager; then
        add_note "$whose: quiet, but not stopped"
        return 1
    fi
    check_stop_timeout "$1"
    if ! { mkdir -p "$records" && printf '%s %s\n' "$here" "$(date +%s)" >"$records/$1"; } 2>/dev/null; then
        add_note "$1 was not stopped: cannot write in $records"
        return 1
    fi
    ended="$ended $1"
    said=$(service stop "$1") && return 0
    add_note "$1 could not be stopped: $said"
    return 1
}
