// poll_changes (discovery.hpp). Each of its calls may fail without the others.
#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/fleet/instance_lookup.hpp"

#include <algorithm>

namespace snow_white::fleet {

namespace {

// EC2's clock may differ from ours, and its launch times are matched by whole hours.
constexpr std::chrono::hours clock_difference{1};

template <class Part>
std::optional<Part> part_of(aws::Result<Part> answer, const char* what, Changes& changes) {
    if (answer) return std::move(*answer);
    changes.unavailable.push_back({what, aws::describe_briefly(answer.error())});
    return std::nullopt;
}

std::vector<std::string> names_to_watch(const Changes& changes, const Previous& previous) {
    if (!changes.environments) return previous.environments;
    return merged(previous.environments, names_of(*changes.environments));
}

// For when EC2 does not answer: instances whose SSM agents are online and not confirmed yet. Empty:
// there are none, or SSM does not answer either.
std::vector<Instance> find_unknown_agents(aws::Client& client,
                                          const std::vector<std::string>& names,
                                          const Previous& previous, const Changes& changes) {
    const auto is_unknown = [&](const aws::ManagedInstance& one) {
        const bool leaves = changes.leaving &&
                            std::ranges::find(*changes.leaving, one.id) != changes.leaving->end();
        return one.online && is_of_ec2(one.id) && !previous.agent_confirmed.contains(one.id) &&
               !leaves;
    };
    const auto all = aws::describe_managed_instances(client, environment_tag, names);
    const auto unknown = all ? std::ranges::count_if(*all, is_unknown) : 0;
    std::vector<Instance> instances;
    for (const auto& name : names) { // SSM's list has no tags
        if (std::ssize(instances) >= unknown) break;
        const auto there = names.size() == 1
                               ? all
                               : aws::describe_managed_instances(client, environment_tag, {name});
        if (there)
            for (const auto& one : *there)
                if (is_unknown(one))
                    instances.push_back({.id = one.id,
                                         .environment = name,
                                         .agent = Agent::online,
                                         .agent_version = one.agent_version,
                                         .host = one.host});
    }
    return instances;
}

std::optional<std::vector<Instance>> find_launched(aws::Client& client,
                                                   const std::vector<std::string>& names,
                                                   const Previous& previous, Instant since,
                                                   Instant now, Changes& changes) {
    auto launched = part_of(
        aws::describe_launched(client, names, since - clock_difference, now + clock_difference),
        "launched instances", changes);
    if (!launched) return find_unknown_agents(client, names, previous, changes);
    auto instances = instances_of(std::move(*launched));
    // If SSM does not answer, the instances are returned without their agents.
    if (const auto found = look_up_agents(client, names, previous, instances); !found)
        changes.unavailable.push_back(
            {"agents of launched instances", aws::describe_briefly(found.error())});
    return instances;
}

// Of the whole region, by state alone: terminated instances lose their tags.
aws::Result<std::vector<InstanceId>> find_leaving(aws::Client& client) {
    const auto leaving = aws::describe_instances(client, aws::Ec2States::leaving);
    if (!leaving) return tl::unexpected(leaving.error());
    std::vector<InstanceId> ids;
    for (const auto& instance : *leaving)
        ids.push_back(instance.id);
    return ids;
}

} // namespace

Changes poll_changes(aws::Client& client, const EnvironmentQuery& query, const Previous& previous,
                     Instant since, Instant now) {
    Changes changes;
    changes.environments = part_of(matching_environments(client, query), "environments", changes);
    const auto names = names_to_watch(changes, previous);
    changes.leaving = part_of(find_leaving(client), "stopped and terminated instances", changes);
    changes.launched = find_launched(client, names, previous, since, now, changes);
    changes.silent = part_of(aws::find_silent_agents(client), "lost agents", changes);
    return changes;
}

} // namespace snow_white::fleet
