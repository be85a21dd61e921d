// The container's environment (mission row B16): the names that the older tool's task definition
// sets, and ours. container_variables.hpp has all of them, and what their values have to be.
#pragma once

#include "src/cli/input/request.hpp"

namespace snow_white::cli {

// What a launch writes for more than one part of a name, in JSON.
std::optional<fleet::NameFilter> parse_selection(const std::string& text);

Parsed<Request> parse_container(const Environment& environment);

// The variables that a launch sets for the container, so that the two cannot disagree.
std::vector<std::pair<std::string, std::string>> container_environment(const Request& request);

// The regions of a task that was launched with these variables, if it was for the request's action,
// application and environments, exactly as a launch writes them. Else none.
std::vector<std::string>
regions_of_launch(const std::vector<std::pair<std::string, std::string>>& variables,
                  const Request& request);

} // namespace snow_white::cli
