// The phase Adopt. In: the stack's commands in flight. Out: a command of this run's action that
// addresses the same instances is followed instead of a second one; other commands are reported. A
// found command says nothing about an instance that got another command since.
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

bool overlaps(const State& state, const InFlightCommand& command) {
    return std::ranges::any_of(
               command.environments,
               [&](const auto& name) { return is_in_scope(state.targets, name); }) ||
           std::ranges::any_of(command.instances, [&state](const auto& id) {
               return state.targets.instances.contains(id);
           });
}

bool names_only_ours(const State& state, const InFlightCommand& command) {
    return !command.environments.empty() &&
           std::ranges::all_of(command.environments,
                               [&](const auto& name) { return is_in_scope(state.targets, name); });
}

// A command that is being cancelled or has ended does not replace ours. But one that has ended
// since the answer to ours was lost may be ours.
bool can_adopt(const State& state, const InFlightCommand& command) {
    const auto* sent = lost_send(state);
    // An older wake that has ended is not ours, and the workers may have been quieted since. Where
    // our clock is more than list_pause ahead of SSM's, ours counts as older and is sent again.
    const bool lost =
        sent != nullptr && (state.config.action != Action::wake || !command.requested ||
                            *command.requested >= sent->asked - list_pause);
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

void warn_of_other(State& state, const InFlightCommand& command, std::vector<Event>& events) {
    if (command.stage != InFlightCommand::Stage::running || !overlaps(state, command)) return;
    const std::string sentence = fmt::format(
        "a {} (command {}) is still open here and may {} them again; end it with the same "
        "command and -a {} --cancel",
        name_of(command.action), command.id.text, name_of(command.action), name_of(command.action));
    // The report comes later: it may have ended by then.
    const std::string record = fmt::format(
        "during this {} a {} (command {}) was open here; if it still is, it may {} them again: end "
        "it with the same command and -a {} --cancel",
        name_of(state.config.action), name_of(command.action), command.id.text,
        name_of(command.action), name_of(command.action));
    if (add_once(state.notices.warnings, record)) events.emplace_back(Notice{sentence});
}

void warn_of_concurrent(State& state, const InFlightCommand& command, std::vector<Event>& events) {
    const std::string sentence =
        fmt::format("somebody else has sent the same {} meanwhile (command {}): both are awaited",
                    name_of(command.action), command.id.text);
    add_once(state.notices.warnings, sentence);
    events.emplace_back(Notice{sentence});
}

// SSM lists a command seconds after it has taken it: a list that was asked for at `then` may lack
// the one whose answer was lost.
bool may_still_show(const State& state, Duration then) {
    const auto* lost = lost_send(state);
    return lost != nullptr && then < lost->at.elapsed + list_lag;
}

Next send_pending(State& state, Adopt adopt, Now now) {
    if (state.send_trouble && !adopt.pending.empty()) state.send_trouble->lost.reset();
    return send_next(state, Send{Purpose::act, std::move(adopt.pending)}, now);
}

Next on_no_list(State& state, Adopt adopt, const CallFailure& failure, Now now) {
    if (adopt.pending.empty()) return send_pending(state, std::move(adopt), now);
    if (failure.kind == CallFailure::Kind::denied) return finish_with(state, failure, now);
    // This AWS cannot list commands. A second quiet or stop does no harm.
    add_once(state.notices.unverified,
             "whether the same command was in flight already (" + failure.why + ")");
    return send_pending(state, std::move(adopt), now);
}

} // namespace

Next send_or_find_again(State& state, Adopt adopt, Now now) {
    // A found command may be somebody else's, and SSM may list ours later.
    if (!adopt.pending.empty() && may_still_show(state, adopt.begun)) {
        state.phase = Adopt{std::move(adopt.pending)};
        return sleep_for(list_pause);
    }
    if (!adopt.unread.empty()) state.send_trouble.reset();
    return send_pending(state, std::move(adopt), now);
}

Next handle(State& state, Answered<FindInFlightCommands> response, Now now) {
    auto adopt = std::get<Adopt>(state.phase);
    // The monitor was suspended meanwhile.
    const bool is_old = now.elapsed >= adopt.begun + verification_validity;
    if (is_old && !std::exchange(adopt.again, true)) return enter(state, std::move(adopt));
    if (!response.answer) return on_no_list(state, std::move(adopt), response.answer.error(), now);
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
    return prepend_events(std::move(events), adopt.unread.empty()
                                                 ? send_or_find_again(state, std::move(adopt), now)
                                                 : enter(state, std::move(adopt)));
}

} // namespace snow_white::drain
