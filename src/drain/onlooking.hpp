// For whoever looks on while the drain waits: what is asked for them, and what they are told. The drain
// itself goes on as without them: what is read here is shown, and nothing is decided by it. Pure.
//   cost, whatever the fleet's size: the results once after each change, a page for each fifty instances and
//   no more than twelve pages a minute; the status document to at most five of those that still run, no more
//   than twenty instances an hour, with four calls each time. Without an onlooker: nothing.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// What is to be asked now, if anything; state.aside then says what the answer is to.
std::optional<Want> wanted_by_onlooker(State& state, Instant now);

// The answer, a failure among them.
void take_in_for_onlooker(State& state, const Observation& seen, Instant now);

// Also the Standing, where the step has changed it and somebody looks on.
Step tell_onlooker(Step step, Instant now);

} // namespace snow_white::drain
