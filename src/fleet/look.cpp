#include "src/fleet/look.hpp"

#include "src/aws/ec2.hpp"
#include "src/aws/elastic_beanstalk.hpp"
#include "src/aws/ssm.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

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
        if (environment.status != "Terminated" && selection.pattern.matches(environment.name))
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

std::vector<Instance> instances_of(std::vector<aws::Ec2Instance> seen) {
    std::vector<Instance> instances;
    instances.reserve(seen.size());
    for (auto& one : seen)
        instances.push_back({.id = std::move(one.id),
                             .environment = std::move(one.environment_name),
                             .zone = std::move(one.zone),
                             .power = power_of(one.state),
                             .launched = one.launched});
    return instances;
}

// In these environments, as SSM has it.
aws::Result<bool> agents_answer(aws::Client& client, const std::vector<std::string>& names,
                                FleetSnapshot& snapshot) {
    const auto managed = aws::describe_managed_instances(client, environment_tag, names);
    if (!managed && is_transient(managed.error().kind)) return tl::unexpected(managed.error());
    if (!managed || std::ranges::none_of(*managed, &aws::ManagedInstance::online)) return false;
    snapshot.unseen.push_back(
        fmt::format("which instances there are (EC2 shows none, SSM the agents of {})", managed->size()));
    return true;
}

// Those of today, and those of an earlier look that are not listed any more: their instances may live on.
std::vector<std::string> names_to_ask_for(const FleetSnapshot& snapshot, const Known& known) {
    auto names = names_of(snapshot.environments);
    for (const auto& name : known.environments)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

// Other applications' instances may be among them.
std::vector<Instance> instances_in(const std::vector<std::string>& environments,
                                   std::vector<aws::Ec2Instance> seen) {
    const std::set<std::string> ours(environments.begin(), environments.end());
    std::vector<Instance> instances = instances_of(std::move(seen));
    std::erase_if(instances, [&ours](const auto& instance) { return !ours.contains(instance.environment); });
    return instances;
}

// None at all would mean that nothing runs: EC2 has to say so when it is asked by the names, and SSM has to
// agree.
aws::Result<void> see_nobody(aws::Client& client, const std::vector<std::string>& names,
                             FleetSnapshot& snapshot) {
    auto by_name = aws::describe_instances(client, names, aws::Ec2States::living);
    if (!by_name) return tl::unexpected(by_name.error());
    const auto contradicted = by_name->empty() ? agents_answer(client, names, snapshot) : false;
    if (!contradicted) return tl::unexpected(contradicted.error());
    if (!*contradicted) snapshot.instances = instances_in(names, std::move(*by_name));
    return {};
}

// The way around an EC2 that may not be asked.
aws::Result<void> see_by_beanstalk(aws::Client& client, const std::vector<std::string>& names,
                                   const aws::Error& why, FleetSnapshot& snapshot) {
    snapshot.unseen.push_back("whether instances are running, by EC2 (" + aws::describe_briefly(why) + ")");
    const auto by_beanstalk = instances_by_beanstalk(client, names);
    if (!by_beanstalk && is_transient(by_beanstalk.error().kind)) return tl::unexpected(by_beanstalk.error());
    if (by_beanstalk)
        snapshot.instances = *by_beanstalk;
    else
        snapshot.unseen.push_back("which instances there are (" +
                                  aws::describe_briefly(by_beanstalk.error()) + ")");
    return {};
}

// What may pass is an error: to be asked again.
aws::Result<void> see_instances(aws::Client& client, const std::vector<std::string>& names,
                                aws::Result<std::vector<aws::Ec2Instance>> by_ec2, FleetSnapshot& snapshot) {
    if (!by_ec2 && is_transient(by_ec2.error().kind)) return tl::unexpected(by_ec2.error());
    if (!by_ec2) return see_by_beanstalk(client, names, by_ec2.error(), snapshot);
    snapshot.instances = instances_in(names, std::move(*by_ec2));
    if (!snapshot.instances->empty()) return {};
    snapshot.instances.reset();
    return see_nobody(client, names, snapshot);
}

std::vector<InstanceId> strangers_among(const std::vector<Instance>& instances,
                                        const std::set<InstanceId>& vouched) {
    std::vector<InstanceId> ids;
    for (const auto& instance : instances)
        if (!vouched.contains(instance.id)) ids.push_back(instance.id);
    return ids;
}

// Hundreds are asked for by their ids, which can be done at once; thousands by their environments, page by
// page.
constexpr std::size_t many = 10 * aws::managed_a_page;

aws::Result<std::vector<aws::ManagedInstance>> managed_among(aws::Client& client,
                                                             const std::vector<InstanceId>& ids,
                                                             const std::vector<std::string>& environments) {
    return ids.size() <= many ? aws::describe_managed_instances(client, ids)
                              : aws::describe_managed_instances(client, environment_tag, environments);
}

void set_agents(std::vector<Instance>& instances, const std::vector<InstanceId>& asked,
                const std::vector<aws::ManagedInstance>& managed) {
    const std::set<InstanceId> meant(asked.begin(), asked.end());
    std::map<InstanceId, bool> online;
    for (const auto& seen : managed)
        online[seen.id] = seen.online;
    for (auto& instance : instances) {
        if (!meant.contains(instance.id)) continue;
        const auto found = online.find(instance.id);
        if (found == online.end())
            instance.agent = Agent::absent;
        else
            instance.agent = found->second ? Agent::online : Agent::lost;
    }
}

aws::Result<void> see_agents(aws::Client& client, const std::vector<std::string>& names, const Known& known,
                             FleetSnapshot& snapshot) {
    if (!snapshot.instances) return {};
    const auto asked = strangers_among(*snapshot.instances, known.vouched);
    if (asked.empty()) return {};
    const auto managed = managed_among(client, asked, names);
    if (!managed && is_transient(managed.error().kind)) return tl::unexpected(managed.error());
    if (managed)
        set_agents(*snapshot.instances, asked, *managed);
    else
        snapshot.unseen.push_back("which instances have a running SSM agent (" +
                                  aws::describe_briefly(managed.error()) + ")");
    return {};
}

} // namespace

std::vector<std::string> names_of(const std::vector<Environment>& environments) {
    std::vector<std::string> names;
    for (const auto& environment : environments)
        names.push_back(environment.name);
    return names;
}

aws::Result<FleetSnapshot> look(aws::Client& client, const Selection& selection, const Known& known) {
    aws::Result<std::vector<Environment>> environments;
    aws::Result<std::vector<aws::Ec2Instance>> by_ec2;
    client.together({[&] { environments = matching_environments(client, selection); },
                     [&] {
                         by_ec2 = aws::describe_instances(client, ec2_wildcards(selection.pattern),
                                                          aws::Ec2States::living);
                     }});
    if (!environments) return tl::unexpected(environments.error());
    FleetSnapshot snapshot{.environments = *environments, .instances = std::nullopt, .unseen = {}};
    const auto names = names_to_ask_for(snapshot, known);
    if (names.empty()) return snapshot;
    if (const auto seen = see_instances(client, names, std::move(by_ec2), snapshot); !seen)
        return tl::unexpected(seen.error());
    if (const auto seen = see_agents(client, names, known, snapshot); !seen)
        return tl::unexpected(seen.error());
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

aws::Result<Changes> find_changes(aws::Client& client, const Known& known, Instant since, Instant now) {
    const auto leaving = find_leaving(client, known.environments);
    if (!leaving) return tl::unexpected(leaving.error());
    auto launched = aws::describe_launched(client, known.environments, since, now);
    if (!launched) return tl::unexpected(launched.error());
    const auto silent = aws::find_silent_agents(client, environment_tag, known.environments);
    if (!silent) return tl::unexpected(silent.error());
    Changes changes{.launched = instances_of(std::move(*launched)), .leaving = *leaving, .silent = *silent};
    const auto asked = strangers_among(changes.launched, known.vouched);
    if (asked.empty()) return changes;
    const auto managed = managed_among(client, asked, known.environments);
    if (!managed) return tl::unexpected(managed.error());
    set_agents(changes.launched, asked, *managed);
    return changes;
}

} // namespace snow_white::fleet
