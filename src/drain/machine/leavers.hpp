// Instances that EC2 terminates or stops during a quiet or a stop: whether jobs may be lost with
// them, and the words about it. Pure.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// None: it has not left, or it ran no job when it answered last.
std::optional<Leaving> leaving_of(Action action, const TrackedInstance& instance);

// "; it was last seen with 3 running jobs"; empty: no job was lost with it.
std::string leaving_text(Action action, const TrackedInstance& instance);

// One notice for leavers with jobs, and one for those that never answered.
std::vector<Event> notices_of_leavers(const State& state, const std::vector<InstanceId>& left,
                                      Now now);

} // namespace snow_white::drain
