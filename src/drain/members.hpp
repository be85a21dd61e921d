// What results and looks mean for each instance, and what that makes of the whole. Pure.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// Brings the members in line with the fleet as it is now; gives back what is worth telling.
std::vector<Event> take_in_fleet(State& state, const fleet::FleetSnapshot& fleet, Instant now);
std::vector<Event> take_in_changes(State& state, const fleet::Changes& changes, Instant now);

// The action's commands, all of their invocations: who has ended, and how.
void take_in_action(State& state, const std::vector<Invocation>& invocations);
// The status document has answered there: does what was reported still hold?
void take_in_status(State& state, const std::vector<Invocation>& invocations);

// No command ends there: EC2 takes it away, or its agent does not answer.
bool is_hopeless(const Member& member, Instant now);
// It has no agent yet, and is young enough to get one.
bool may_still_come(const Member& member, Instant now);
// Another command would help: never reached, or seen taking jobs again, or its script died.
bool needs_acting(const State& state, const Member& member);
// The next sweep may see it better.
bool needs_another_look(const State& state, const Member& member);

std::vector<InstanceId> to_act_on(const State& state);
std::set<InstanceId> vouched(const State& state);

// SSM reports success and not one instance's line came with it: the documents are not ours, a sweep shows
// nothing.
bool nobody_spoke(const State& state);

Finding finding_of(const State& state, const Member& member, Instant now);
Report judge(const State& state, Instant now);

} // namespace snow_white::drain
