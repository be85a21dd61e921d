// SSM Run Command: a document sent to instances, and what became of it on each. In: parameters that
// are valid by the action's shape, and the time. Out: the answer as JSON. Failure: AwsError in
// AWS's words.
//
// Nothing happens between calls: every call first brings the commands up to `now` (advance), which
// costs a look at each invocation that still runs. Time passes as told, so a test may run days in
// milliseconds.
#pragma once

#include "sandbox/ssm/command.hpp"
#include "sandbox/ssm/document_library.hpp"
#include "sandbox/world/region_state.hpp"

#include <deque>

namespace sandbox {

class RunCommand {
public:
    // Both must outlive it.
    RunCommand(RegionState& state, const DocumentLibrary& documents)
        : world_(state), documents_(documents) {}

    Json send_command(const Json& parameters, Instant now);
    Json list_commands(const Json& parameters, Instant now);
    Json list_command_invocations(const Json& parameters, Instant now);
    Json get_command_invocation(const Json& parameters, Instant now);
    Json cancel_command(const Json& parameters, Instant now);

    void advance(Instant now);

private:
    Command* find(const std::string& command_id);

    RegionState& world_;
    const DocumentLibrary& documents_;
    std::deque<Command> commands_; // the oldest first; addresses are stable
};

} // namespace sandbox
