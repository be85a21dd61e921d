// Instances that EC2 takes away or stops during a quiet or a stop: whether jobs may be lost with
// them, and who is told.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// None: it is there, or it left in order, since it ran no job when it answered last.
std::optional<Leaving> leaving_of(Action action, const TrackedInstance& instance);

// "; it was last seen with 3 running jobs"; empty: nothing was lost with it.
std::string words_of_leaving(Action action, const TrackedInstance& instance);

// Those who have left since the look before: one notice for those with jobs, and one for those that
// never answered.
std::vector<Event> tell_left(const State& state, const std::vector<InstanceId>& left, Now now);

} // namespace snow_white::drain
