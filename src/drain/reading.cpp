#include "src/drain/answers.hpp"
#include "src/drain/members.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::drain {

namespace {

constexpr std::size_t most_stragglers = 8; // by name, in one sentence

bool all_over(const std::vector<Command>& commands) {
    return std::ranges::all_of(commands, [](const Command& command) { return command.progress.over; });
}

// Somebody has not answered, and still may.
bool waits_for_somebody(const State& state, const Results& results, Instant now) {
    return results.invocations.empty() ||
           std::ranges::any_of(results.invocations, [&](const Invocation& invocation) {
               const auto found = state.members.find(invocation.id);
               return invocation.end == Outcome::pending && found != state.members.end() &&
                      !is_hopeless(found->second, now);
           });
}

Step back_to_waiting(State state, Instant now) {
    state.phase = Phase::waiting;
    return pause(std::move(state), now);
}

// "30 min", "47 h"
std::string rounded_up(Duration duration) {
    constexpr std::chrono::hours minutes_until{2};
    if (duration < minutes_until)
        return fmt::format("{} min", std::chrono::ceil<std::chrono::minutes>(duration).count());
    return fmt::format("{} h", std::chrono::ceil<std::chrono::hours>(duration).count());
}

std::string sentence_of_stragglers(const State& state, Instant now, const std::string& who) {
    const std::string deadline = "the deadline comes in " + rounded_up(state.plan.deadline - now);
    if (state.told_of_deadline)
        return fmt::format("{}, and {}; then they are left alone, and go on as told", deadline, who);
    return fmt::format("after {} min {}; still waiting, {}",
                       std::chrono::floor<std::chrono::minutes>(now - state.plan.started).count(), who,
                       deadline);
}

std::vector<Event> words_of_stragglers(State& state, Instant now) {
    if (!state.names_stragglers) return {};
    state.names_stragglers = false;
    std::vector<std::string> names;
    for (const auto& [id, member] : state.members)
        if (finding_of(state, member, now).outcome == Outcome::pending)
            names.push_back(fmt::format("{} ({})", id.text, member.environment));
    if (names.empty()) return {};
    const std::size_t pending = names.size();
    if (pending > most_stragglers) {
        names.resize(most_stragglers);
        names.push_back(fmt::format("{} more", pending - most_stragglers));
    }
    const std::string who =
        fmt::format("{} of {} have not finished: {}", pending, state.members.size(), fmt::join(names, ", "));
    return {Noted{.what = sentence_of_stragglers(state, now, who), .loud = true}};
}

Step go_on_after_action(State state, const Results& results, Instant now) {
    if (time_is_up(state, now)) return look_again(std::move(state)); // and then: who is busy, with how much
    if (const auto ids = to_act_on(state); !ids.empty() && !all_over(state.commands))
        return act_on(std::move(state), ids, now);
    if (!all_over(state.commands) && waits_for_somebody(state, results, now))
        return back_to_waiting(std::move(state), now);
    return look_again(std::move(state));
}

Step after_action(State state, Results results, Instant now) {
    take_in_action(state, results.invocations);
    state.must_read = false;
    auto events = words_of_stragglers(state, now);
    return preceded_by(std::move(events), go_on_after_action(std::move(state), results, now));
}

// Reached by their tag, alive, and in no look yet: launched since.
bool somebody_new(const State& state, const Results& results) {
    return state.sees_instances && std::ranges::any_of(results.invocations, [&state](const auto& invocation) {
               return invocation.end == Outcome::done && !state.members.contains(invocation.id);
           });
}

// Success takes a clean sweep after a look, and that after the end of all that was told: whoever was there at
// the look was as asked before it, by its own word, and after it. Where the fleet has changed meanwhile it
// may do so once more: then it takes two in a row, with a look between them. One whose answers came late does
// not count.
Step after_sweep(State state, Results results, Instant now) {
    if (!all_over(state.sweep) && !time_is_up(state, now) && waits_for_somebody(state, results, now))
        return back_to_waiting(std::move(state), now);
    take_in_status(state, results.invocations);
    const bool somebody_unclear = std::ranges::any_of(
        state.members, [&state](const auto& entry) { return needs_another_look(state, entry.second); });
    const bool clean = to_act_on(state).empty() && !somebody_unclear && !somebody_new(state, results);
    const bool holds = sweeps_hold({&state}, now);
    results = {}; // taken in: the report needs the room
    state.restless = state.restless || !clean;
    state.clean_sweeps = clean && holds ? state.clean_sweeps + 1 : 0;
    if (state.clean_sweeps == 0) ++state.vain_sweeps;
    const bool clean_enough = state.clean_sweeps >= (state.restless ? 2 : 1);
    const bool last = state.vain_sweeps >= most_vain_sweeps || now >= state.plan.deadline;
    if (clean_enough && !last && state.plan.in_company) return meet(std::move(state), true, now);
    if (last && !holds)
        state.doubts.push_back(unseen_workers(
            fmt::format("what was seen last is of {} s ago",
                        std::chrono::floor<std::chrono::seconds>(now - state.sweep_begun).count())));
    if (clean_enough || last) return finish(std::move(state), now);
    return somebody_unclear ? look_later(std::move(state)) : look_again(std::move(state));
}

} // namespace

Step on_reading(State state, Observation seen, Instant now) {
    if (auto* results = std::get_if<Results>(&seen))
        return state.errand == Errand::act ? after_action(std::move(state), std::move(*results), now)
                                           : after_sweep(std::move(state), std::move(*results), now);
    const auto& failed = std::get<Failed>(seen);
    if (state.errand == Errand::act) return give_up(std::move(state), failed, now);
    state.doubts.push_back(unseen_workers(failed.why));
    return finish(std::move(state), now);
}

} // namespace snow_white::drain
