#include "src/drain/members.hpp"
#include "src/drain/news.hpp"
#include "src/drain/onlooking.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

// The answers are in the order of the open commands. One that SSM does not know for long is over, and what
// became of it is not known: the next look tells who has to be told anew.
void take_in_progress(std::vector<Command>& commands, const Progress& progress, Instant now,
                      std::vector<Event>& events) {
    std::size_t answer = 0;
    for (auto& command : commands) {
        if (command.progress.over || answer == progress.commands.size()) continue;
        const auto& seen = progress.commands[answer++];
        if (seen.known) {
            command.progress = seen;
        } else if (now - command.sent >= forgotten_patience) {
            command.progress.over = true;
            events.emplace_back(Noted{"SSM no longer knows command " + command.id.text});
        }
    }
}

// Whom nobody needs to wait for: no command ends there, or it is of others' environments.
int hopeless_ones(const State& state, Instant now) {
    const auto strangers =
        state.errand == Errand::ask ? 0 : std::ranges::count_if(state.strangers, [](const auto& entry) {
            return entry.second.end == Outcome::pending;
        });
    return static_cast<int>(strangers + std::ranges::count_if(state.members, [&](const auto& entry) {
                                return is_hopeless(entry.second, now) &&
                                       (state.errand == Errand::ask || entry.second.in_command);
                            }));
}

Step read_results(State state, Instant now, std::vector<Event> events = {}) {
    state.phase = Phase::reading;
    return ask_again(std::move(state), now, std::move(events));
}

void add_heartbeat(State& state, const CommandProgress& sum, Instant now, std::vector<Event>& events) {
    if (!events.empty()) state.next_heartbeat = now + heartbeat_interval;
    if (state.errand == Errand::ask || now < state.next_heartbeat) return;
    state.next_heartbeat = now + heartbeat_interval;
    const auto left = std::chrono::duration_cast<std::chrono::minutes>(state.plan.deadline - now).count();
    events.emplace_back(Noted{
        .what = fmt::format("still {} of {} finished; deadline in {} min", sum.completed, sum.targeted, left),
        .routine = true});
}

// People who are not looking hear once who keeps it waiting, and once who would be left behind. Who that is
// the results tell: a page for each fifty instances, each time.
bool begins_to_name_stragglers(State& state, Instant now) {
    const Duration notice =
        std::min<Duration>(longest_notice, (state.plan.deadline - state.plan.started) / 10);
    if (state.errand != Errand::act || state.told_of_deadline) return false;
    if (notice >= shortest_notice && now >= state.plan.deadline - notice)
        return state.told_of_deadline = state.told_of_stragglers = state.names_stragglers = true;
    if (state.told_of_stragglers || now < state.plan.started + straggling) return false;
    return state.told_of_stragglers = state.names_stragglers = true;
}

Step on_progress(State state, const Progress& progress, Instant now) {
    auto& commands = current_commands(state);
    const CommandProgress before = sum_of(commands);
    std::vector<Event> events;
    take_in_progress(commands, progress, now, events);
    const CommandProgress after = sum_of(commands);
    if (before.completed != after.completed || before.targeted != after.targeted)
        events.emplace_back(Advanced{state.errand, after.completed, after.targeted});
    add_heartbeat(state, after, now, events);
    if (after.over) return read_results(std::move(state), now, std::move(events));
    // Who is left may be hopeless: the results tell. They cost a page for each fifty instances, so they are
    // read early only when something has changed.
    const int hopeless = hopeless_ones(state, now);
    const std::pair<int, int> at{after.completed, hopeless};
    const bool only_hopeless = after.targeted - after.completed <= hopeless && at != state.read_at;
    if (after.targeted > 0 && (only_hopeless || state.must_read)) {
        state.read_at = at;
        return read_results(std::move(state), now, std::move(events));
    }
    return pause(std::move(state), now, std::move(events));
}

Step on_changes(State state, const fleet::Changes& changes, Instant now) {
    auto events = take_in_changes(state, changes, now);
    state.onlooking.news = true;
    // Those launched since may have been reached by their tag all the same: the results tell.
    return to_act_on(state).empty() ? ask_again(std::move(state), now, std::move(events))
                                    : read_results(std::move(state), now, std::move(events));
}

} // namespace

Step on_waiting(State state, const Observation& seen, Instant now) {
    if (state.aside != Aside::none && state.aside != Aside::changes) {
        take_in_for_onlooker(state, seen, now);
        return ask_again(std::move(state), now);
    }
    if (const auto* progress = std::get_if<Progress>(&seen))
        return on_progress(std::move(state), *progress, now);
    if (const auto* changes = std::get_if<fleet::Changes>(&seen))
        return on_changes(std::move(state), *changes, now);
    if (const auto* failed = std::get_if<Failed>(&seen)) {
        if (state.aside == Aside::none) return give_up(std::move(state), *failed, now);
        state.looks_for_changes = failed->kind == Failed::Kind::unavailable;
        return ask_again(std::move(state), now);
    }
    if (time_is_up(state, now)) return read_results(std::move(state), now);
    if (begins_to_name_stragglers(state, now)) return read_results(std::move(state), now);
    if (state.errand == Errand::act && state.looks_for_changes && now >= state.next_changes_look) {
        state.next_changes_look = now + changes_interval;
        state.aside = Aside::changes;
        state.asked += calls_for_changes;
        FindChanges find{known(state), state.plan.started};
        return want(std::move(state), std::move(find));
    }
    if (auto wanted = wanted_by_onlooker(state, now)) return want(std::move(state), std::move(*wanted));
    return ask_again(std::move(state), now);
}

} // namespace snow_white::drain
