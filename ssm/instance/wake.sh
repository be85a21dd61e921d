# wake: restarts units whose workers are all idle, and starts units that we stopped.

wake() {
    wait_until_settled
    find_stopped
    [ -n "$found$stopped$removed_units$unknown_units$stuck" ] || finish no-worker
    outcome_busy=no outcome_failed=no begun='' before=' '
    for_each_worker note_before
    list_units
    for each in $units; do
        wake_unit "$each"
    done
    start_stopped
    verify_awake
    mark_idle
    for_each_worker fail_unless_up
    for_each_worker fail_if_outlived
    fail_if_stuck
    forget_stopped
    find_stopped
    [ "$outcome_failed" = no ] || finish failed
    [ "$outcome_busy" = no ] || finish busy
    [ -n "$found" ] || finish no-worker
    [ "$already" = no ] || add_note 'was awake already'
    finish 'done'
}

# Waits until each quiet worker is known to be idle or busy, and none is booting, suspended or
# restarting.
wait_until_settled() {
    find_workers_and_units
    mark_idle
    began=$now
    while
        unsure=no
        for_each_worker settle_worker
        watch_units
        [ "$unsure$starting" != nono ] && [ $((now - began)) -le "$boot_limit" ]
    do
        already=no
        pause 1
        find_workers
        mark_idle
    done
}
settle_worker() {
    note_seen "$w_unit"
    case $w_state in
    suspended) send CONT && unsure=yes ;;
    booting) unsure=yes ;;
    running) [ ! -e "$quieted/$w_id" ] || unsure=yes ;; # it got TSTP and does not show it yet
    quiet) is_busy_for_certain || unsure=yes ;;
    esac
}

# Restarts a unit if all its workers are idle; otherwise adds a note with the reason.
wake_unit() {
    count_workers "$1"
    if [ "$draining" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $draining of $total workers still run jobs, so none was restarted"
    elif [ "$idle" -gt 0 ] && [ "$awake" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $awake of $total workers take jobs, so its quiet ones were not restarted; quiet it, then wake it"
    elif [ "$idle" -gt 0 ] && ! has_manager; then
        outcome_failed=yes
        add_note "$whose: $by_hand"
    elif [ "$idle" -gt 0 ]; then
        begin_unit restart "$1" "$total"
    fi
}

# begin_unit VERB UNIT WORKERS. verify_awake checks the result.
begin_unit() {
    { mkdir -p "$records" && printf '%s %s\n' "$$" "$now" >"$last_wake"; } 2>/dev/null ||
        add_note "cannot write $last_wake: a quiet under way here would quiet again what is woken now"
    already=no
    if said=$(control_unit "$1" "$2"); then
        begun="$begun $2=$3"
        return
    fi
    outcome_failed=yes
    add_note "$2 could not $1: $said"
}

start_stopped() {
    for each in $stopped; do
        workers=1
        { read -r workers _ <"$records/$each"; } 2>/dev/null
        is_number "$workers" || workers=1
        begin_unit start "$each" "$workers"
    done
    for each in $unknown_units; do
        outcome_failed=yes
        add_note "$each, stopped earlier, cannot be started: its service manager does not answer"
    done
    for each in $removed_units; do
        add_note "$each, stopped earlier, exists no more"
        rm -f "$records/$each"
    done
}

# Waits until each unit has as many new running workers as it had before.
verify_awake() {
    deadline=$boot_limit
    while :; do
        find_workers
        missing=''
        for each in $begun; do
            count_new "${each%=*}"
            [ "$new" -ge "${each##*=}" ] || missing="$missing $each"
        done
        [ -n "$missing" ] || break
        if [ "$deadline" -eq 0 ] || all_failed; then break; fi
        deadline=$((deadline - 1))
        pause 1
    done
    for each in $missing; do
        count_new "${each%=*}"
        count_starts "${each%=*}"
        outcome_failed=yes again=''
        [ "$started" -le 1 ] || again=", of $started that were started one after the other"
        add_note "${each%=*}: $new of ${each##*=} workers came back$again"
    done
}
count_new() {
    counted=$1 new=0
    for_each_worker count_new_one
}
count_new_one() {
    [ "$w_unit" = "$counted" ] || return 0
    [ "$w_state" != booting ] || note_start
    [ "$w_state" = running ] || return 0
    case $before in *" $w_id "*) ;; *) new=$((new + 1)) ;; esac
}
all_failed() {
    for each in $missing; do
        unit_state "${each%=*}"
        [ "$active" = failed ] || return 1
    done
}
fail_unless_up() {
    case $w_state in booting | suspended) ;; *) return ;; esac
    outcome_failed=yes
    add_note "worker $w_pid is still $w_state"
}
# With KillMode=process a unit's old workers outlive its restart.
fail_if_outlived() {
    case "$begun=$before" in *" $w_unit="*" $w_id "*) ;; *) return 0 ;; esac
    outcome_failed=yes
    add_note "worker $w_pid outlived the restart of $w_unit (KillMode=process, perhaps), and takes no job: end it by hand"
}
# Units that kept crashing before this wake and have no process now.
fail_if_stuck() {
    for each in $stuck; do
        count_workers "$each"
        count_starts "$each"
        case "$total $begun " in
        0*" $each="* | [!0]*) continue ;;
        esac
        outcome_failed=yes
        say_started_again "$each"
    done
}
note_before() { before="$before$w_id "; }
