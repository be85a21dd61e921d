// --dry-run: what in the account would prevent a first quiet. In: the task definition, or the
// fleet. Out: findings, each with the command that fixes it. Without the rights to check (the
// stack's PreflightPolicy grants them) a finding says what was not checked, and prevents nothing.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// Whether the subnet is in the VPC of vpc_id. If it is not, a finding has said so.
enum class SubnetPlace { in_vpc, elsewhere, unknown };

// For a launch: whether the task's subnet reaches AWS and Slack, its image exists, and ECS may read
// its secrets. `cluster`: a client of the cluster's region.
void check_task_needs(aws::Client& cluster, const aws::TaskDefinition& definition,
                      SubnetPlace subnet, const Request& request, Findings& findings);

// For instances whose SSM agent is not online: whether their roles allow the calls to SSM.
void check_instance_roles(aws::Client& workers, const fleet::FleetSnapshot& fleet,
                          const Request& request, Findings& findings);

} // namespace snow_white::cli
