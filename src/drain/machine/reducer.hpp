// Pure reducer: (state, response, now) -> next state, one effect, and events. It knows neither AWS
// nor Slack nor the clock. docs/design.md has the diagram, which a test compares with this code.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

Step initial_step(Config config);

// `interrupted`: the monitor got a signal to end.
Step reduce(State state, Response response, Now now, bool interrupted);

// Keeps the job counts that the progress poller has read, for the notice when an instance leaves.
// It changes no decision. Counts that are older than the known ones are ignored.
void note_job_counts(State& state, const std::map<InstanceId, JobCount>& last_count);

// Keeps what Sidekiq's Redis says while the run waits. It changes no decision, but the queues that
// the fleet takes stay known when its workers have ended.
void note_sidekiq(State& state, const Answered<ReadSidekiq>& response, Now now);

} // namespace snow_white::drain
