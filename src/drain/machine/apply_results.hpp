// Takes in what instances answer: to the action's document, and to the status document of a
// verification.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// An invocation, and what of the step's whole output (as SSM joins it) is worth keeping.
InvocationResult make_invocation_result(InstanceId id, Outcome end, std::string detail,
                                        const std::string& output,
                                        std::optional<Instant> requested = {});

// A command to these is on its way: what they came to before counts no more.
void mark_commanded(Targets& targets, const OpenCommand& command);

// An agent has taken the command, and it goes on there.
bool is_running(const InvocationResult& invocation);

// How many instances.
int count_listed(const CommandResults& results);

// The list agrees with its command's count. SSM's lists lag behind its counts.
bool is_whole(const OpenCommand& command, const CommandResults& results);

// The results of the action's commands, in any order. Of each instance the latest command counts.
// Returns whether every list agrees with its command's count: else the missing ones are not known.
bool apply_action_results(State& state, std::vector<CommandResults>& results, Now now);

// One invocation, as it would change the instance. The poller of the live progress uses it on a
// copy.
void apply_invocation(TrackedInstance& instance, const InvocationResult& invocation, Action action);

// For results that stay incomplete: who is missing from them is told anew.
void release_unreported(State& state, const std::vector<CommandResults>& results);

// The answers to the verification: of each instance that was addressed, whether it is as asked.
void apply_verification_results(State& state, std::vector<CommandResults>& results, Now now);

// Somebody has woken them, or a deploy has: the run undoes it, and says so now and at the end.
std::vector<Event> notices_of_contradictions(State& state, const std::vector<InstanceId>& ids);

} // namespace snow_white::drain
