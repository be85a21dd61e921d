# quiet: workers take no new job; ends when they have finished theirs.

quiet() {
    drain || finish_without_worker
    find_stopped
    [ "$already" = no ] || add_note 'was quiet already'
    finish 'done'
}

quiet_worker() {
    note_seen "$w_unit"
    [ "$w_state.$w_busy" = quiet.0 ] || [ "$w_state" = idle ] || already=no
    case $w_state in
    suspended) send CONT ;;
    running)
        case $signalled in *" $w_id "*) return ;; esac
        # These know no TSTP: it would suspend the process and its jobs.
        case $w_version in [1-4].*) too_old="$too_old${too_old:+, }$w_pid" && return ;; esac
        send TSTP && signalled="$signalled$w_id " && note_quieted
        ;;
    esac
}

# Returns 0 when every worker is quiet and idle, 1 if there is no worker.
drain() {
    read_last_wake
    woken_before=$woken too_old=''
    # Send TSTP before asking any service manager: one may hang.
    find_workers
    mark_idle
    for_each_worker quiet_worker
    find_workers_and_units
    forget_stopped
    forget_quieted
    empty_for=0
    while :; do
        end_if_woken
        mark_idle
        too_old=''
        for_each_worker quiet_worker
        if [ -n "$too_old" ]; then
            add_note "worker $too_old is of a Sidekiq below 5, which cannot be quieted with TSTP: send it USR1 by hand"
            finish failed
        fi
        [ "$quick_checked" = yes ] || watch_units
        if [ $((count_idle + count_stuck)) -eq "$count" ] && [ "$starting" = no ]; then
            # Decide only after a full scan.
            if [ "$quick_checked" = yes ]; then
                find_workers
                continue
            fi
            if [ -n "$stuck" ]; then
                say_stuck
                finish failed
            fi
            if [ "$count" -gt 0 ]; then
                are_units_stable && refuse_embedded && return 0
                pause 4
                find_workers
                continue
            fi
            # A wrapper that restarts its workers leaves a gap that systemd does not see.
            if [ "$seen" = ' ' ] || [ "$empty_for" -ge "$heartbeat_max" ]; then
                refuse_embedded
                return 1
            fi
            empty_for=$((empty_for + 2))
        fi
        # While nothing changes, a new worker may take jobs for up to $heartbeat_max s.
        if [ "$settling" = no ] && [ "$count_free" -eq "$count_idle" ]; then pause 4; else pause 2; fi
        { [ "$settling" = no ] && [ $((now - full_scan)) -lt "$heartbeat_max" ] && quick_check; } || find_workers
    done
}

# False while a service manager is still changing a unit that has workers: it may start them again.
# (systemd ends and restarts a unit of Type=notify at each timeout if it never reports ready.)
are_units_stable() {
    list_units
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

# Ends as failed if Sidekiq runs inside another program: nobody can quiet it there.
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

# Units that we stopped take no jobs: that is done. No worker and no such unit is no-worker.
finish_without_worker() {
    find_stopped
    if [ "$seen" != ' ' ]; then
        already=no
        add_note 'every worker ended while it was waited for, and none came back'
    elif [ -n "$stopped" ]; then
        add_note 'was stopped already'
    fi
    [ -n "$stopped" ] || finish no-worker
    finish 'done'
}
