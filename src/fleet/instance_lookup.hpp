// What discovery and the watch for changes both ask: matching environments, EC2's instances, their
// agents.
#pragma once

#include "src/aws/services/ec2.hpp"
#include "src/fleet/discovery.hpp"

namespace snow_white::fleet {

aws::Result<std::vector<Environment>> matching_environments(aws::Client& client,
                                                            const EnvironmentQuery& query);

std::vector<Instance> instances_of(std::vector<aws::Ec2Instance> seen);

bool is_of_ec2(const InstanceId& id); // hybrid nodes (mi-…) are none of EC2's

// Asks SSM for the agents of those that an earlier look has not confirmed, and sets them.
aws::Result<void> look_up_agents(aws::Client& client, const std::vector<std::string>& environments,
                                 const Previous& previous, std::vector<Instance>& instances);

} // namespace snow_white::fleet
