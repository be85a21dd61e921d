// What the phase Adopt does with commands in flight: which instances they have reached, which still
// need a command, and how the phase goes on. Pure.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// A command of another action was sent to the instance after this one.
bool is_superseded(const Adopt& adopt, const OpenCommand& command, const InstanceId& id,
                   const std::string& environment);

// The instance's last command is one of those that were found.
bool was_found(const Adopt& adopt, const TrackedInstance& instance);

// SSM lists a command seconds after it has taken it: a list that was asked for at `then` may lack
// the one whose answer was lost.
bool may_still_show(const State& state, Duration then);

// Out of the phase: looks for commands again after a pause, or sends what is pending.
Step find_again(State state, Adopt adopt, std::vector<Event> events);
Step send_pending(State state, Adopt adopt, Now now, std::vector<Event> events);

// What is pending, without the instances that the found commands have reached.
std::vector<CommandSpec> without_adopted(const State& state, const Adopt& adopt, Now now);

} // namespace snow_white::drain
