# stop: quiets the workers, then stops their units.

stop() {
    drain || finish_without_worker
    already=no outcome='done' ended=''
    list_units
    for each in $units; do
        stop_unit "$each" || outcome=failed
    done
    find_workers
    mark_idle
    find_stopped
    list_units
    for each in $units; do
        case "$ended " in *" $each "*) add_note "$each has a worker again" ;; esac
        outcome=failed
    done
    finish "$outcome"
}

# The record is written first, so that a wake finds the unit even if this script is killed.
stop_unit() {
    count_workers "$1"
    case $1 in
    *.service) ;;
    runsv:* | supervisord:*) note_supervised && return 1 ;;
    esac
    if ! has_manager; then
        add_note "$whose: quiet, but not stopped"
        return 1
    fi
    check_stop_timeout "$1"
    if ! { mkdir -p "$records" && printf '%s %s\n' "$total" "$(date +%s)" >"$records/$1"; } 2>/dev/null; then
        add_note "$1 was not stopped: cannot write in $records"
        return 1
    fi
    ended="$ended $1"
    said=$(control_unit stop "$1") && return 0
    add_note "$1 could not be stopped: $said"
    return 1
}
