# The time until which a quiet or a stop may begin. Without it a command that waited for its
# instance would undo a later wake.

# refuse_late SECONDS: since 1970; zeros mean no limit. Ends as failed if a quiet or a stop comes
# too late, or was sent before the last wake. A wake is never too late.
refuse_late() {
    case $1 in *[!0]*) ;; *) return 0 ;; esac
    ex_until=${1#"${1%%[!0]*}"}
    ex_wake='' ex_now=$(date +%s)
    { read -r ex_wake <"$last_wake_sent"; } 2>/dev/null
    case $ex_wake in '' | *[!0-9]* | ???????????*) ex_wake=0 ;; esac
    if [ "$action" = wake ]; then
        # No later than a wake sent now: a wrong number must not block a quiet for longer.
        ex_latest=$((ex_now + command_life + clock_margin))
        [ "$ex_until" -le "$ex_latest" ] || ex_until=$ex_latest
        [ "$ex_until" -gt "$ex_wake" ] || return 0 # a batch of an earlier wake
        { mkdir -p "${last_wake%/*}" && echo "$ex_until" >"$last_wake_sent"; } 2>/dev/null ||
            add_note "cannot write $last_wake_sent: an older quiet that comes later would act all the same"
        return 0
    fi
    if [ "$ex_until" -lt "$ex_wake" ]; then
        ex_why="a wake that was sent after this $action has come here before it"
    elif [ "$ex_now" -gt "$ex_until" ]; then
        ex_why="this $action came $((ex_now - ex_until)) s too late, or the clock here is ahead by more than $((command_life / 60)) minutes"
    elif [ "$ex_now" -lt $((ex_until - command_life - clock_margin)) ]; then
        ex_why="the clock here is $((ex_until - command_life - ex_now)) s behind: set it"
    else
        return 0
    fi
    add_note "$ex_why; nothing was done"
    finish failed
}
