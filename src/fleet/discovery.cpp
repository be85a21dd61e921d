#include "src/fleet/discovery.hpp"

#include "src/aws/error_codes.hpp"
#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/fleet/instance_lookup.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace snow_white::fleet {

namespace {

// Not what this AWS cannot show at all. Keys that have expired are renewed.
bool may_pass(const aws::Error& error) {
    return aws::is_transient(error.kind) || aws::is_expiry(error.code);
}

// Those of today, and those of an earlier look that are not listed any more: their instances may
// live on.
std::vector<std::string> names_to_ask_for(const FleetSnapshot& snapshot, const Previous& previous) {
    auto names = names_on_instances(snapshot.environments);
    for (const auto& name : previous.environments)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

// Other applications' instances may be among them.
std::vector<Instance> instances_in(const std::vector<std::string>& environments,
                                   std::vector<aws::Ec2Instance> seen) {
    const std::set<std::string> ours(environments.begin(), environments.end());
    std::vector<Instance> instances = instances_of(std::move(seen));
    std::erase_if(instances,
                  [&ours](const auto& instance) { return !ours.contains(instance.environment); });
    return instances;
}

// EC2's lists lag, its answers by id do not: SSM's agents have the ids.
aws::Result<std::vector<aws::Ec2Instance>>
living_of(aws::Client& client, const std::vector<aws::ManagedInstance>& managed) {
    std::vector<InstanceId> ids;
    for (const auto& one : managed)
        if (is_of_ec2(one.id)) ids.push_back(one.id);
    if (ids.empty()) return {};
    auto found = aws::describe_instances(client, ids);
    if (!found) return tl::unexpected(found.error());
    std::erase_if(*found, [](const auto& one) { return one.state == "terminated"; });
    return found;
}

// None at all would mean that nothing runs: EC2 has to say so when it is asked by the names, and
// SSM has to agree.
aws::Result<void> confirm_empty(aws::Client& client, const std::vector<std::string>& names,
                                FleetSnapshot& snapshot) {
    auto by_name = aws::describe_instances(client, names, aws::Ec2States::living);
    if (!by_name) return tl::unexpected(by_name.error());
    if (!by_name->empty()) {
        snapshot.instances = instances_in(names, std::move(*by_name));
        return {};
    }
    const auto managed = aws::describe_managed_instances(client, environment_tag, names);
    if (!managed && may_pass(managed.error())) return tl::unexpected(managed.error());
    auto by_id = living_of(client, managed ? *managed : std::vector<aws::ManagedInstance>{});
    if (!by_id) return tl::unexpected(by_id.error());
    if (by_id->empty() && managed && std::ranges::any_of(*managed, &aws::ManagedInstance::online))
        snapshot.unseen.push_back(fmt::format(
            "which instances there are (EC2 shows none, SSM the agents of {})", managed->size()));
    else
        snapshot.instances = instances_in(names, std::move(*by_id));
    return {};
}

// What may pass is an error: to be asked again.
aws::Result<void> see_instances(aws::Client& client, const std::vector<std::string>& names,
                                aws::Result<std::vector<aws::Ec2Instance>> by_ec2,
                                FleetSnapshot& snapshot) {
    if (!by_ec2 && may_pass(by_ec2.error())) return tl::unexpected(by_ec2.error());
    if (!by_ec2) {
        snapshot.unseen.push_back("which instances there are (" +
                                  aws::describe_briefly(by_ec2.error()) + ")");
        return {};
    }
    snapshot.instances = instances_in(names, std::move(*by_ec2));
    if (!snapshot.instances->empty()) return {};
    snapshot.instances.reset();
    return confirm_empty(client, names, snapshot);
}

// Absent from a list is not gone: EC2 is asked by id for those that its list lacks.
std::vector<InstanceId> missing_from(const std::vector<Instance>& listed,
                                     const Previous& previous) {
    std::set<InstanceId> there;
    for (const auto& instance : listed)
        there.insert(instance.id);
    std::vector<InstanceId> missing;
    for (const auto& id : previous.expected)
        if (!there.contains(id) && is_of_ec2(id)) missing.push_back(id);
    return missing;
}

aws::Result<void> ask_for_missing(aws::Client& client, const Previous& previous,
                                  FleetSnapshot& snapshot) {
    if (!snapshot.instances) return {};
    const auto missing = missing_from(*snapshot.instances, previous);
    if (missing.empty()) return {};
    auto found = aws::describe_instances(client, missing);
    if (!found && may_pass(found.error())) return tl::unexpected(found.error());
    if (!found) return {}; // absent, and nobody says more: unknown
    std::set<InstanceId> known;
    for (auto& instance : instances_of(std::move(*found))) {
        known.insert(instance.id);
        snapshot.instances->push_back(std::move(instance));
    }
    for (const auto& id : missing)
        if (!known.contains(id)) snapshot.unknown_to_ec2.push_back(id);
    return {};
}

aws::Result<void> see_agents(aws::Client& client, const std::vector<std::string>& names,
                             const Previous& previous, FleetSnapshot& snapshot) {
    if (!snapshot.instances) return {};
    const auto seen = look_up_agents(client, names, previous, *snapshot.instances);
    if (seen) return {};
    if (may_pass(seen.error())) return tl::unexpected(seen.error());
    snapshot.unseen.push_back("which instances have a running SSM agent (" +
                              aws::describe_briefly(seen.error()) + ")");
    return {};
}

// A first look has to be whole. In a later one the parts fail each for itself, unless nothing is
// left.
aws::Result<void> tolerate(const aws::Result<void>& seen, const Previous& previous,
                           const char* what, FleetSnapshot& snapshot) {
    if (seen || !previous.is_later_look || !may_pass(seen.error())) return seen;
    snapshot.failed.push_back({what, aws::describe_briefly(seen.error())});
    return {};
}

// Whether EC2 shows instances of an environment of that name which EB's list lacks: another
// application's, or one that the list left out.
bool shows_unlisted(const std::vector<aws::Ec2Instance>& seen, const NameFilter& pattern,
                    const std::vector<Environment>& listed) {
    return std::ranges::any_of(seen, [&](const aws::Ec2Instance& one) {
        return pattern.matches(one.environment_name) &&
               std::ranges::find(listed, one.environment_name, &Environment::name) == listed.end();
    });
}

// An environment that one of two lists lacks is there.
aws::Result<void> ask_once_more(aws::Client& client, const EnvironmentQuery& query,
                                std::vector<Environment>& listed) {
    const auto again = matching_environments(client, query);
    if (!again) return tl::unexpected(again.error());
    for (const auto& one : *again)
        if (std::ranges::find(listed, one.name, &Environment::name) == listed.end())
            listed.push_back(one);
    return {};
}

aws::Result<void> without_value(const aws::Result<std::vector<Environment>>& environments) {
    if (!environments) return tl::unexpected(environments.error());
    return {};
}

} // namespace

aws::Result<FleetSnapshot> discover(aws::Client& client, const EnvironmentQuery& query,
                                    const Previous& previous) {
    aws::Result<std::vector<Environment>> environments;
    aws::Result<std::vector<aws::Ec2Instance>> by_ec2;
    client.run_concurrently({[&] { environments = matching_environments(client, query); },
                             [&] {
                                 by_ec2 = aws::describe_instances(
                                     client, ec2_wildcards(query.pattern), aws::Ec2States::living);
                             }});
    if (!environments && !by_ec2) return tl::unexpected(environments.error());
    aws::Result<void> asked_again;
    if (environments && by_ec2 && shows_unlisted(*by_ec2, query.pattern, *environments))
        asked_again = ask_once_more(client, query, *environments);
    FleetSnapshot snapshot{.environments = environments.value_or(std::vector<Environment>{}),
                           .instances = std::nullopt,
                           .unseen = {}};
    snapshot.knows_environments = environments.has_value();
    if (const auto seen = tolerate(without_value(environments), previous, "environments", snapshot);
        !seen)
        return tl::unexpected(seen.error());
    if (const auto seen =
            tolerate(asked_again, previous, "environments that only EC2 shows", snapshot);
        !seen)
        return tl::unexpected(seen.error());
    const auto names = names_to_ask_for(snapshot, previous);
    if (names.empty() && !snapshot.environments.empty()) snapshot.instances.emplace(); // pods alone
    if (names.empty()) return snapshot;
    const auto listed = see_instances(client, names, std::move(by_ec2), snapshot);
    if (const auto seen = tolerate(listed, previous, "instances", snapshot); !seen)
        return tl::unexpected(seen.error());
    const auto missing = ask_for_missing(client, previous, snapshot);
    if (const auto seen = tolerate(missing, previous, "instances that a list lacks", snapshot);
        !seen)
        return tl::unexpected(seen.error());
    const auto agents = see_agents(client, names, previous, snapshot);
    if (const auto seen = tolerate(agents, previous, "SSM agents", snapshot); !seen)
        return tl::unexpected(seen.error());
    return snapshot;
}

} // namespace snow_white::fleet
