#!/bin/bash
# Checks the inputs that the program cannot check: the action's own, and those needed before it is
# installed.
# Exit code 2 with one line that names the input.
# In: INPUT_*. Out: the step's output `region`, in which the role is assumed.
set -euo pipefail

refuse() {
    echo "snow-white: $1" >&2
    exit 2
}

for tool in curl jq; do
    command -v "$tool" >/dev/null || refuse "$tool is not on this runner; install it in a step before"
done
[ -n "$INPUT_PROFILE" ] || refuse "profile is missing: the AWS profile, e.g. production"
for input in WAIT HERE DRY_RUN CANCEL; do
    value=INPUT_$input
    name=${input,,}
    [[ ${!value} =~ ^(true|false)$ ]] || refuse "${name/_/-}: ${!value@Q} is neither true nor false; write one of them"
done
# The name must fit into a line of the AWS config file.
if [ -n "$INPUT_ROLE" ] && [[ ! $INPUT_PROFILE =~ ^[A-Za-z0-9._-]+$ ]]; then
    refuse "profile: ${INPUT_PROFILE@Q} cannot name a role; write letters, digits, dots, hyphens and underscores, e.g. production"
fi
# Over plain HTTP an attacker could replace the checksum together with its file.
if [ -n "$INPUT_URL" ] && [[ ! $INPUT_URL =~ ^(https://|http://127\.0\.0\.1[:/]) ]]; then
    refuse "url: it has to begin with https://"
fi

if [ -n "$INPUT_TASK" ]; then
    for input in ACTION PATTERN APPLICATION REGION; do
        value=INPUT_$input
        [ -z "${!value}" ] || refuse "${input,,}: a task that is followed has its own; leave it out beside task"
    done
    [[ $INPUT_TASK =~ ^arn:aws[a-z-]*:ecs:([a-z0-9-]+):[0-9]+:task/[A-Za-z0-9_-]+/[A-Za-z0-9]+$ ]] ||
        refuse "task: ${INPUT_TASK@Q} is no task's ARN with its cluster; write arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID"
    command -v aws >/dev/null || refuse "aws is not on this runner: to follow a task takes the AWS CLI"
    region=${BASH_REMATCH[1]}
else
    for input in ACTION PATTERN APPLICATION REGION; do
        value=INPUT_$input
        [ -n "${!value//[$'\n']/}" ] || refuse "${input,,} is missing; only an action that follows a task has none"
    done
    region=${INPUT_REGION%%,*}
    [[ $region =~ ^[a-z0-9-]+$ ]] || refuse "region: ${INPUT_REGION@Q} is no AWS region; write e.g. us-east-1"
fi
echo "region=$region" >>"$GITHUB_OUTPUT"
