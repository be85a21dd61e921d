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
#include "sandbox/wire/action_table.hpp"
#include "sandbox/world/region_state.hpp"

#include <deque>

namespace sandbox {

class RunCommand {
public:
    // Both must outlive it.
    RunCommand(RegionState& state, const DocumentLibrary& documents)
        : state_(state), documents_(documents) {}

    Json send_command(const Json& parameters, Instant now);
    Json list_commands(const Json& parameters, Instant now);
    Json list_command_invocations(const Json& parameters, Instant now);
    Json get_command_invocation(const Json& parameters, Instant now);
    Json cancel_command(const Json& parameters, Instant now);

    void advance(Instant now);

private:
    Command* find(const std::string& command_id);

    RegionState& state_;
    const DocumentLibrary& documents_;
    std::deque<Command> commands_; // the oldest first; addresses are stable
};

// SSM as a service of one region.
struct SystemsManager {
    explicit SystemsManager(RegionState& the_state)
        : state(the_state), documents(the_state.region, the_state.account),
          commands(the_state, documents) {}

    RegionState& state;
    DocumentLibrary documents;
    RunCommand commands;
};

// SendCommand, CancelCommand, ListCommands, ListCommandInvocations, GetCommandInvocation,
// DescribeInstanceInformation, DescribeDocument, GetDocument. `ssm` must outlive the table.
void add_ssm_actions(ActionTable& table, SystemsManager& ssm);

} // namespace sandbox
