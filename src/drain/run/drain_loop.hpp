// The loop. In: the jobs of a run's regions. It executes the effects that each region's reducer
// wants, and passes the responses back. Out: events, and the verdict. The process may be killed at
// any moment: all that a later run needs is in AWS.
#pragma once

#include "src/drain/machine/state.hpp"
#include "src/drain/run/region_job.hpp"

namespace snow_white::drain {

// The drain of one region of one account.
struct RegionRun {
    std::string label; // its name in events; empty in a run of one region
    aws::Client& client;
    const RegionJob& job;
    PrefetchedAnswers prefetched;
};

using EventSink = std::function<void(const Event&)>;

// Runs to the end; the report is the last event. `began`: the clock's elapsed time when the run
// began (config.started is the same moment in wall time). No region ends as done before all regions
// are verified at one moment. Effects of several regions are executed concurrently.
Verdict run(std::vector<RegionRun> regions, Clock& clock, Config config, Duration began,
            const EventSink& sink);

} // namespace snow_white::drain
