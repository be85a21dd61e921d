// Whether a command that SSM calls in progress still runs, where the instance's agent lost its
// connection or was updated meanwhile. The results are read, the instance is asked, and the results
// are read again. Two answers that are minutes apart have to agree: a script may have been about to
// begin.
#pragma once

#include "src/drain/machine/apply_results.hpp"

namespace snow_white::drain {

// A script of the action runs there beside the one that answers.
bool runs(const InstanceLine& line, Action action);

// In: the results of the command. A command that ended without a result is forgotten: the instance
// gets a new one.
void settle_doubt(State& state, const OpenCommand& command, const InvocationResult& invocation,
                  Now now);

// In: the instance's answer to the status document. An older script's line does not list the
// scripts that run.
void answer_doubt(State& state, const InstanceId& id, TrackedInstance& instance,
                  const InvocationResult& invocation, Now now);

// Doubt::ask_later becomes Doubt::read_results.
void renew_doubts(State& state);

bool any_doubt(const State& state); // the results have to be read

} // namespace snow_white::drain
