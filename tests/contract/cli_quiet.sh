#!/bin/sh
# A drain by the AWS CLI alone: one command by tag, followed by its counts. Usage: cli_quiet.sh
# APPLICATION PATTERN [STACK]; needs aws in PATH. Prints the command's final status and counts; exit
# code 0 when it is Success.
set -eu

application=$1 pattern=$2 stack=${3:-snow-white}

environments=$(aws elasticbeanstalk describe-environments --application-name "$application" \
    --query "Environments[?contains(EnvironmentName, '$pattern')].EnvironmentName" --output text | tr '\t' ',')
[ -n "$environments" ] || { echo "no environment of $application whose name has $pattern" >&2; exit 3; }

document=$(aws cloudformation describe-stack-resource --stack-name "$stack" \
    --logical-resource-id QuietSideKiqDocument --query StackResourceDetail.PhysicalResourceId --output text)

command_id=$(aws ssm send-command --document-name "$document" \
    --targets "Key=tag:elasticbeanstalk:environment-name,Values=$environments" \
    --max-concurrency 100% --max-errors 100% --query Command.CommandId --output text)

while :; do
    state=$(aws ssm list-commands --command-id "$command_id" \
        --query 'Commands[0].[Status, TargetCount, CompletedCount, ErrorCount]' --output text | tr '\t' ' ')
    case $state in
        Pending*|InProgress*) sleep 1 ;;
        *) break ;;
    esac
done

echo "$state"
case $state in Success*) exit 0 ;; *) exit 1 ;; esac
