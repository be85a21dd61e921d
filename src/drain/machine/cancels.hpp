// Whether somebody has cancelled a command, as a whole or for some of its instances. In: SSM's
// results. Pure.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// The command is cancelled on this instance, or about to be.
bool is_being_cancelled(const InvocationResult& invocation);

// The command runs nowhere any more, and somebody has cancelled it.
bool is_cancelled(const OpenCommand& command, const CommandResults& results);

// Sets `command.cancelled`: somebody wants the action to end. A command that was cancelled for some
// instances while it ran on others does not end the action.
void note_cancel(OpenCommand& command, const CommandResults& results, Now now);

} // namespace snow_white::drain
