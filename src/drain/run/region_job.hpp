// What a drain is to do in one region, in AWS's own names.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/drain/model/action.hpp"
#include "src/fleet/discovery.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace snow_white::drain {

struct RegionJob {
    fleet::EnvironmentQuery query;
    Action action = Action::quiet;
    std::string document; // physical name of the action's document
    // How the physical names of the stack's other documents begin: their commands are told of, not
    // followed.
    std::vector<std::pair<Action, std::string>> other_documents;
    std::string status_document; // empty: there is none
    std::string comment;         // goes with each command
    std::string batch;           // of the action's commands, as aws::CommandRequest has it
};

// What a drain asks for first, asked before its job is known: in the same moment as the documents'
// names. Each answer is for the first question only.
struct PrefetchedAnswers {
    std::optional<aws::Result<fleet::FleetSnapshot>> fleet;
    std::optional<aws::Result<std::vector<aws::CommandSummary>>> executing;
};

// Calls for Client::together; `client` and `into` outlive them.
std::vector<std::function<void()>>
prefetch(aws::Client& client, const fleet::EnvironmentQuery& query, PrefetchedAnswers& into);

} // namespace snow_white::drain
