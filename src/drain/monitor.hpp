// The loop that carries out what next() wants, call by call, and hands it what was seen. This is where the
// drain meets AWS; it decides nothing. Any moment of it may be its last: all that matters is in AWS.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/ssm.hpp"
#include "src/drain/next.hpp"
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

// Conversations for Client::together; what is passed in outlives them.
std::vector<std::function<void()>> foresee(aws::Client& client, const fleet::Selection& selection,
                                           Foresight& into);

using Tell = std::function<void(const Event&)>;

// Runs to the end. The report has been told as the last event, too.
Report run(aws::Client& client, Clock& clock, const Assignment& assignment, Plan plan, Foresight foresight,
           const Tell& tell);

// One sweep and nothing else, for `-a status`: the status document to all of the environments, until each
// instance whose agent answers has told, or status_patience is over. Who has not answered by then is pending.
tl::expected<std::vector<Invocation>, Failed> ask_workers(aws::Client& client, Clock& clock,
                                                          const Assignment& assignment,
                                                          const fleet::FleetSnapshot& fleet);

} // namespace snow_white::drain
