#!/bin/sh
# Quiets, wakes or stops Sidekiq workers on Elastic Beanstalk. One Fargate task waits for them.
#
#   ./snow-white.sh -a quiet|wake|stop -e PATTERN -f PROFILE -p APP -r REGION
#
# Settings: where the task runs. Write yours between `:-` and `}`. An environment variable overrides
# them.
ECS_CLUSTER_REGION="${ECS_CLUSTER_REGION:-}" # the cluster's region, e.g. us-east-1; may differ from -r
ECS_CLUSTER_NAME="${ECS_CLUSTER_NAME:-}"     # e.g. tools
vpc_id="${vpc_id:-}"                         # e.g. vpc-0123456789abcdef0
subnet_id="${subnet_id:-}"                   # a subnet of that VPC that can reach AWS and Slack
sec_group="${sec_group:-}"                   # a security group of that VPC; it needs no inbound port
assign_public_ip="${assign_public_ip:-ENABLED}" # DISABLED if the subnet has a NAT gateway or endpoints
CFN_STACK_NAME="${CFN_STACK_NAME:-snow-white}"

SNOW_WHITE_PROGRAM=$0 # for the command that a report names as the next one
export SNOW_WHITE_PROGRAM ECS_CLUSTER_REGION ECS_CLUSTER_NAME vpc_id subnet_id sec_group assign_public_ip CFN_STACK_NAME

# Finds the program in PATH or in this checkout's build, and builds it if there is none.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for program in "$(command -v snow-white)" "$here/build/release/bin/snow-white" "$here/build/dev/bin/snow-white"; do
    [ -x "$program" ] && exec "$program" "$@"
done
echo "snow-white.sh: no snow-white in PATH and no build in $here: building it" >&2
make -C "$here" program >&2 || exit 70
exec "$here/build/release/bin/snow-white" "$@"
