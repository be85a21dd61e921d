// `-a status`: one round of the status document, and nothing else.
#pragma once

#include "src/drain/machine/effect.hpp"
#include "src/drain/run/region_job.hpp"

namespace snow_white::drain {

// To all of the environments, until each instance whose agent answers has told, or status_patience
// is over. Who has not answered by then is pending.
tl::expected<std::vector<InvocationResult>, CallFailure>
ask_workers(aws::Client& client, Clock& clock, const RegionJob& job,
            const fleet::FleetSnapshot& fleet);

} // namespace snow_white::drain
