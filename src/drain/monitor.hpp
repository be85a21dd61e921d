// The loop that carries out what next() wants, call by call, and hands it what was seen. This is where the
// drain meets AWS; it decides nothing. Any moment of it may be its last: all that matters is in AWS.
#pragma once

#include "src/aws/client.hpp"
#include "src/drain/next.hpp"
#include "src/fleet/look.hpp"

#include <functional>

namespace snow_white::drain {

struct Assignment {
    fleet::Selection selection;
    Action action = Action::quiet;
    std::string document; // physical name of the action's document
    // How the physical names of the stack's other documents begin: their commands are told of, not followed.
    std::vector<std::pair<Action, std::string>> other_documents;
    std::string status_document; // empty: there is none
    std::string comment;         // goes with each command
};

using Tell = std::function<void(const Event&)>;

// Runs to the end. The report has been told as the last event, too.
Report run(aws::Client& client, Clock& clock, const Assignment& assignment, Plan plan, const Tell& tell);

} // namespace snow_white::drain
