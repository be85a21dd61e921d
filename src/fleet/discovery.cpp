#include "src/fleet/discovery.hpp"

#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/fleet/instance_lookup.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace snow_white::fleet {

namespace {

// Retryable: the failure may be temporary. Expired credentials count, because they are refreshed.
bool is_retryable(const aws::Error& error) {
    return aws::is_transient(error.kind) || aws::is_expiry(error.code);
}

// EC2's list may have instances of other applications: drops them.
std::vector<Instance> instances_in(const std::vector<std::string>& environments,
                                   std::vector<aws::Ec2Instance> listed) {
    const std::set<std::string> names(environments.begin(), environments.end());
    std::vector<Instance> instances = instances_of(std::move(listed));
    std::erase_if(instances,
                  [&names](const auto& instance) { return !names.contains(instance.environment); });
    return instances;
}

// Asks EC2 by the ids that SSM has: unlike EC2's lists, its answers by id are up to date.
aws::Result<std::vector<aws::Ec2Instance>>
find_living(aws::Client& client, const std::vector<aws::ManagedInstance>& managed) {
    std::vector<InstanceId> ids;
    for (const auto& one : managed)
        if (is_of_ec2(one.id)) ids.push_back(one.id);
    if (ids.empty()) return {};
    auto found = aws::describe_instances(client, ids);
    if (!found) return tl::unexpected(found.error());
    std::erase_if(*found, [](const auto& one) { return one.state == "terminated"; });
    return found;
}

// An empty fleet would count as quiet: EC2 has to return no instance by the exact names, either,
// and SSM has to have no agent there.
aws::Result<void> confirm_empty(aws::Client& client, const std::vector<std::string>& names,
                                FleetSnapshot& snapshot) {
    auto by_name = aws::describe_instances(client, names, aws::Ec2States::living);
    if (!by_name) return tl::unexpected(by_name.error());
    if (!by_name->empty()) {
        snapshot.instances = instances_in(names, std::move(*by_name));
        return {};
    }
    const auto managed = aws::describe_managed_instances(client, environment_tag, names);
    if (!managed && is_retryable(managed.error())) return tl::unexpected(managed.error());
    auto by_id = find_living(client, managed ? *managed : std::vector<aws::ManagedInstance>{});
    if (!by_id) return tl::unexpected(by_id.error());
    if (by_id->empty() && managed && std::ranges::any_of(*managed, &aws::ManagedInstance::online))
        snapshot.unavailable.push_back(fmt::format(
            "which instances there are (EC2 shows none, SSM the agents of {})", managed->size()));
    else
        snapshot.instances = instances_in(names, std::move(*by_id));
    return {};
}

aws::Result<void> list_instances(aws::Client& client, const std::vector<std::string>& names,
                                 aws::Result<std::vector<aws::Ec2Instance>> by_ec2,
                                 FleetSnapshot& snapshot) {
    if (!by_ec2 && is_retryable(by_ec2.error())) return tl::unexpected(by_ec2.error());
    if (!by_ec2) {
        snapshot.unavailable.push_back("which instances there are (" +
                                       aws::describe_briefly(by_ec2.error()) + ")");
        return {};
    }
    snapshot.instances = instances_in(names, std::move(*by_ec2));
    if (!snapshot.instances->empty()) return {};
    snapshot.instances.reset();
    return confirm_empty(client, names, snapshot);
}

// An instance that EC2's list lacks may still exist: EC2 is asked for it by id.
std::vector<InstanceId> missing_from(const std::vector<Instance>& listed,
                                     const Previous& previous) {
    std::set<InstanceId> found;
    for (const auto& instance : listed)
        found.insert(instance.id);
    std::vector<InstanceId> missing;
    for (const auto& id : previous.expected)
        if (!found.contains(id) && is_of_ec2(id)) missing.push_back(id);
    return missing;
}

aws::Result<void> find_missing(aws::Client& client, const Previous& previous,
                               FleetSnapshot& snapshot) {
    if (!snapshot.instances) return {};
    const auto missing = missing_from(*snapshot.instances, previous);
    if (missing.empty()) return {};
    auto found = aws::describe_instances(client, missing);
    if (!found && is_retryable(found.error())) return tl::unexpected(found.error());
    if (!found) return {}; // refused: they stay unknown
    std::set<InstanceId> known;
    for (auto& instance : instances_of(std::move(*found))) {
        known.insert(instance.id);
        snapshot.instances->push_back(std::move(instance));
    }
    for (const auto& id : missing)
        if (!known.contains(id)) snapshot.unknown_to_ec2.push_back(id);
    return {};
}

aws::Result<void> find_agents(aws::Client& client, const std::vector<std::string>& names,
                              const Previous& previous, FleetSnapshot& snapshot) {
    if (!snapshot.instances) return {};
    const auto found = look_up_agents(client, names, previous, *snapshot.instances);
    if (found || is_retryable(found.error())) return found;
    snapshot.unavailable.push_back("which instances have a running SSM agent (" +
                                   aws::describe_briefly(found.error()) + ")");
    return {};
}

// A first discovery has to be complete. In a later one parts may fail, but not all of them.
aws::Result<void> tolerate(const aws::Result<void>& part, const Previous& previous,
                           const char* what, FleetSnapshot& snapshot) {
    if (part || !previous.is_rediscovery || !is_retryable(part.error())) return part;
    snapshot.failed.push_back({what, aws::describe_briefly(part.error())});
    return {};
}

// Whether EC2 has instances of a matching environment that EB's list lacks: another application's,
// or one that the list left out.
bool shows_unlisted(const std::vector<aws::Ec2Instance>& found, const NameFilter& pattern,
                    const std::vector<Environment>& listed) {
    return std::ranges::any_of(found, [&](const aws::Ec2Instance& one) {
        return pattern.matches(one.environment_name) &&
               std::ranges::find(listed, one.environment_name, &Environment::name) == listed.end();
    });
}

// Lists again, and adds what the first list lacks: an environment of either list exists.
aws::Result<void> list_again(aws::Client& client, const EnvironmentQuery& query,
                             std::vector<Environment>& listed) {
    const auto again = matching_environments(client, query);
    if (!again) return tl::unexpected(again.error());
    for (const auto& one : *again)
        if (std::ranges::find(listed, one.name, &Environment::name) == listed.end())
            listed.push_back(one);
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
    aws::Result<void> listed_again;
    if (environments && by_ec2 && shows_unlisted(*by_ec2, query.pattern, *environments))
        listed_again = list_again(client, query, *environments);
    FleetSnapshot snapshot{.environments = environments.value_or(std::vector<Environment>{}),
                           .instances = std::nullopt,
                           .unavailable = {}};
    snapshot.knows_environments = environments.has_value();
    const auto part = [&](const char* what, const aws::Result<void>& result) {
        return tolerate(result, previous, what, snapshot);
    };
    const auto listed = part("environments", environments.map([](const auto&) {})).and_then([&] {
        return part("environments that only EC2 shows", listed_again);
    });
    if (!listed) return tl::unexpected(listed.error());
    // Environments of earlier discoveries that EB does not list any more may still have instances.
    const auto names = merged(names_on_instances(snapshot.environments), previous.environments);
    if (names.empty() && !snapshot.environments.empty()) snapshot.instances.emplace(); // pods only
    if (names.empty()) return snapshot;
    return part("instances", list_instances(client, names, std::move(by_ec2), snapshot))
        .and_then([&] {
            return part("instances that a list lacks", find_missing(client, previous, snapshot));
        })
        .and_then(
            [&] { return part("SSM agents", find_agents(client, names, previous, snapshot)); })
        .map([&] { return std::move(snapshot); });
}

} // namespace snow_white::fleet
