// Whether a command that SSM calls in progress still runs, where the instance's agent was away or
// updated meanwhile: read the results, ask the instance, read the results once more. Two answers
// that are minutes apart have to agree: a script may just have been about to begin.
#pragma once

#include "src/drain/machine/apply_results.hpp"

namespace snow_white::drain {

// A script of the action acts there beside the one that answers.
bool runs(const InstanceLine& line, Action action);

// By the results of the command. One that has ended without a word is forgotten: the instance is
// told again.
void settle_doubt(State& state, const OpenCommand& command, const InvocationResult& invocation,
                  Now now);

// By the instance's answer to the status document. A line of an older script does not say which
// scripts run.
void answer_doubt(State& state, const InstanceId& id, TrackedInstance& instance,
                  const InvocationResult& invocation, Now now);

// At a look: who said that a script runs there, or did not answer, is asked once more.
void doubt_again(State& state);

bool any_doubt(const State& state); // the results have to be read

} // namespace snow_white::drain
