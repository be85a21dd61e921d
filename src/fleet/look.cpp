#include "src/fleet/look.hpp"

#include "src/aws/ec2.hpp"
#include "src/aws/elastic_beanstalk.hpp"
#include "src/aws/ssm.hpp"

#include <fmt/format.h>
#include <map>

namespace snow_white::fleet {

namespace {

Power power_of(const std::string& ec2_state) {
    if (ec2_state == "pending" || ec2_state == "running") return Power::on;
    if (ec2_state == "stopping" || ec2_state == "stopped") return Power::off;
    if (ec2_state == "shutting-down" || ec2_state == "terminated") return Power::leaving;
    return Power::unknown;
}

aws::Result<std::vector<Environment>> matching_environments(aws::Client& client, const Selection& selection) {
    const auto all = aws::describe_environments(client, selection.application);
    if (!all) return tl::unexpected(all.error());
    std::vector<Environment> matching;
    for (const auto& environment : *all)
        if (environment.status != "Terminated" &&
            environment.name.find(selection.pattern) != std::string::npos)
            matching.push_back({environment.name, environment.status});
    return matching;
}

// The way around EC2: Elastic Beanstalk itself, one call an environment; it knows ids only.
aws::Result<std::vector<Instance>> instances_by_beanstalk(aws::Client& client,
                                                          const std::vector<std::string>& environments) {
    std::vector<Instance> instances;
    for (const auto& name : environments) {
        const auto ids = aws::describe_environment_instances(client, name);
        if (!ids) return tl::unexpected(ids.error());
        for (const auto& id : *ids)
            instances.push_back({.id = id, .environment = name, .zone = {}});
    }
    return instances;
}

void see_instances(aws::Client& client, FleetSnapshot& snapshot) {
    const auto names = names_of(snapshot.environments);
    const auto by_ec2 = aws::describe_instances(client, names, aws::Ec2States::living);
    if (by_ec2) {
        auto& instances = snapshot.instances.emplace();
        for (const auto& seen : *by_ec2)
            instances.push_back({.id = seen.id,
                                 .environment = seen.environment_name,
                                 .zone = seen.zone,
                                 .power = power_of(seen.state)});
        return;
    }
    snapshot.unseen.push_back("whether instances are running, by EC2 (" +
                              aws::describe_briefly(by_ec2.error()) + ")");
    const auto by_beanstalk = instances_by_beanstalk(client, names);
    if (by_beanstalk)
        snapshot.instances = *by_beanstalk;
    else
        snapshot.unseen.push_back("which instances there are (" +
                                  aws::describe_briefly(by_beanstalk.error()) + ")");
}

void see_agents(aws::Client& client, FleetSnapshot& snapshot) {
    if (!snapshot.instances || snapshot.instances->empty()) return;
    const auto managed =
        aws::describe_managed_instances(client, environment_tag, names_of(snapshot.environments));
    if (!managed) {
        snapshot.unseen.push_back("which instances have a running SSM agent (" +
                                  aws::describe_briefly(managed.error()) + ")");
        return;
    }
    std::map<InstanceId, bool> online;
    for (const auto& seen : *managed)
        online[seen.id] = seen.online;
    for (auto& instance : *snapshot.instances) {
        const auto found = online.find(instance.id);
        if (found == online.end())
            instance.agent = Agent::absent;
        else
            instance.agent = found->second ? Agent::online : Agent::lost;
    }
}

} // namespace

std::vector<std::string> names_of(const std::vector<Environment>& environments) {
    std::vector<std::string> names;
    for (const auto& environment : environments)
        names.push_back(environment.name);
    return names;
}

aws::Result<FleetSnapshot> look(aws::Client& client, const Selection& selection) {
    const auto environments = matching_environments(client, selection);
    if (!environments) return tl::unexpected(environments.error());
    FleetSnapshot snapshot{.environments = *environments, .instances = std::nullopt, .unseen = {}};
    if (environments->empty()) return snapshot;
    see_instances(client, snapshot);
    see_agents(client, snapshot);
    return snapshot;
}

aws::Result<std::vector<InstanceId>> find_leaving(aws::Client& client,
                                                  const std::vector<std::string>& environments) {
    const auto leaving = aws::describe_instances(client, environments, aws::Ec2States::leaving);
    if (!leaving) return tl::unexpected(leaving.error());
    std::vector<InstanceId> ids;
    for (const auto& instance : *leaving)
        ids.push_back(instance.id);
    return ids;
}

} // namespace snow_white::fleet
