#include "sandbox/ssm/ssm_actions.hpp"

#include "sandbox/ssm/targets.hpp"

namespace sandbox {

void add_ssm_actions(ActionTable& table, SystemsManager& ssm) {
    RunCommand& commands = ssm.commands;
    const DocumentLibrary& documents = ssm.documents;
    table.add("ssm", "SendCommand",
              [&](const Call& c) { return commands.send_command(c.parameters, c.now); });
    table.add("ssm", "CancelCommand",
              [&](const Call& c) { return commands.cancel_command(c.parameters, c.now); });
    table.add("ssm", "ListCommands",
              [&](const Call& c) { return commands.list_commands(c.parameters, c.now); });
    table.add("ssm", "ListCommandInvocations", [&](const Call& c) {
        return commands.list_command_invocations(c.parameters, c.now);
    });
    table.add("ssm", "GetCommandInvocation",
              [&](const Call& c) { return commands.get_command_invocation(c.parameters, c.now); });
    table.add("ssm", "DescribeInstanceInformation", [&](const Call& c) {
        return describe_instance_information(ssm.state, c.parameters, c.now);
    });
    table.add("ssm", "DescribeDocument",
              [&](const Call& c) { return documents.describe(c.parameters); });
    table.add("ssm", "GetDocument", [&](const Call& c) { return documents.get(c.parameters); });
}

} // namespace sandbox
