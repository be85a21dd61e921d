#include "sandbox/ssm/targets.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"

#include "sandbox/wire/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace sandbox {

namespace {

constexpr const char* target_formats =
    "Targets must be specified in one of the following formats: 1) 1 target with "
    "\"Key=InstanceIds\" and \"Values=\" a list of up to 50 instance IDs, or 2) Up to 5 targets, "
    "each of which can be either \"Key=tag:<key>,Values=<tag_values>\" or "
    "\"Key=tag-key,Values=<tag_keys>\", and each with up to 50 unique tag keys/values.";

using Strings = std::vector<std::string>;

// The ids that the call names, by InstanceIds or by a target of that key; empty when it goes by
// tags.
Strings named_ids(const Json& parameters) {
    if (!parameters.value("InstanceIds", Json::array()).empty()) return parameters["InstanceIds"];
    for (const auto& target : parameters.value("Targets", Json::array()))
        if (target.value("Key", "") == "InstanceIds") return target.value("Values", Strings{});
    return {};
}

void check_form(const Json& parameters) {
    const Json ids = parameters.value("InstanceIds", Json::array());
    const Json targets = parameters.value("Targets", Json::array());
    if (ids.empty() == targets.empty())
        throw AwsError("ValidationException",
                       ids.empty() ? "Either InstanceIds or Targets must be specified."
                                   : "InstanceIds and Targets cannot be specified together.");
    for (const auto& target : targets) {
        const std::string key = target.value("Key", "");
        const bool by_id = key == "InstanceIds";
        const bool known = by_id || key == "tag-key" || (key.starts_with("tag:") && key.size() > 4);
        if (!known || (by_id && targets.size() > 1) ||
            target.value("Values", Json::array()).empty())
            throw AwsError("ValidationException", target_formats);
    }
}

std::unordered_map<std::string, const Instance*> by_id(const RegionState& state) {
    std::unordered_map<std::string, const Instance*> index;
    for (const auto& instance : state.instances)
        index[instance.id] = &instance;
    return index;
}

// The value of a tag (Name, elasticbeanstalk:environment-name, …-id), as SSM knows it; null: it has
// none.
const std::string* tag_value(const RegionState& state, const Instance& instance,
                             const std::string& key) {
    if (applies(state.visibility.omits_tags, instance)) return nullptr;
    if (key == "elasticbeanstalk:environment-id") return &instance.environment_id;
    if (key == "Name") return &instance.name;
    if (key != "elasticbeanstalk:environment-name") return nullptr;
    const auto* const environment =
        find_by(state.environments, &Environment::id, instance.environment_id);
    return environment == nullptr ? nullptr : &environment->name;
}

bool matches_tags(const RegionState& state, const Instance& instance, const Json& targets) {
    return std::ranges::all_of(targets, [&](const Json& target) {
        return has_tag(state, instance, target.value("Key", ""), target.value("Values", Strings{}));
    });
}

bool is_target_by_tag(const RegionState& state, const Instance& instance) {
    const bool known = is_managed(instance) && instance.agent != AgentState::inactive;
    return known || applies(state.visibility.keeps_target, instance);
}

} // namespace

bool is_managed(const Instance& instance) {
    if (instance.agent == AgentState::absent) return false;
    const bool gone = instance.state == InstanceState::terminated ||
                      instance.state == InstanceState::shutting_down;
    return !gone || instance.agent == AgentState::connection_lost;
}

bool is_reachable(const Instance& instance) {
    return instance.agent == AgentState::online && instance.state == InstanceState::running;
}

bool has_tag(const RegionState& state, const Instance& instance, const std::string& key,
             const Strings& values) {
    if (key == "tag-key")
        return std::ranges::any_of(values, [&](const std::string& name) {
            return tag_value(state, instance, name) != nullptr;
        });
    const std::string* const value = tag_value(state, instance, key.substr(4));
    return value != nullptr && contains(values, *value);
}

void check_targets(const RegionState& state, const Json& parameters) {
    check_form(parameters);
    const Strings ids = named_ids(parameters);
    if (std::set<std::string>(ids.begin(), ids.end()).size() != ids.size())
        throw AwsError("DuplicateInstanceId", "An instance ID was specified more than once.");
    const auto index = by_id(state);
    Strings invalid;
    for (const auto& id : ids) {
        const auto found = index.find(id);
        const bool terminated =
            found != index.end() && (found->second->state == InstanceState::terminated ||
                                     found->second->state == InstanceState::shutting_down);
        if (found == index.end() || terminated || !is_managed(*found->second))
            invalid.push_back(id);
    }
    if (!invalid.empty())
        throw aws_error("InvalidInstanceId", "Instances [[{}]] not in a valid state for account {}",
                        fmt::join(invalid, ", "), state.account);
    // By its id the call is refused; by a tag its invocation alone is.
    for (const auto& id : ids)
        if (index.at(id)->denied)
            throw aws_error("AccessDeniedException",
                            "User is not authorized to perform: ssm:SendCommand on resource: {}",
                            make_arn("ec2", state.region, state.account, "instance/" + id));
}

std::vector<const Instance*> resolve_targets(const RegionState& state, const Json& parameters) {
    std::vector<const Instance*> targets;
    const Strings ids = named_ids(parameters);
    if (!ids.empty()) {
        const auto index = by_id(state);
        for (const auto& id : ids)
            if (const auto found = index.find(id); found != index.end())
                targets.push_back(found->second);
        return targets;
    }
    for (const auto& instance : state.instances)
        if (is_target_by_tag(state, instance) &&
            matches_tags(state, instance, parameters.at("Targets")))
            targets.push_back(&instance);
    return targets;
}

} // namespace sandbox
