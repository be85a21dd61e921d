#include "src/drain/machine/adopt_plan.hpp"

#include "src/drain/machine/transitions.hpp"

#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

bool reaches(const InFlightCommand& command, const InstanceId& id, const std::string& environment) {
    return contains(command.instances, id) || contains(command.environments, environment);
}

// EC2 lists no instances, and a found command addresses the environment: it needs no other one.
bool is_left_to_found(const State& state, const Adopt& adopt, const std::string& environment) {
    return !state.targets.sees_instances &&
           std::ranges::any_of(state.commands, [&](const OpenCommand& command) {
               return contains(adopt.unread, command.id) &&
                      contains(command.spec.environments, environment) &&
                      !is_superseded(adopt, command, {}, environment);
           });
}

// For an instance that no list shows, only its command tells the environment.
bool may_be_in(const State& state, const TrackedInstance& instance,
               const std::string& environment) {
    if (!instance.environment.empty()) return instance.environment == environment;
    const OpenCommand* command = find_command(state.commands, instance.last->id);
    return command != nullptr && contains(command->spec.environments, environment);
}

// No found command has reached an instance of the environment: a command by tag can be used.
// Otherwise it would reach those instances again, and the others are addressed by id.
bool is_untouched(const State& state, const Adopt& adopt, const std::string& environment) {
    return !any_instance(state.targets, [&](const TrackedInstance& instance) {
        return was_found(adopt, instance) && may_be_in(state, instance, environment);
    });
}

} // namespace

bool is_superseded(const Adopt& adopt, const OpenCommand& command, const InstanceId& id,
                   const std::string& environment) {
    return std::ranges::any_of(adopt.later, [&](const InFlightCommand& other) {
        const bool later =
            !other.requested || !command.requested || *other.requested > *command.requested;
        return later && reaches(other, id, environment);
    });
}

bool was_found(const Adopt& adopt, const TrackedInstance& instance) {
    return instance.last && contains(adopt.unread, instance.last->id);
}

std::vector<CommandSpec> without_adopted(const State& state, const Adopt& adopt, Now now) {
    std::vector<std::string> environments;
    std::vector<InstanceId> ids;
    for (const auto& spec : adopt.pending)
        std::ranges::copy_if(
            spec.environments, std::back_inserter(environments), [&](const std::string& name) {
                return is_untouched(state, adopt, name) && !is_left_to_found(state, adopt, name);
            });
    for (const auto& entry : state.targets.instances) {
        const InstanceId& id = entry.first;
        const TrackedInstance& instance = entry.second;
        const bool meant = std::ranges::any_of(adopt.pending, [&](const CommandSpec& spec) {
            return contains(spec.instances, id) ||
                   (contains(spec.environments, instance.environment) &&
                    !contains(environments, instance.environment));
        });
        if (meant && !was_found(adopt, instance) && addressable(instance, now.elapsed))
            ids.push_back(id);
    }
    auto specs = specs_by_environment(Purpose::act, environments);
    std::ranges::move(specs_by_instance(Purpose::act, ids), std::back_inserter(specs));
    return specs;
}

} // namespace snow_white::drain
