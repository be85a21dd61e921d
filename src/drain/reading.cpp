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

std::vector<Event> words_of_stragglers(State& state, Instant now) {
    if (!state.names_stragglers) return {};
    state.names_stragglers = false;
    std::vector<std::string> names;
    const Report report = judge(state, now);
    for (const auto& instance : report.instances)
        if (instance.outcome == Outcome::pending)
            names.push_back(fmt::format("{} ({})", instance.id.text, instance.environment));
    if (names.empty()) return {};
    const std::size_t pending = names.size();
    if (pending > most_stragglers) {
        names.resize(most_stragglers);
        names.push_back(fmt::format("{} more", pending - most_stragglers));
    }
    const auto left = std::chrono::ceil<std::chrono::minutes>(state.plan.deadline - now).count();
    return {Noted{
        fmt::format("the deadline comes in {} min, and {} of {} have not finished: {}; then they are left "
                    "alone, and go on as told",
                    left, pending, report.instances.size(), fmt::join(names, ", ")),
        true}};
}

Step go_on_after_action(State state, const Results& results, Instant now) {
    if (time_is_up(state, now)) return start_sweep(std::move(state), now); // who is still busy, with how much
    if (const auto ids = to_act_on(state); !ids.empty() && !all_over(state.commands))
        return act_on(std::move(state), ids, now);
    if (!all_over(state.commands) && waits_for_somebody(state, results, now))
        return back_to_waiting(std::move(state), now);
    return look_again(std::move(state));
}

Step after_action(State state, const Results& results, Instant now) {
    take_in_action(state, results.invocations);
    state.must_read = false;
    auto events = words_of_stragglers(state, now);
    return preceded_by(std::move(events), go_on_after_action(std::move(state), results, now));
}

// Success takes two clean sweeps with a look between them: whoever was there at that look was seen as asked
// before it and after it.
Step after_sweep(State state, const Results& results, Instant now) {
    if (!all_over(state.sweep) && !time_is_up(state, now) && waits_for_somebody(state, results, now))
        return back_to_waiting(std::move(state), now);
    take_in_status(state, results.invocations);
    const bool somebody_to_act_on = !to_act_on(state).empty();
    const bool somebody_unclear = std::ranges::any_of(
        state.members, [&state](const auto& entry) { return needs_another_look(state, entry.second); });
    state.clean_sweeps = somebody_to_act_on || somebody_unclear ? 0 : state.clean_sweeps + 1;
    const bool too_late = now >= state.plan.deadline && state.clean_sweeps == 0;
    if (state.clean_sweeps >= clean_sweeps || state.sweeps >= sweeps || too_late) return finish(state, now);
    return somebody_unclear ? look_later(std::move(state)) : look_again(std::move(state));
}

} // namespace

Step on_reading(State state, const Observation& seen, Instant now) {
    if (const auto* results = std::get_if<Results>(&seen))
        return state.errand == Errand::act ? after_action(std::move(state), *results, now)
                                           : after_sweep(std::move(state), *results, now);
    const auto& failed = std::get<Failed>(seen);
    if (state.errand == Errand::act) return give_up(state, failed, now);
    state.doubts.push_back("what each worker does now (" + failed.why + ")");
    return finish(state, now);
}

} // namespace snow_white::drain
