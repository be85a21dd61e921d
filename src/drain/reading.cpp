#include "src/drain/findings.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

bool waits_for_somebody(const State& state) {
    return std::ranges::any_of(state.instances, [&state](const auto& entry) {
        return entry.second.outcome == Outcome::pending && !state.hopeless.contains(entry.first);
    });
}

bool all_over(const State& state) {
    return std::ranges::all_of(state.commands, [](const Command& command) { return command.progress.over; });
}

Step back_to_waiting(State state, Instant now) {
    state.phase = Phase::waiting;
    return pause(std::move(state), now);
}

Step on_action_results(State state, const Results& results, Instant now) {
    for (const auto& invocation : results.invocations)
        take_in_action(state, invocation);
    if (time_is_up(state, now)) {
        settle_pending(state, true);
        return start_sweep(std::move(state), now); // who is still busy, and with how much
    }
    const bool nothing_to_count =
        state.commands.front().progress.targeted == 0 && results.invocations.empty();
    if (!all_over(state) && (waits_for_somebody(state) || nothing_to_count))
        return back_to_waiting(std::move(state), now);
    return look_again(std::move(state));
}

std::vector<InstanceId> awake_ones(const State& state) {
    std::vector<InstanceId> ids;
    for (const auto& [id, report] : state.instances)
        if (report.outcome == Outcome::awake) ids.push_back(id);
    return ids;
}

Step on_status_results(State state, const Results& results, Instant now) {
    for (const auto& invocation : results.invocations)
        take_in_status(state, invocation);
    doubt_the_silent(state, results.invocations);
    const auto awake = awake_ones(state);
    if (awake.empty() || state.round >= rounds || now >= state.plan.deadline) return finish(state, now);
    return start(std::move(state), Errand::act, orders_by_instance(awake),
                 {Noted{fmt::format("{} took jobs again: telling it once more", awake.front().text)}});
}

} // namespace

Step on_reading(State state, const Observation& seen, Instant now) {
    if (const auto* results = std::get_if<Results>(&seen))
        return state.errand == Errand::act ? on_action_results(std::move(state), *results, now)
                                           : on_status_results(std::move(state), *results, now);
    const auto& failed = std::get<Failed>(seen);
    if (state.errand == Errand::act && failed.kind == Failed::Kind::unavailable && !time_is_up(state, now))
        return back_to_waiting(std::move(state), now);
    if (state.errand == Errand::act) return give_up(state, failed, now);
    state.doubts.push_back("what each worker does now (" + failed.why + ")");
    return finish(state, now);
}

} // namespace snow_white::drain
