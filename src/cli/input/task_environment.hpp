// The container's environment: the names that the older tool's task definition sets, and ours. In:
// the variables. Out: a Request, or a UsageError about what does not fit; and the other way round,
// a Request's variables for RunTask's overrides. container_variables.hpp has every variable and
// what its value has to be.
#pragma once

#include "src/cli/input/environment_filter.hpp"

namespace snow_white::cli {

Parsed<Request> parse_container(const Environment& environment);

// What a launch sets for the container.
VariableList container_environment(const Request& request);

// The value; none: it is not set.
std::optional<std::string> find_variable(const VariableList& variables, const std::string& name);

// The regions of a task that was launched with these variables, if it was for the request's action,
// application and environments, exactly as a launch writes them. Else none.
std::vector<std::string> regions_of_launch(const VariableList& variables, const Request& request);

} // namespace snow_white::cli
