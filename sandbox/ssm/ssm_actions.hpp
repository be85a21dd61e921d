// SSM as a service of one region: what it consists of, and its rows in the action table.
#pragma once

#include "sandbox/ssm/document_library.hpp"
#include "sandbox/ssm/run_command.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/world/region_state.hpp"

namespace sandbox {

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
