# wake: units whose workers are all idle are restarted, and units that we stopped are started.

wake() {
    settle
    find_stopped
    [ -n "$found$stopped$gone$hidden$stuck" ] || finish no-worker
    outcome_busy=no outcome_failed=no begun='' before=' '
    for_each_worker note_before
    units_of_found
    for each in $units; do
        wake_unit "$each"
    done
    start_stopped
    prove_awake
    judge
    for_each_worker fail_unless_up
    for_each_worker fail_if_outlived
    fail_if_stuck
    forget_stopped
    find_stopped
    [ "$outcome_failed" = no ] || finish failed
    [ "$outcome_busy" = no ] || finish busy
    [ -n "$found" ] || finish no-worker
    [ "$held" = no ] || add_note 'was awake already'
    finish 'done'
}

# Until each quiet worker is known to be idle or busy, and none is booting, suspended or being restarted.
settle() {
    look_for_any
    judge
    began=$now
    while
        unsure=no
        for_each_worker settle_one
        watch_units
        [ "$unsure$coming" != nono ] && [ $((now - began)) -le "$boot_limit" ]
    do
        held=no
        pause 1
        look
        judge
    done
}
settle_one() {
    note_seen "$w_unit"
    case $w_state in
    suspended) send CONT && unsure=yes ;;
    booting) unsure=yes ;;
    running) [ ! -e "$quieted/$w_id" ] || unsure=yes ;; # it was told to take no job, and does not show it yet
    quiet) is_busy_for_certain || unsure=yes ;;
    esac
}

# Restarts a unit whose workers are all idle; says why it leaves another one alone.
wake_unit() {
    count_in "$1"
    if [ "$waiting" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $waiting of $here workers still run jobs, so none was restarted"
    elif [ "$idle" -gt 0 ] && [ "$awake" -gt 0 ]; then
        outcome_busy=yes
        add_note "$1: $awake of $here workers take jobs, so its quiet ones were not restarted; quiet it, then wake it"
    elif [ "$idle" -gt 0 ] && ! has_manager; then
        outcome_failed=yes
        add_note "$whose: $by_hand"
    elif [ "$idle" -gt 0 ]; then
        begin_unit restart "$1" "$here"
    fi
}

# begin_unit VERB UNIT WORKERS. What has begun is proved by prove_awake.
begin_unit() {
    { mkdir -p "$records" && printf '%s %s\n' "$$" "$now" >"$last_wake"; } 2>/dev/null ||
        add_note "cannot write $last_wake: a quiet under way here would quiet again what is woken now"
    held=no
    if said=$(service "$1" "$2"); then
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
    for each in $hidden; do
        outcome_failed=yes
        add_note "$each, stopped earlier, cannot be started: its service manager does not answer"
    done
    for each in $gone; do
        add_note "$each, stopped earlier, exists no more"
        rm -f "$records/$each"
    done
}

# New processes, with a title, not stopping, as many as before.
prove_awake() {
    deadline=$boot_limit
    while :; do
        look
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
# With KillMode=process a unit's old workers go on beside the new ones.
fail_if_outlived() {
    case "$begun=$before" in *" $w_unit="*" $w_id "*) ;; *) return 0 ;; esac
    outcome_failed=yes
    add_note "worker $w_pid outlived the restart of $w_unit (KillMode=process, perhaps), and takes no job: end it by hand"
}
# What was started again and again already before the wake, and has no process at this moment.
fail_if_stuck() {
    for each in $stuck; do
        count_in "$each"
        count_starts "$each"
        case "$here $begun " in
        0*" $each="* | [!0]*) continue ;;
        esac
        outcome_failed=yes
        say_started_again "$each"
    done
}
note_before() { before="$before$w_id "; }
