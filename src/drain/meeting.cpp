#include "src/drain/steps.hpp"

#include <algorithm>

namespace snow_white::drain {

// A run in several places is as asked only if they all are, at one moment. That moment is the first meeting:
// everywhere all that was told has ended before it, and a look and a clean sweep come after it. At the second
// each place's sweep was clean, and none is too long ago; else those that were clean there are swept once
// more, after the next first one.

Duration time_a_sweep_holds(std::size_t instances) {
    return sweep_holds + sweep_holds_for_each * instances;
}

bool sweeps_hold(const std::vector<const State*>& swept, Instant now) {
    std::size_t instances = 0;
    Instant oldest = now;
    for (const auto* state : swept) {
        instances += state->members.size();
        oldest = std::min(oldest, state->sweep_begun);
    }
    return now - oldest < time_a_sweep_holds(instances);
}

Step meet(State state, bool clean, Instant now) {
    state.phase = Phase::meeting;
    state.meets_clean = clean;
    state.onlooking.news = true; // for a while nothing happens here, and what is shown has to be true
    return ask_again(std::move(state), now);
}

Step on_meeting(State state, const Observation& seen, Instant now) {
    const auto* met = std::get_if<Met>(&seen);
    if (met == nullptr || !met->all) return look_again(std::move(state));
    if (state.meets_clean) return finish(std::move(state), now);
    state.may_sweep = true; // who was launched while the others were waited for is seen first
    return look_again(std::move(state));
}

} // namespace snow_white::drain
