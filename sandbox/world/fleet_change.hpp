// What happens to simulated instances of a region while others look at them: POST
// /_sandbox/instances.
//   {"do": "launch", "environment": "acme-workers", "count": 2}
//   {"do": "terminate", "instances": ["i-…"]}    also stop, start, reboot, lose-agent,
//   restore-agent,
//                                                     update-agent, deny
// A reboot (and a start after a stop) ends the jobs and starts the services anew; a document under
// way begins again, as the SSM agent resumes it after its start (CommandRetryLimit in its
// configuration). An agent that is updated drops what it runs, and SSM calls that in progress for
// ever (an assumption: issue reports).
#pragma once

#include "sandbox/world/region_state.hpp"

#include <functional>

namespace sandbox {

// What stands behind a launched instance; empty: none can be launched.
using HostMaker = std::function<std::unique_ptr<Host>(const Instance&)>;

// The ids concerned: {"instances": ["i-…"]}. Failure: std::invalid_argument, one line for whoever
// asked; nothing has changed then.
Json change_fleet(RegionState& state, const Json& asked, const HostMaker& make_host, Instant now);

} // namespace sandbox
