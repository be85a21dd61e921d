// Calls that discovery and poll_changes share. In: a query, EC2's instances. Out: matching
// environments; instances with the state of their agents.
#pragma once

#include "src/aws/services/ec2.hpp"
#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/fleet/discovery.hpp"

namespace snow_white::fleet {

// Of those that EB lists; one that is terminated is listed for an hour, and does not count.
std::vector<Environment> matching_of(const std::vector<aws::EbEnvironment>& environments,
                                     const NameFilter& filter);

aws::Result<std::vector<Environment>> matching_environments(aws::Client& client,
                                                            const EnvironmentQuery& query);

// `names`, then those of `others` that it lacks.
std::vector<std::string> merged(std::vector<std::string> names,
                                const std::vector<std::string>& others);

std::vector<Instance> instances_of(std::vector<aws::Ec2Instance> listed);

bool is_of_ec2(const InstanceId& id); // false: a hybrid node (mi-…)

// Sets the agents of the instances that no earlier discovery has confirmed.
aws::Result<void> look_up_agents(aws::Client& client, const std::vector<std::string>& environments,
                                 const Previous& previous, std::vector<Instance>& instances);

} // namespace snow_white::fleet
