// The container's environment (mission row B16): the names that the older tool's task definition sets, and
// ours.
#pragma once

#include "src/cli/request.hpp"

namespace snow_white::cli {

// True when this process is the task's container: WORKER_ACTION is set.
bool is_container(const aws::Environment& environment);

Parsed<Request> parse_container(const aws::Environment& environment);

// The variables that a launch sets for the container, so that the two cannot disagree.
std::vector<std::pair<std::string, std::string>> container_environment(const Request& request);

// The regions of a task that was launched with these variables, if it was for the request's action,
// application and environments, exactly as a launch writes them. Else none.
std::vector<std::string> regions_of_launch(const std::vector<std::pair<std::string, std::string>>& variables,
                                           const Request& request);

} // namespace snow_white::cli
