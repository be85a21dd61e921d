// What SSM's results tell of a command that somebody has cancelled, as a whole or for some of its
// instances. Pure.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// It is cancelled there, or about to be.
bool is_being_cancelled(const InvocationResult& invocation);

// Nothing of it goes on anywhere, and somebody has cancelled what did.
bool is_cancelled(const OpenCommand& command, const CommandResults& results);

// Whether somebody wants the action to end. What was cancelled for some while the others went on is
// no end.
void note_cancel(OpenCommand& command, const CommandResults& results, Now now);

} // namespace snow_white::drain
