// Adopt: a command that does already what is to be sent is followed, and not sent again. It says
// nothing about an instance that was told something else since.
#include "src/drain/machine/adopt_plan.hpp"
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

bool overlaps(const State& state, const InFlightCommand& command) {
    const auto names = names_in_scope(state.targets);
    return std::ranges::any_of(command.environments,
                               [&names](const auto& name) { return contains(names, name); }) ||
           std::ranges::any_of(command.instances, [&state](const auto& id) {
               return state.targets.instances.contains(id);
           });
}

bool names_only_ours(const State& state, const InFlightCommand& command) {
    const auto names = names_in_scope(state.targets);
    return !command.environments.empty() &&
           std::ranges::all_of(command.environments,
                               [&names](const auto& name) { return contains(names, name); });
}

// A command that is being cancelled, or has ended, is no reason not to send. But one that has ended
// since the answer to ours was lost may be ours.
bool can_adopt(const State& state, const InFlightCommand& command) {
    const bool lost = lost_send(state) != nullptr;
    return command.action == state.config.action && overlaps(state, command) &&
           !state.followed.contains(command.id) &&
           (command.stage == InFlightCommand::Stage::running ||
            (command.stage == InFlightCommand::Stage::over && lost));
}

void follow(State& state, const InFlightCommand& command, Now now) {
    state.followed.insert(command.id);
    state.commands.push_back({.id = command.id,
                              .spec = {Purpose::act, command.environments, command.instances},
                              .since = now.elapsed,
                              .requested = command.requested,
                              .only_ours = names_only_ours(state, command),
                              .progress = command.progress});
}

std::string sentence_on(const InFlightCommand& other, Action ours) {
    return fmt::format(
        "a {} (command {}) is still open here and acts beside this {}; end it with the same "
        "command and -a {} --cancel",
        name_of(other.action), other.id.text, name_of(ours), name_of(other.action));
}

void warn_of_other(State& state, const InFlightCommand& command, std::vector<Event>& events) {
    if (command.stage != InFlightCommand::Stage::running || !overlaps(state, command)) return;
    const std::string sentence = sentence_on(command, state.config.action);
    if (add_once(state.notices.warnings, sentence)) events.emplace_back(Notice{sentence});
}

void warn_of_concurrent(State& state, const InFlightCommand& command, std::vector<Event>& events) {
    const std::string sentence =
        fmt::format("somebody else has sent the same {} meanwhile (command {}): both are awaited",
                    name_of(command.action), command.id.text);
    add_once(state.notices.warnings, sentence);
    events.emplace_back(Notice{sentence});
}

// SSM lists a command seconds after it has taken it: what a list of then lacks may be there all the
// same.
bool may_still_show(const State& state, Duration then) {
    const auto* lost = lost_send(state);
    return lost != nullptr && then < lost->at.elapsed + list_lag;
}

Step look_again(State state, Adopt adopt, std::vector<Event> events) {
    state.phase = Adopt{std::move(adopt.pending)};
    return sleep_for(std::move(state), list_pause, std::move(events));
}

Step go_on(State state, Adopt adopt, Now now, std::vector<Event> events) {
    if (state.send_trouble && !adopt.pending.empty()) state.send_trouble->lost.reset();
    return send_next(std::move(state), Send{Purpose::act, std::move(adopt.pending)}, now,
                     std::move(events));
}

Step on_no_list(State state, Adopt adopt, const CallFailure& failure, Now now) {
    if (adopt.pending.empty()) return go_on(std::move(state), std::move(adopt), now, {});
    if (failure.kind == CallFailure::Kind::denied)
        return finish_with(std::move(state), failure, now);
    // This AWS cannot list them: a second quiet or stop does no harm.
    add_once(state.notices.unverified,
             "whether the same command was in flight already (" + failure.why + ")");
    return go_on(std::move(state), std::move(adopt), now, {});
}

} // namespace

Step handle(State state, Answered<FindInFlightCommands> response, Now now) {
    auto adopt = std::get<Adopt>(state.phase);
    const bool is_old =
        now.elapsed >= adopt.begun + verification_validity; // the monitor was suspended
    if (is_old && !std::exchange(adopt.again, true))
        return enter(std::move(state), std::move(adopt));
    if (!response.answer)
        return on_no_list(std::move(state), std::move(adopt), response.answer.error(), now);
    std::vector<Event> events;
    for (const auto& command : response.answer->commands) {
        if (command.action != state.config.action) {
            warn_of_other(state, command, events);
            adopt.later.push_back(command);
        } else if (can_adopt(state, command)) {
            follow(state, command, now);
            adopt.unread.push_back(command.id);
            if (adopt.pending.empty()) warn_of_concurrent(state, command, events);
        }
    }
    adopt.found_at = now.elapsed;
    if (!adopt.unread.empty()) return enter(std::move(state), std::move(adopt), std::move(events));
    if (!adopt.pending.empty() && may_still_show(state, adopt.begun))
        return look_again(std::move(state), std::move(adopt), std::move(events));
    return go_on(std::move(state), std::move(adopt), now, std::move(events));
}

namespace {

// The one whose answer was lost, for SSM was given it while we sent: it is cancelled as a whole
// since. A clock that is wrong by minutes makes nothing ours.
bool is_ours_and_cancelled(const State& state, const OpenCommand& command,
                           const CommandResults& results) {
    const auto* lost = lost_send(state);
    return lost != nullptr && command.requested && *command.requested >= lost->asked &&
           *command.requested <= lost->at.wall + list_lag && is_cancelled(command, results);
}

// Of one that no list shows, only the command tells where it may be.
bool is_superseded_at(const State& state, const Adopt& adopt, const OpenCommand& command,
                      const InstanceId& id) {
    const auto found = state.targets.instances.find(id);
    std::vector<std::string> may_be_in = command.spec.environments;
    if (found != state.targets.instances.end()) may_be_in = {found->second.environment};
    if (may_be_in.empty()) may_be_in = {{}};
    return std::ranges::all_of(may_be_in, [&](const std::string& environment) {
        return is_superseded(adopt, command, id, environment);
    });
}

// What the commands that were found did to instances counts no more where something else was asked
// of them since, or where somebody has cancelled it: this run asks for it anew.
void disregard_superseded(State& state, const Adopt& adopt, const CommandResults& results) {
    OpenCommand* command = find_command(state.commands, results.id);
    const bool is_ended = is_ours_and_cancelled(state, *command, results);
    command->ended_before = 0;
    for (const auto& invocation : results.invocations) {
        if (invocation.end != Outcome::pending) ++command->ended_before;
        if ((!is_ended && is_being_cancelled(invocation)) ||
            is_superseded_at(state, adopt, *command, invocation.id))
            command->disregarded.insert(invocation.id);
    }
}

// SSM's counts grow while it resolves a tag: an empty list is not whole either.
bool all_listed(const State& state, const std::vector<CommandResults>& results) {
    return std::ranges::all_of(results, [&state](const CommandResults& one) {
        const OpenCommand* command = find_command(state.commands, one.id);
        return !one.known || (!one.invocations.empty() && is_whole(*command, one));
    });
}

// Sent a moment ago, for all that two clocks tell: SSM may still be resolving its tag.
bool may_still_grow(const State& state, const Adopt& adopt, Now now) {
    return now.elapsed < adopt.found_at + list_pause &&
           std::ranges::any_of(state.commands, [&](const OpenCommand& command) {
               return contains(adopt.unread, command.id) && !command.spec.environments.empty() &&
                      command.requested &&
                      std::chrono::abs(now.wall - *command.requested) < young_command;
           });
}

// A tag's targets are those that have registered when the command is sent. Both stamps are of AWS's
// clocks.
bool is_too_young(const TrackedInstance& instance, const OpenCommand& command) {
    return instance.launched && command.requested && *instance.launched > *command.requested;
}

// Whom the command names and the list lacks: it may be on its way there.
void assume_commanded(State& state, const Adopt& adopt) {
    for (const auto& command : state.commands)
        if (contains(adopt.unread, command.id) && !command.settled)
            for_each_in(
                state.targets, command.spec, [&](const InstanceId& id, TrackedInstance& instance) {
                    if (was_found(adopt, instance) || instance.agent == fleet::Agent::absent ||
                        is_too_young(instance, command) ||
                        is_superseded(adopt, command, id, instance.environment))
                        return;
                    instance.last = LastCommand{.id = command.id,
                                                .at = command.since,
                                                .requested = command.requested,
                                                .open = true};
                    ++instance.attempts;
                });
}

// Whether its agent was updated or lost since it was told, this run has not seen: who still runs
// the script is asked for that.
void doubt_found(State& state, const Adopt& adopt) {
    for (auto& [id, instance] : state.targets.instances)
        if (was_found(adopt, instance) && instance.last->open)
            instance.last->doubt = Doubt::returned;
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

Step apply_adopted(State state, Answered<CollectResults> response, Now now) {
    auto adopt = std::get<Adopt>(state.phase);
    if (response.answer) {
        auto& results = *response.answer;
        const bool lags = !all_listed(state, results) && now.elapsed < adopt.found_at + list_lag;
        if (lags || may_still_grow(state, adopt, now))
            return sleep_for(std::move(state), list_pause);
        for (const auto& one : results)
            disregard_superseded(state, adopt, one);
        const bool complete = all_listed(state, results);
        apply_action_results(state, results, now);
        if (!complete) assume_commanded(state, adopt);
    } else {
        assume_commanded(state, adopt);
        for (auto& command : state.commands)
            if (contains(adopt.unread, command.id)) command.found_unread = true;
    }
    auto events = events_of_found(state, adopt);
    doubt_found(state, adopt);
    note_finished(state, adopt.unread, now);
    adopt.pending = without_adopted(state, adopt, now);
    // What was found may be somebody else's, and ours still to be listed.
    if (!adopt.pending.empty() && may_still_show(state, adopt.begun))
        return look_again(std::move(state), std::move(adopt), std::move(events));
    state.send_trouble.reset();
    return go_on(std::move(state), std::move(adopt), now, std::move(events));
}

} // namespace snow_white::drain
