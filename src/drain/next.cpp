#include "src/drain/next.hpp"

#include "src/drain/onlooking.hpp"
#include "src/drain/steps.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

// To be borne: it may pass. A denial may if the same was answered before (keys are renewed, rights are given
// back); what is asked for beside the waiting holds nothing up, see on_waiting.
bool may_pass(const State& state, const Failed& failed) {
    if (state.phase == Phase::waiting && state.aside != Aside::none) return false;
    return failed.kind == Failed::Kind::unavailable ||
           (failed.kind == Failed::Kind::denied && is_under_way(state) &&
            state.answered.contains(state.phase));
}

Step choose(State state, Observation seen, Instant now) {
    switch (state.phase) {
    case Phase::looking:
        return on_looking(std::move(state), seen, now);
    case Phase::joining:
        return on_joining(std::move(state), seen, now);
    case Phase::sending:
        return on_sending(std::move(state), seen, now);
    case Phase::waiting:
        return on_waiting(std::move(state), seen, now);
    case Phase::reading:
        return on_reading(std::move(state), std::move(seen), now);
    case Phase::meeting:
        return on_meeting(std::move(state), seen, now);
    }
    return finish(std::move(state), now);
}

void end_outage(State& state, Instant now, std::vector<Event>& events) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - state.outage->since).count();
    if (state.outage->told)
        events.emplace_back(
            Noted{fmt::format("AWS answers again, after {} s", seconds), state.outage->told_loudly});
    state.outage.reset();
    state.pause = first_pause;
}

Step take(State state, Observation seen, Instant now) {
    const auto* failed = std::get_if<Failed>(&seen);
    if (failed != nullptr && may_pass(state, *failed)) return bear(std::move(state), *failed, now);
    const bool paused = std::holds_alternative<Nothing>(seen);
    if (paused && (state.outage || state.phase != Phase::waiting)) return ask_again(std::move(state), now);
    std::vector<Event> events;
    if (!paused && failed == nullptr) {
        state.answered.insert(state.phase);
        if (state.outage) end_outage(state, now, events);
    }
    return preceded_by(std::move(events), choose(std::move(state), std::move(seen), now));
}

} // namespace

Step begin(Plan plan) {
    State state{.plan = plan};
    state.next_changes_look = plan.started + changes_interval;
    state.next_heartbeat = plan.started + heartbeat_interval;
    return ask_again(std::move(state), plan.started);
}

Step next(State state, Observation seen, Instant now, bool interrupted) {
    Step step = take(std::move(state), std::move(seen), now);
    // What was seen last counts: a command may just have been sent.
    if (interrupted && !std::holds_alternative<Finish>(step.want))
        return give_up(std::move(step.state), Verdict::interrupted, "", now);
    return tell_onlooker(std::move(step), now);
}

} // namespace snow_white::drain
