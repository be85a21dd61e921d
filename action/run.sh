#!/bin/bash
# Runs the program or follows a task. Writes lines to the step's log as they come; at the end, the
# step's outputs and summary.
# Its exit code is the program's.
# In: INPUT_*, PROGRAM, ROLE_* (empty: the job has its own credentials).
set -euo pipefail

folder=$(mktemp -d "$RUNNER_TEMP/snow-white-XXXXXXXX")
events=$folder/events.jsonl
keys=$folder/keys
trap 'rm -rf "$keys"' EXIT

mask() {
    local line
    while IFS= read -r line; do
        [ -z "$line" ] || echo "::add-mask::$line"
    done <<<"$1"
}
for secret in AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN SLACK_BOT_TOKEN SLACK_WEBHOOK SIDEKIQ_REDIS_URL ROLE_SECRET_KEY ROLE_SESSION_TOKEN; do
    mask "${!secret:-}"
done

# The only profile in its file: -f finds the role's credentials, and no other profile of that name.
if [ -n "$ROLE_KEY_ID" ]; then
    (umask 077 && mkdir "$keys")
    printf '[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\naws_session_token = %s\n' \
        "$INPUT_PROFILE" "$ROLE_KEY_ID" "$ROLE_SECRET_KEY" "$ROLE_SESSION_TOKEN" >"$keys/credentials"
    : >"$keys/config"
    export AWS_SHARED_CREDENTIALS_FILE=$keys/credentials AWS_CONFIG_FILE=$keys/config
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE
fi
unset ROLE_KEY_ID ROLE_SECRET_KEY ROLE_SESSION_TOKEN

# A flag and its value are one word, so a value that begins with a hyphen stays a value.
arguments=()
each_line() { # FLAG LINES
    local line
    while IFS= read -r line; do
        [ -z "$line" ] || arguments+=("$1$line")
    done <<<"$2"
}
if_given() { # FLAG VALUE
    [ -z "$2" ] || arguments+=("$1=$2")
}
if [ -n "$INPUT_TASK" ]; then
    command=(bash "$ACTION_PATH/follow.sh" "$INPUT_TASK" "$INPUT_PROFILE")
else
    arguments=("-a$INPUT_ACTION" "-f$INPUT_PROFILE" "-p$INPUT_APPLICATION" "-r$INPUT_REGION")
    each_line -e "$INPUT_PATTERN"
    each_line --exclude= "$INPUT_EXCLUDE"
    if_given --match "$INPUT_MATCH"
    if_given --timeout "$INPUT_TIMEOUT"
    if_given --reason "$INPUT_REASON"
    if_given --slack-user "$INPUT_SLACK_USER"
    if_given --batch "$INPUT_BATCH"
    [ "$INPUT_HERE" = false ] || arguments+=(--here)
    [ "$INPUT_DRY_RUN" = false ] || arguments+=(--dry-run)
    [ "$INPUT_STRICT" = false ] || arguments+=(--strict)
    [ "$INPUT_CANCEL" = false ] || arguments+=(--cancel)
    case $INPUT_ACTION-$INPUT_HERE-$INPUT_DRY_RUN-$INPUT_CANCEL in
    status-* | *true*) ;;
    *) [ "$INPUT_WAIT" = false ] || arguments+=(--wait) ;;
    esac
    command=("$PROGRAM" "${arguments[@]}" --json)
fi

# The log has text from AWS and from other people: the runner must not read any of it as a workflow
# command.
fence=$(od -An -N 16 -t x1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$fence"
mkfifo "$folder/pipe"
tee "$events" <"$folder/pipe" | jq --raw-input --raw-output --unbuffered --from-file "$ACTION_PATH/lines.jq" &
reader=$!
# When a job is cancelled, the runner signals only this shell and waits some seconds. The program
# needs the signal too, to report.
"${command[@]}" >"$folder/pipe" &
program=$!
signalled=
trap 'signalled=yes; kill -TERM "$program" 2>/dev/null || true' INT TERM
while :; do # a signal ends wait, not the program
    signalled=
    code=0
    wait "$program" || code=$?
    [ -n "$signalled" ] || break
done
wait "$reader" || true
echo "::$fence::"

of_events() { # JQ-FILE
    jq --raw-input --null-input --raw-output --arg code "$code" --from-file "$ACTION_PATH/$1" "$events"
}
of_events outputs.jq >>"$GITHUB_OUTPUT"
echo "events=$events" >>"$GITHUB_OUTPUT"
of_events summary.jq >>"$GITHUB_STEP_SUMMARY"
of_events annotation.jq
exit "$code"
