// --cancel of tasks that a launch has started and that have not sent their command yet: only ECS
// knows them. In: a profile's session, and what was found of SSM commands. Out: stopped tasks,
// printed as it happens.
#pragma once

#include "src/cli/commands/cancel_commands.hpp"

namespace snow_white::cli {

// The end of the reason that ECS shows for a task that --cancel has stopped: "cancelled by alice
// (snow-white --cancel)".
inline constexpr const char* cancel_mark = "(snow-white --cancel)";

struct TasksFound {
    std::set<std::string> stopped_in; // regions of tasks that were stopped
    std::vector<ExitCode> codes;      // one for each task that had to be stopped
    bool is_listed = false;           // ECS has listed the tasks
};

// Stops the tasks of the request, and returns when they have ended: they send nothing any more.
// Without the settings or the rights to look for tasks it prints that. `request`: of one profile,
// in whose account the cluster is.
TasksFound cancel_tasks(ProfileSession& session, const Request& request,
                        const CommandsByRegion& commands, Context& context);

} // namespace snow_white::cli
