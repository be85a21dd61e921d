// What Sidekiq's Redis says, as JSON events for programs. Of a job there is what a snapshot has:
// never its arguments.
#pragma once

#include "src/report/json/json_reporter.hpp"
#include "src/sidekiq/model/snapshot.hpp"

#include <functional>

namespace snow_white::report {

// An event `job` for each running job, the longest first; `process` for each process, those that
// are dead behind the others; `queue` for each queue; and at last `jobs` with the sums.
void jobs_events(const sidekiq::Snapshot& snapshot,
                 const std::function<void(const JsonEvent&)>& take);

} // namespace snow_white::report
