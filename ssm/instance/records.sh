# Files that earlier runs wrote: units that we stopped, workers that got TSTP, the last wake.

# -> stopped: units that we stopped and that are still down. -> removed_units: those that no longer
# exist. -> unknown_units: those whose service manager does not answer.
find_stopped() {
    stopped='' removed_units='' unknown_units=''
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
        gone) removed_units="$removed_units $record" ;;
        inactive | failed) stopped="$stopped $record" ;;
        unknown) unknown_units="$unknown_units $record" ;;
        esac
    done
}

# Removes the record of each unit that has workers again.
forget_stopped() {
    list_units
    for each in $units; do
        [ ! -e "$records/$each" ] || rm -f "$records/$each"
    done
}

# A quiet works without this file, so a failure to write is ignored. The limit keeps workers that
# come and go from filling the disk.
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
        worker_id=${note##*/}
        case $newline$found in *"$newline${worker_id%:*} ${worker_id#*:} "*) ;; *) rm -f "$note" ;; esac
    done
}

# The latest order wins: a wake ends the drains under way, which would otherwise quiet what it woke.
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
