#!/bin/bash
# Follows a task until it ends, with the events on standard output and the exit codes of `snow-white
# --wait --json`.
# In: the task's ARN (already checked), the AWS profile.
set -uo pipefail

arn=$1 profile=$2
IFS=: read -r _ _ _ region _ resource <<<"$arn"
IFS=/ read -r _ cluster id <<<"$resource"
pause=3              # seconds
log_patience=15      # seconds; a task's last lines reach CloudWatch after it has stopped
absent_patience=20   # seconds; ECS may not know a new task yet
failure_patience=600 # seconds in which AWS does not answer or throttles

event() { # NAME KEY VALUE…
    jq -cn --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg event "$1" --arg key "${2-}" --arg value "${3-}" \
        '{v: 1, event: $event, at: $at} + (if $key == "" then {} else {($key): $value} end)'
}
end() { # CODE NAME [ERROR]
    [ -z "${3-}" ] || event error text "$3"
    event ended | jq -c --argjson code "$1" --arg name "$2" '. + {code: $code, name: $name}'
    exit "$1"
}
end_by_code() {
    local names=('done' partial usage nothing_matched refused timed_out denied cancelled interrupted unavailable)
    end "$1" "${names[$1]}" "${2-}"
}
trap 'end 8 interrupted "no longer watching; the task continues, and its answer comes by Slack"' INT TERM
rest() {
    sleep "$pause" &
    wait $!
}

complaint=$(mktemp)
trap 'rm -f "$complaint"' EXIT
aws_json() { # SERVICE COMMAND…
    AWS_PAGER='' aws "$@" --profile "$profile" --output json 2>"$complaint"
}
why() { tr -s '\n' ' ' <"$complaint"; }
is_denied() {
    grep -qE 'AccessDenied|not authorized|ExpiredToken|InvalidClientToken|UnrecognizedClient|[Cc]redentials' \
        "$complaint"
}

# Prints the new lines of the task's log, without its `ended` event: this script writes that itself.
group='' stream='' log_region='' token='' reported=false
find_log() { # TASK
    local definition
    definition=$(aws_json ecs describe-task-definition --region "$region" \
        --task-definition "$(jq -r .taskDefinitionArn <<<"$1")") || return 0
    IFS=$'\t' read -r group stream log_region < <(jq -r --arg id "$id" '.taskDefinition.containerDefinitions[0]
        | .logConfiguration.options as $log
        | [$log["awslogs-group"] // "", "\($log["awslogs-stream-prefix"] // "")/\(.name)/\($id)", $log["awslogs-region"] // ""]
        | @tsv' <<<"$definition")
}
print_new_lines() {
    local page next
    while [ -n "$group" ]; do
        page=$(aws_json logs get-log-events --log-group-name "$group" --log-stream-name "$stream" --start-from-head \
            --region "$log_region" ${token:+--next-token "$token"}) || return 0
        jq -c --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '.events[].message | . as $line
            | (fromjson? | objects | select(.v and .event)) // {v: 1, event: "log", at: $at, text: $line}
            | select(.event != "ended")' <<<"$page"
        jq -e 'any(.events[].message; fromjson? | objects | .event == "report")' <<<"$page" >/dev/null && reported=true
        next=$(jq -r .nextForwardToken <<<"$page")
        [ "$next" != "$token" ] || return 0
        token=$next
    done
}

status='' absent_since='' failing_since=''
while :; do
    if ! seen=$(aws_json ecs describe-tasks --region "$region" --cluster "$cluster" --tasks "$arn"); then
        ! grep -q 'config profile .* could not be found' "$complaint" || end 2 usage "$(why)"
        ! is_denied || end 6 denied "$(why)"
        [ -n "$failing_since" ] || { failing_since=$SECONDS && event error text "$(why); trying again"; }
        [ $((SECONDS - failing_since)) -lt $failure_patience ] || end 9 unavailable "$(why)"
        rest
        continue
    fi
    failing_since=''
    task=$(jq -c '.tasks[0] // empty' <<<"$seen")
    if [ -z "$task" ]; then
        : "${absent_since:=$SECONDS}"
        [ $((SECONDS - absent_since)) -lt $absent_patience ] ||
            end 4 refused "ECS does not know $arn (it forgets a task about an hour after its end); the same action again asks the workers"
        rest
        continue
    fi
    [ -n "$group" ] || find_log "$task"
    print_new_lines
    now=$(jq -r .lastStatus <<<"$task")
    [ "$now" = "$status" ] || event task status "$now"
    status=$now
    [ "$status" != STOPPED ] || break
    rest
done
for ((waited = 0; waited < log_patience; waited++)); do
    if [ "$reported" = true ] || [ -z "$group" ]; then break; fi
    sleep 1
    print_new_lines
done

code=$(jq -r '.containers[0].exitCode // empty' <<<"$task")
reason=$(jq -r '[.stoppedReason, .containers[0].reason] | map(select(. != null and . != "")) | unique | join(": ")' <<<"$task")
by_user=$(jq -r '.stopCode == "UserInitiated"' <<<"$task")
if [ -z "$code" ] && [ "$by_user" = true ]; then
    end 7 cancelled "the task was stopped before it began, and sent nothing: $reason"
elif [ "$code" = 8 ] && [[ $reason == *'(snow-white --cancel)'* ]]; then
    end 7 cancelled "the task was stopped: $reason"
elif [[ $code =~ ^[0-9]$ ]]; then
    end_by_code "$code"
fi
without="the task ended without a result: ${reason:-ECS gives no reason}${code:+ (exit code $code)}"
end 4 refused "$without; the commands that it sent continue; follow them with the same action"
