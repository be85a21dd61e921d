// What the container takes from its environment: every variable, who sets it, and what its value
// has to be.
//
// Whoever may start the task may set any variable by RunTask's overrides, and a process cannot tell
// an override from its own task definition. So a variable that is not in this table has no effect
// in the container, and no value in it can name a file, a program, a proxy, another AWS or another
// host than Slack's, AWS's, ECS's own and this machine. docs/security.md has this table;
// ContainerVariables.TheDocumentsHaveTheTable holds the two together.
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
    sandbox,    // the rehearsal alone
};

std::string_view name_of(SetBy who);

struct ContainerVariable {
    std::string_view name;
    SetBy set_by;
    std::string_view takes;                 // what its value has to be, for a person
    bool (*fits)(const std::string& value); // asked of a value that is not empty
    bool is_secret = false;                 // its value is in no message
    bool is_dispensable =
        false; // a value that does not fit is without effect: the run does without
};

std::span<const ContainerVariable> container_variables();

// The table's variables and nothing else; and no files, no role of an instance: the keys are the
// task's.
Environment only_known(const Environment& all);

// The first variable whose value does not fit.
std::optional<UsageError> find_misfit(const Environment& environment);

// Addresses of this machine are the sandbox's, all of them or none: who gives the keys is whom
// their signatures go to, and who is told. With ECS's keys none is; and a bot's token goes to no
// other server than Slack's, but the sandbox's own token.
std::optional<UsageError> find_mixed_worlds(const Environment& environment);

} // namespace snow_white::cli
