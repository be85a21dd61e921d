// What a drain is to do in one place, in AWS's own names.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/ssm.hpp"
#include "src/drain/action.hpp"
#include "src/fleet/look.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace snow_white::drain {

struct Assignment {
    fleet::Selection selection;
    Action action = Action::quiet;
    std::string document; // physical name of the action's document
    // How the physical names of the stack's other documents begin: their commands are told of, not followed.
    std::vector<std::pair<Action, std::string>> other_documents;
    std::string status_document; // empty: there is none
    std::string comment;         // goes with each command
    std::string batch;           // of the action's commands, as aws::CommandRequest has it
};

// What a drain asks for first, asked before there is an assignment: in the same moment as the documents'
// names. Each answer is for the first question only.
struct Foresight {
    std::optional<aws::Result<fleet::FleetSnapshot>> fleet;
    std::optional<aws::Result<std::vector<aws::CommandSummary>>> executing;
};

// Conversations for Client::together; `client` and `into` outlive them.
std::vector<std::function<void()>> foresee(aws::Client& client, const fleet::Selection& selection,
                                           Foresight& into);

} // namespace snow_white::drain
