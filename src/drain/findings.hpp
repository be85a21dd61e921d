// What results mean for each instance's report. Pure.
#pragma once

#include "src/drain/state.hpp"

namespace snow_white::drain {

// Brings the reports in line with the fleet as it is now: newcomers enter as pending, leavers are marked.
void take_in_fleet(State& state, const fleet::FleetSnapshot& fleet);

// The action's command has ended there (or not yet: then nothing changes).
void take_in_action(State& state, const Invocation& invocation);

// The status document has answered there: does what was reported still hold?
void take_in_status(State& state, const Invocation& invocation);

// After the sweep: what was reported well and did not answer counts as unreachable.
void doubt_the_silent(State& state, const std::vector<Invocation>& answers);

// EC2 has stopped these, or takes them away: no command ends there.
void take_in_leaving(State& state, const std::vector<InstanceId>& leaving);

// Commands are over (or hopeless, or the deadline has come): who is still pending gets the outcome that fits.
// At the deadline those that still run stay pending.
void settle_pending(State& state, bool at_deadline);

// SSM reports success and not one instance's line came with it: the documents are not ours, a sweep shows
// nothing.
bool nobody_spoke(const State& state);

Report judge(const State& state, Instant now);

} // namespace snow_white::drain
