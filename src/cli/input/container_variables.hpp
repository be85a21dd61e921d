// What the container takes from its environment: every variable, who sets it, and what its value
// has to be. In: the process's environment. Out: the known part of it, or the first misfit.
//
// Whoever may start the task may set any variable by RunTask's overrides, and a process cannot tell
// an override from its own task definition. So a variable that is not in this table has no effect
// in the container, and no value in it can name a file, a program, a proxy, another AWS, or a host
// other than Slack's, AWS's, ECS's own and this machine. docs/security.md has this table;
// ContainerVariables.TheDocumentsHaveTheTable compares the two.
#pragma once

#include "src/cli/input/request.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace snow_white::cli {

enum class SetBy {
    launch,     // the launcher, or whoever starts the task by RunTask
    definition, // the stack's task definition
    ecs,        // ECS itself
    sandbox,    // the sandbox only
};

std::string_view name_of(SetBy who);

struct ContainerVariable {
    std::string_view name;
    SetBy set_by;
    std::string_view takes;                 // what its value has to be, for a person
    bool (*fits)(const std::string& value); // asked of a value that is not empty
    bool is_secret = false;                 // no message repeats its value
    bool is_optional = false;               // a value that does not fit is ignored
};

std::span<const ContainerVariable> container_variables();

// The table's variables and no others, and no AWS files and no instance role: the credentials are
// the task's.
Environment only_known(const Environment& all);

// How the container names the program that was typed: without its folder, unless that is `./`.
std::string container_program(const std::string& typed);

// The first variable whose value does not fit.
std::optional<UsageError> find_invalid_variable(const Environment& environment);

// All addresses are this machine's, for the sandbox, or none is: the host that gives the
// credentials is the one that gets the signatures and the Slack messages. With ECS's credentials
// none is this machine's. A bot's token goes to Slack only, except for the sandbox's own token.
std::optional<UsageError> find_mixed_endpoints(const Environment& environment);

} // namespace snow_white::cli
