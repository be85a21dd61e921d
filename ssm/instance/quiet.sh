# quiet: no worker takes jobs, and those that run are awaited.

quiet() {
    drain || finish_without_worker
    find_stopped
    [ "$held" = no ] || add_note 'was quiet already'
    finish 'done'
}

quiet_one() {
    note_unit
    [ "$w_state.$w_busy" = quiet.0 ] || [ "$w_state" = idle ] || held=no
    case $w_state in
    suspended) send CONT ;;
    running)
        case $signalled in *" $w_id "*) return ;; esac
        send TSTP && signalled="$signalled$w_id " && note_quieted
        ;;
    esac
}

# Returns when no worker here takes jobs or runs one: 0, or 1 if there is no worker at all.
drain() {
    read_last_wake
    woken_before=$woken
    look_for_any
    forget_stopped
    forget_quieted
    empty=0
    while :; do
        end_if_woken
        judge
        for_each_worker quiet_one
        [ "$glanced" = yes ] || watch_units
        if [ $((count_idle + count_stuck)) -eq "$count" ] && [ "$coming" = no ]; then
            # The last word is a look at everything.
            if [ "$glanced" = yes ]; then
                look
                continue
            fi
            if [ -n "$stuck" ]; then
                say_stuck
                finish failed
            fi
            [ "$count" -eq 0 ] || return 0
            # A wrapper that starts its workers again leaves a gap that systemd does not see.
            [ "$seen" != ' ' ] && [ "$empty" -lt "$beat" ] || return 1
            empty=$((empty + 2))
        fi
        # While all is at rest there is time, and who comes new may wait for a beat.
        if [ "$moving" = no ] && [ "$count_free" -eq "$count_idle" ]; then pause 4; else pause 2; fi
        { [ "$moving" = no ] && [ $((now - looked)) -lt "$beat" ] && glance; } || look
    done
}

# What we stopped takes no jobs; no worker at all is another matter.
finish_without_worker() {
    find_stopped
    if [ "$seen" != ' ' ]; then
        held=no
        add_note 'every worker ended while it was waited for, and none came back'
    elif [ -n "$stopped" ]; then
        add_note 'was stopped already'
    fi
    [ -n "$stopped" ] || finish no-worker
    finish 'done'
}
