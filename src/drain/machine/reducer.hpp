// Pure reducer: (state, response, now) -> next state, the one effect wanted, and events. It knows
// neither AWS nor Slack nor the clock. docs/design.md has the diagram, which a test holds against
// this code.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

Step initial_step(Config config);

// `interrupted`: the monitor has been told to end.
Step reduce(State state, Response response, Now now, bool interrupted);

// What the progress poller has heard of the jobs that instances run. It is kept for what is said of
// an instance when it leaves, and decides nothing. An older answer than the one that is known
// changes nothing.
State note_heard(State state, const std::map<InstanceId, JobCount>& heard);

} // namespace snow_white::drain
