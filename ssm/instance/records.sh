# Notes of earlier runs: units that were stopped, workers that were told to take no job, the last wake.

# -> stopped: units that we stopped and that are down; gone: those that exist no more; hidden: those of which nobody
# says anything. Reads only.
find_stopped() {
    stopped='' gone='' hidden=''
    [ -d "$records" ] || return 0
    set +f
    set -- "$records"/*
    set -f
    for record in "$@"; do
        [ -f "$record" ] || continue
        record=${record##*/}
        case $newline$found in *" $record$newline"*) continue ;; esac
        unit_state "$record"
        case $active in
        gone) gone="$gone $record" ;;
        inactive | failed) stopped="$stopped $record" ;;
        unknown) hidden="$hidden $record" ;;
        esac
    done
}

# A note on a unit whose workers are there again has served.
forget_stopped() {
    units_of_found
    for each in $units; do
        [ ! -e "$records/$each" ] || rm -f "$records/$each"
    done
}

# For people; a quiet does not fail for want of it. Workers that come and go without end fill no disk.
note_quieted() {
    noted=$((noted + 1))
    [ "$noted" -le "$most_notes" ] || return 0
    { mkdir -p "$quieted" && date +%s >"$quieted/$w_id"; } 2>/dev/null || :
}
forget_quieted() {
    [ -d "$quieted" ] || return 0
    set +f
    set -- "$quieted"/*
    set -f
    for note in "$@"; do
        told=${note##*/}
        case $newline$found in *"$newline${told%:*} ${told#*:} "*) ;; *) rm -f "$note" ;; esac
    done
}

# Whoever asks last is obeyed: a wake ends the drains that are under way, else they would quiet what it woke.
read_last_wake() {
    woken=''
    { read -r woken <"$last_wake"; } 2>/dev/null
}
end_if_woken() {
    read_last_wake
    [ "$woken" != "$woken_before" ] || return 0
    add_note "workers here were woken while $action was under way"
    finish failed
}
