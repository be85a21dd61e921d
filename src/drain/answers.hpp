// What instances answer, taken in: the action's document, and the status document's look at what holds.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// The action's commands, all of their invocations: who has ended, and how.
void take_in_action(State& state, const std::vector<Invocation>& invocations);

// One of them, of that member.
void take_in(Member& member, const Invocation& invocation);

// The status document has answered: does what was reported still hold? Who did not answer is unknown.
void take_in_status(State& state, const std::vector<Invocation>& invocations);

} // namespace snow_white::drain
