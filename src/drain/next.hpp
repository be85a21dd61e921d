// The heart: pure. From what is remembered, what was just seen and the time to what is remembered next, the
// one thing wanted now, and what there is to tell. It knows neither AWS nor Slack nor the clock.
//
//   looking -> joining -> sending -> waiting -> reading -> looking (newcomers?) -> sending … (status sweep)
//   -> the end
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

Step begin(Plan plan);

// `interrupted`: the monitor has been told to end.
Step next(State state, Observation seen, Instant now, bool interrupted);

} // namespace snow_white::drain
