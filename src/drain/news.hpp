// What looks at the fleet show, taken in: who is there, who has come, who leaves, whose agent is silent.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// Each brings the members in line with what was seen, and gives back what is worth telling.
std::vector<Event> take_in_fleet(State& state, const fleet::FleetSnapshot& fleet, Instant now);
std::vector<Event> take_in_changes(State& state, const fleet::Changes& changes, Instant now);

} // namespace snow_white::drain
