// SSM as a service of one region: what it consists of, and its rows in the action table.
#pragma once

#include "sandbox/ssm/document_library.hpp"
#include "sandbox/ssm/run_command.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/world/region_state.hpp"

namespace sandbox {

struct SystemsManager {
    explicit SystemsManager(RegionState& the_world)
        : world(the_world), documents(the_world.region, the_world.account),
          commands(the_world, documents) {}

    RegionState& world;
    DocumentLibrary documents;
    RunCommand commands;
};

// SendCommand, CancelCommand, ListCommands, ListCommandInvocations, GetCommandInvocation,
// DescribeInstanceInformation, DescribeDocument, GetDocument. `ssm` must outlive the table.
void add_ssm_actions(ActionTable& table, SystemsManager& ssm);

} // namespace sandbox
