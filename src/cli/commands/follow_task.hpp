// --wait: follows a task until it is over. In: the task and where it logs. Out: its log's lines as
// they come, and its exit code.
#pragma once

#include "src/aws/services/ecs.hpp"
#include "src/cli/session/context.hpp"

namespace snow_white::cli {

struct LogLocation {
    std::string container; // whose log it is, and whose exit code is the result
    std::string group;     // empty: the task does not log to CloudWatch
    std::string stream;
    std::string region;
};

LogLocation log_location(const aws::TaskDefinition& definition, const TaskArn& task);

// One or two lines for the operator.
std::string how_to_follow(const LogLocation& log, const Request& request);

// An interruption ends this function only: the task goes on.
ExitCode follow(aws::Client& cluster, const LogLocation& log, const TaskArn& task,
                const Request& request, Context& context);

// Without --wait: whether the task starts, for up to a minute. An error where it has failed to.
ExitCode await_start(aws::Client& cluster, const LogLocation& log, const TaskArn& task,
                     const Request& request, Context& context);

} // namespace snow_white::cli
