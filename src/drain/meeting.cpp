#include "src/drain/steps.hpp"

namespace snow_white::drain {

// A run in several places is as asked only if they all are, at one moment. That moment is the first meeting:
// everywhere all that was told has ended before it, and a look and a clean sweep come after it. At the second
// each place's sweep was clean; where one's was not, those that were clean there are swept once more, after
// the next first one.

Step meet(State state, bool clean, Instant now) {
    state.phase = Phase::meeting;
    state.meets_clean = clean;
    state.onlooking.news = true; // for a while nothing happens here, and what is shown has to be true
    return ask_again(std::move(state), now);
}

Step on_meeting(State state, const Observation& seen, Instant now) {
    const auto* met = std::get_if<Met>(&seen);
    if (met == nullptr || !met->all) {
        if (state.meets_clean) state.sweeps = state.clean_sweeps = 0; // it was not this place's fault
        return look_again(std::move(state));
    }
    if (state.meets_clean) return finish(std::move(state), now);
    state.may_sweep = true; // who was launched while the others were waited for is seen first
    return look_again(std::move(state));
}

} // namespace snow_white::drain
