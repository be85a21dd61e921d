// What one list of EC2 or SSM says of one instance: its agent, and whether EC2 started it anew.
// Pure.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// A lost connection is reported once, and so is its return.
void set_agent(TrackedInstance& instance, const InstanceId& id, fleet::Agent agent, Now now,
               std::vector<Event>& events);

// An update restarts the agent: the command that it ran may have ended, and SSM may call it in
// progress for ever.
void set_agent_version(TrackedInstance& instance, const std::string& version);

// Until when an agent may still register. EC2's stamp and our wall clock may differ by minutes: a
// possibly young instance has some minutes from now in any case.
Duration boot_deadline(const fleet::Instance& seen, bool is_first, Now now);

// EC2 has stopped it and started it, whether we saw that or not: its workers are new.
bool has_started_anew(const TrackedInstance& before, const fleet::Instance& seen);

// SSM delivers a pending command when the agent is back.
void start_anew(TrackedInstance& instance, Now now);

} // namespace snow_white::drain
