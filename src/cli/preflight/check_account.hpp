// --dry-run: what in the account would stop a first quiet, each with the command that mends it. Who
// may not look (the stack's PreflightPolicy grants it) is told what was not checked, and nothing
// stands in the way.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// Whether the subnet is where vpc_id says. What is wrong has been told.
enum class Placed { yes, no, unknown };

// Of a launch: how the task's subnet reaches AWS and Slack, whether its image is there, whether ECS
// may read its secrets. `cluster`: a client of the cluster's region.
void look_at_tasks_needs(aws::Client& cluster, const aws::TaskDefinition& definition, Placed placed,
                         const Request& request, Findings& findings);

// Of the instances whose SSM agent is not online: whether their roles may speak to SSM.
void look_at_instance_roles(aws::Client& workers, const fleet::FleetSnapshot& fleet,
                            const Request& request, Findings& findings);

} // namespace snow_white::cli
