// `-a status`: sends the status document once. In: the fleet. Out: each instance's invocation.
#pragma once

#include "src/drain/machine/effect.hpp"
#include "src/drain/run/region_job.hpp"

namespace snow_white::drain {

// Waits until each instance with a working agent has answered, at most status_patience. An instance
// that has not answered by then is pending.
tl::expected<std::vector<InvocationResult>, CallFailure>
ask_workers(aws::Client& client, Clock& clock, const RegionJob& job,
            const fleet::FleetSnapshot& fleet);

} // namespace snow_white::drain
