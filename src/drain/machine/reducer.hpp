// Pure reducer: (state, response, now) -> next state, the one effect wanted, and events. It knows neither AWS
// nor Slack nor the clock. docs/design.md has the diagram, which a test holds against this code.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

Step initial_step(Config config);

// `interrupted`: the monitor has been told to end.
Step reduce(State state, Response response, Now now, bool interrupted);

} // namespace snow_white::drain
