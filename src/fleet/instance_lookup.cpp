#include "src/fleet/instance_lookup.hpp"

#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/ssm.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace snow_white::fleet {

namespace {

static_assert(cluster_tier == aws::cluster_tier);

Ec2State ec2_state_of(const std::string& ec2_state) {
    if (ec2_state == "pending" || ec2_state == "running") return Ec2State::running;
    if (ec2_state == "stopping" || ec2_state == "stopped") return Ec2State::stopped;
    if (ec2_state == "shutting-down" || ec2_state == "terminated") return Ec2State::terminating;
    return Ec2State::unknown;
}

std::vector<InstanceId> not_confirmed(const std::vector<Instance>& instances,
                                      const std::set<InstanceId>& agent_confirmed) {
    std::vector<InstanceId> ids;
    for (const auto& instance : instances)
        if (!agent_confirmed.contains(instance.id)) ids.push_back(instance.id);
    return ids;
}

// Up to so many instances are asked for by id, in concurrent calls. More are asked for by their
// environments, page after page.
constexpr std::size_t max_by_id = 10 * aws::managed_per_page;

aws::Result<std::vector<aws::ManagedInstance>>
describe_managed_among(aws::Client& client, const std::vector<InstanceId>& ids,
                       const std::vector<std::string>& environments) {
    return ids.size() <= max_by_id
               ? aws::describe_managed_instances(client, ids)
               : aws::describe_managed_instances(client, environment_tag, environments);
}

void set_agents(std::vector<Instance>& instances, const std::set<InstanceId>& agent_confirmed,
                const std::vector<aws::ManagedInstance>& managed) {
    std::map<InstanceId, const aws::ManagedInstance*> agents;
    for (const auto& one : managed)
        agents[one.id] = &one;
    for (auto& instance : instances) {
        if (agent_confirmed.contains(instance.id)) continue;
        const auto found = agents.find(instance.id);
        if (found == agents.end()) {
            instance.agent = Agent::absent;
            continue;
        }
        instance.agent = found->second->online ? Agent::online : Agent::lost;
        instance.agent_version = found->second->agent_version;
        instance.host = found->second->host;
    }
}

} // namespace

std::vector<Environment> matching_of(const std::vector<aws::EbEnvironment>& environments,
                                     const NameFilter& filter) {
    std::vector<Environment> matching;
    for (const auto& environment : environments)
        if (!is_terminated(environment) && filter.matches(environment.name))
            matching.push_back({environment.name, environment.status, environment.tier});
    return matching;
}

aws::Result<std::vector<Environment>> matching_environments(aws::Client& client,
                                                            const EnvironmentQuery& query) {
    const auto all = aws::describe_environments(client, query.application);
    if (!all) return tl::unexpected(all.error());
    return matching_of(*all, query.pattern);
}

bool is_of_ec2(const InstanceId& id) {
    return id.text.starts_with("i-");
}

std::vector<std::string> merged(std::vector<std::string> names,
                                const std::vector<std::string>& others) {
    for (const auto& name : others)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

std::vector<Instance> instances_of(std::vector<aws::Ec2Instance> listed) {
    std::vector<Instance> instances;
    instances.reserve(listed.size());
    for (auto& one : listed)
        instances.push_back({.id = std::move(one.id),
                             .environment = std::move(one.environment_name),
                             .zone = std::move(one.zone),
                             .ec2_state = ec2_state_of(one.state),
                             .launched = one.launched});
    return instances;
}

aws::Result<void> look_up_agents(aws::Client& client, const std::vector<std::string>& environments,
                                 const Previous& previous, std::vector<Instance>& instances) {
    const auto unconfirmed = not_confirmed(instances, previous.agent_confirmed);
    if (unconfirmed.empty()) return {};
    const auto managed = describe_managed_among(client, unconfirmed, environments);
    if (!managed) return tl::unexpected(managed.error());
    set_agents(instances, previous.agent_confirmed, *managed);
    return {};
}

} // namespace snow_white::fleet
