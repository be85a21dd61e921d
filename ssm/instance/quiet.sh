# quiet: no worker takes jobs, and those that run are awaited.

quiet() {
    drain || finish_without_worker
    find_stopped
    [ "$held" = no ] || add_note 'was quiet already'
    finish 'done'
}

quiet_one() {
    note_seen "$w_unit"
    [ "$w_state.$w_busy" = quiet.0 ] || [ "$w_state" = idle ] || held=no
    case $w_state in
    suspended) send CONT ;;
    running)
        case $signalled in *" $w_id "*) return ;; esac
        # It knows no TSTP, which would suspend it, jobs and all.
        case $w_version in [1-4].*) too_old="$too_old${too_old:+, }$w_pid" && return ;; esac
        send TSTP && signalled="$signalled$w_id " && note_quieted
        ;;
    esac
}

# Returns when no worker here takes jobs or runs one: 0, or 1 if there is no worker at all.
drain() {
    read_last_wake
    woken_before=$woken too_old=''
    # Told before any service manager is asked: one may hang.
    look
    judge
    for_each_worker quiet_one
    look_for_any
    forget_stopped
    forget_quieted
    empty=0
    while :; do
        end_if_woken
        judge
        too_old=''
        for_each_worker quiet_one
        if [ -n "$too_old" ]; then
            add_note "worker $too_old is of a Sidekiq below 5, which cannot be quieted with TSTP: send it USR1 by hand"
            finish failed
        fi
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
            if [ "$count" -gt 0 ]; then
                are_units_at_rest && refuse_embedded && return 0
                pause 4
                look
                continue
            fi
            # A wrapper that starts its workers again leaves a gap that systemd does not see.
            if [ "$seen" = ' ' ] || [ "$empty" -ge "$beat" ]; then
                refuse_embedded
                return 1
            fi
            empty=$((empty + 2))
        fi
        # While all is at rest there is time, and who comes new may wait for a beat.
        if [ "$moving" = no ] && [ "$count_free" -eq "$count_idle" ]; then pause 4; else pause 2; fi
        { [ "$moving" = no ] && [ $((now - looked)) -lt "$beat" ] && glance; } || look
    done
}

# False while a service manager has not done with a unit that has workers: it may start these anew (a unit of Type=notify
# that never says that it is ready is ended and started again at each time-out).
are_units_at_rest() {
    units_of_found
    for each in $units; do
        case $each in - | container:unnamed) continue ;; esac
        unit_state "$each"
        case $active in activating | deactivating | reloading) ;; *) continue ;; esac
        [ -n "$unready_from" ] || unready_from=$now
        [ $((now - unready_from)) -gt "$boot_limit" ] || return 1
        add_note "$each has been $active for more than $boot_limit s, so that its workers may be started anew: systemctl status says why"
        finish failed
    done
    unready_from=''
}

# Ends as failed where Sidekiq runs inside another program: its jobs go on.
refuse_embedded() {
    find_embedded
    [ -n "$embedded" ] || return 0
    for_each_line "$embedded" name_embedded
    finish failed
}
name_embedded() {
    { read -r name <"/proc/$w_pid/comm"; } 2>/dev/null || name='a program'
    of_unit=''
    [ "$w_unit" = - ] || of_unit=" of $w_unit"
    add_note "Sidekiq runs inside $name (pid $w_pid$of_unit) and takes jobs: nobody can quiet it there from outside"
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
