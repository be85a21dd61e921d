// Brings the targets in line with what EC2, EB and SSM say of the fleet. In: a snapshot, or changes
// since one. Out: the state, and events for what people should know.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

void apply_environments(State& state, const std::vector<fleet::Environment>& seen, Now now,
                        std::vector<Event>& events);
std::vector<Event> apply_fleet(State& state, const fleet::FleetSnapshot& fleet, Now now);
std::vector<Event> apply_changes(State& state, const fleet::Changes& changes, Now now);

} // namespace snow_white::drain
