// The results of commands that were found in flight, before anything is sent. In: the results, or
// why there are none. Out: the instances that these commands have reached, and what is still
// pending.
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/transitions.hpp"

#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

bool reaches(const InFlightCommand& command, const InstanceId& id, const std::string& environment) {
    return contains(command.instances, id) || contains(command.environments, environment);
}

// A command of another action was sent to the instance after this one.
bool is_superseded(const Adopt& adopt, const OpenCommand& command, const InstanceId& id,
                   const std::string& environment) {
    return std::ranges::any_of(adopt.later, [&](const InFlightCommand& other) {
        const bool later =
            !other.requested || !command.requested || *other.requested > *command.requested;
        return later && reaches(other, id, environment);
    });
}

// The instance's last command is one of those that were found.
bool was_found(const Adopt& adopt, const TrackedInstance& instance) {
    return instance.last && contains(adopt.unread, instance.last->id);
}

// SSM got the command while we sent one whose answer was lost. A clock that is wrong by minutes
// makes no command ours.
bool is_ours(const State& state, const OpenCommand& command) {
    const auto* lost = lost_send(state);
    return lost != nullptr && command.requested && *command.requested >= lost->asked &&
           *command.requested <= lost->at.wall + list_lag;
}

// For an instance that no list shows, only the command tells the environment.
bool is_superseded_at(const State& state, const Adopt& adopt, const OpenCommand& command,
                      const InstanceId& id) {
    const auto* instance = find_instance(state.targets, id);
    std::vector<std::string> may_be_in = command.spec.environments;
    if (instance != nullptr) may_be_in = {instance->environment};
    if (may_be_in.empty()) may_be_in = {{}};
    return std::ranges::all_of(may_be_in, [&](const std::string& environment) {
        return is_superseded(adopt, command, id, environment);
    });
}

// The results of a found command do not count for instances that got another command since, where
// somebody has cancelled it, or whose batch never came: they need a new one. But if the command is
// ours, a cancel of all of it and the end of its batches are meant for this run.
void disregard_superseded(State& state, const Adopt& adopt, const CommandResults& results) {
    OpenCommand* command = find_command(state.commands, results.id);
    command->ours = is_ours(state, *command);
    const bool is_ended = command->ours && is_cancelled(*command, results);
    command->ended_before = 0;
    for (const auto& invocation : results.invocations) {
        if (invocation.end != InvocationEnd::pending) ++command->ended_before;
        if ((!is_ended && is_being_cancelled(invocation)) ||
            (!command->ours && invocation.end == InvocationEnd::not_begun) ||
            is_superseded_at(state, adopt, *command, invocation.id))
            command->disregarded.insert(invocation.id);
    }
}

// An empty list is not whole either: SSM's counts grow while it resolves a tag.
bool all_listed(const State& state, const std::vector<CommandResults>& results) {
    return std::ranges::all_of(results, [&state](const CommandResults& one) {
        const OpenCommand* command = find_command(state.commands, one.id);
        return !one.known || (!one.invocations.empty() && is_whole(*command, one));
    });
}

// The command may have been sent a moment ago, by SSM's clock and ours: SSM may still be resolving
// its tag.
bool may_still_grow(const State& state, const Adopt& adopt, Now now) {
    return now.elapsed < adopt.found_at + list_pause &&
           std::ranges::any_of(state.commands, [&](const OpenCommand& command) {
               return contains(adopt.unread, command.id) && !command.spec.environments.empty() &&
                      command.requested &&
                      std::chrono::abs(now.wall - *command.requested) < young_command;
           });
}

// A tag reaches the instances that have registered when the command is sent, which is minutes after
// their launch. A wake is not repeated on a guess: it would restart the workers a second time.
bool is_too_young(const State& state, const OpenCommand& command, const InstanceId& id,
                  const TrackedInstance& instance) {
    const bool guesses =
        state.config.action == Action::wake || contains(command.spec.instances, id);
    const Duration registers_within = guesses ? Duration{0} : Duration{boot_patience};
    return is_younger(instance, command, registers_within);
}

// The command addresses the instance and the list lacks it: it may still arrive there.
void assume_commanded(State& state, const Adopt& adopt) {
    for (const auto& command : state.commands)
        if (contains(adopt.unread, command.id) && !command.settled)
            for_each_in(state.targets, command.spec,
                        [&](const InstanceId& id, TrackedInstance& instance) {
                            if (was_found(adopt, instance) || command.disregarded.contains(id) ||
                                instance.agent == fleet::Agent::absent ||
                                is_too_young(state, command, id, instance) ||
                                is_superseded(adopt, command, id, instance.environment))
                                return;
                            instance.last = LastCommand{.id = command.id,
                                                        .at = command.since,
                                                        .requested = command.requested,
                                                        .open = true};
                            ++instance.attempts;
                            instance.unsent = false;
                        });
}

// This run has not seen whether the agent was updated or lost since the command: instances where it
// is open are asked whether the script runs.
void doubt_adopted(State& state, const Adopt& adopt) {
    for (auto& [id, instance] : state.targets.instances)
        if (was_found(adopt, instance) && instance.last->open)
            instance.last->doubt = Doubt::read_results;
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

// What is pending, without the instances that the found commands have reached.
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

std::vector<Event> events_of_found(State& state, const Adopt& adopt) {
    std::vector<Event> events;
    for (const auto& command : state.commands)
        if (contains(adopt.unread, command.id))
            events.emplace_back(CommandStarted{command.spec, command.id, true});
    state.may_have_sent = true;
    state.has_commanded = true;
    return events;
}

} // namespace

Next apply_adopted(State& state, Answered<CollectResults> response, Now now) {
    auto adopt = std::get<Adopt>(state.phase);
    if (response.answer) {
        auto& results = *response.answer;
        const bool lags = !all_listed(state, results) && now.elapsed < adopt.found_at + list_lag;
        if (lags || may_still_grow(state, adopt, now)) return sleep_for(list_pause);
        for (const auto& one : results)
            disregard_superseded(state, adopt, one);
        const bool complete = all_listed(state, results);
        apply_action_results(state, results, now);
        if (!complete) assume_commanded(state, adopt);
    } else {
        assume_commanded(state, adopt);
        for (auto& command : state.commands)
            if (contains(adopt.unread, command.id)) {
                command.found_unread = true;
                command.ours = is_ours(state, command);
            }
    }
    auto events = events_of_found(state, adopt);
    doubt_adopted(state, adopt);
    note_finished(state, adopt.unread);
    adopt.pending = without_adopted(state, adopt, now);
    verify_unclear_anew(state, adopt.pending);
    return prepend_events(std::move(events), send_or_find_again(state, std::move(adopt), now));
}

} // namespace snow_white::drain
