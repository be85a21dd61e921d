// What instances answer, taken in: the action's document, and the status document's look at what holds.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// An invocation, and what of the step's whole output (as SSM joins it) is worth keeping.
Invocation heard(InstanceId id, Outcome end, std::string detail, const std::string& output,
                 std::optional<Instant> requested = {});

// The action's commands, all of their invocations: who has ended, and how. The workers that they told of are
// the members' afterwards.
void take_in_action(State& state, std::vector<Invocation>& invocations);

// One of them, of that member.
void take_in(Member& member, Invocation& invocation);

// The status document has answered: does what was reported still hold? Who did not answer is unknown.
void take_in_status(State& state, std::vector<Invocation>& invocations);

} // namespace snow_white::drain
