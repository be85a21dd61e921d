// What somebody cancels: one invocation, a whole command, or the action. In: the results of the
// commands. Out: whether the run sends anything more, and who is not awaited any longer.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// The command is cancelled on this instance, or about to be.
bool is_being_cancelled(const InvocationResult& invocation);
// SSM has called its command Cancelling for longer than a cancel takes.
bool has_cancelled_for_long(const TrackedInstance& instance, Now now);
// Ends the instance's command then. False: it is not being cancelled, or not for that long.
bool end_long_cancel(TrackedInstance& instance, const InvocationResult& invocation, Now now);
// Somebody has cancelled the command, and it goes on nowhere.
bool is_cancelled(const OpenCommand& command, const CommandResults& results);
// Notes in the command what its results say of a cancel.
void note_cancel(OpenCommand& command, const CommandResults& results, Now now);
// After all results are noted: whether each new cancel is meant for the whole action.
void decide_cancels(std::vector<OpenCommand>& commands);
// Somebody has cancelled the action as a whole.
bool is_cancelled(const State& state);

} // namespace snow_white::drain
