// Applies the counts and the results of commands to the state: of the action's document, and of the
// status document in a verification. SSM's lists may be behind its counts, incomplete or old.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

// --- one invocation (apply_invocation.cpp)

// Also those that did not fit into the line.
std::size_t count_workers(const InstanceLine& line);
// An agent has taken the command, and it runs there.
bool is_running(const InvocationResult& invocation);
// The instance after this invocation of the action's command.
void apply_invocation(TrackedInstance& instance, const InvocationResult& invocation, Action action);

// --- the counts of commands (apply_progress.cpp)

struct ProgressNews {
    std::vector<Event> events;
    bool cancel_begun = false; // of some command
};

// `progress` is in the order of the open commands.
ProgressNews apply_progress(std::vector<OpenCommand>& commands,
                            const std::vector<CommandProgress>& progress, Now now);

// --- the action's commands (apply_results.cpp)

// An instance that the command's tag reaches and no list shows is ours.
TrackedInstance& track_unlisted(State& state, const OpenCommand& command, const InstanceId& id,
                                Now now);
// The command was sent to these instances: what they answered before does not count any more.
void mark_commanded(Targets& targets, const OpenCommand& command);
// The number of instances.
int count_listed(const CommandResults& results);
// The list agrees with its command's count.
bool is_whole(const OpenCommand& command, const CommandResults& results);
// In: results of several commands, in any order; for each instance its latest command counts. Out:
// false where a list does not agree with its command's count, and so lacks somebody.
bool apply_action_results(State& state, std::vector<CommandResults>& results, Now now);
// The results stay incomplete: instances that they lack get the command again.
void release_unreported(State& state, const std::vector<CommandResults>& results);

// --- verifications (apply_verification.cpp)

// Whether each instance that was addressed is as asked.
void apply_verification_results(State& state, std::vector<CommandResults>& results, Now now);
// Instances that get the command again because somebody woke them, or a deploy did. The sentences
// are also in the report.
std::vector<Event> notices_of_contradictions(State& state, const std::vector<InstanceId>& ids);

// EC2 started the instance after SSM had the command, or less than `registers_within` before. Both
// stamps are AWS's; false: one of them is not known.
inline bool is_younger(const TrackedInstance& instance, const OpenCommand& command,
                       Duration registers_within = {}) {
    return instance.launched && command.requested &&
           *instance.launched + registers_within > *command.requested;
}

} // namespace snow_white::drain
