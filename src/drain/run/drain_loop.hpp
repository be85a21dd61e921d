// The loop: carries out the effects that the reducer wants, for one region or for several that are
// one run, and hands it the responses. Any moment of it may be its last: all that matters is in
// AWS.
#pragma once

#include "src/drain/machine/state.hpp"
#include "src/drain/run/region_job.hpp"

namespace snow_white::drain {

// A drain of one region, as one account sees it.
struct RegionRun {
    std::string label; // its name in what is told; empty in a run of one
    aws::Client& client;
    const RegionJob& job;
    PrefetchedAnswers prefetched;
};

using EventSink = std::function<void(const Event&)>;

// Runs to the end; the report is told as the last event. `began`: the clock's elapsed time when the
// run began (config.started is the same moment in wall time). Of several regions none ends as done
// before all of them are so at one moment. What they want at the same time is asked at the same
// time.
Verdict run(std::vector<RegionRun> regions, Clock& clock, Config config, Duration began,
            const EventSink& emit);

} // namespace snow_white::drain
