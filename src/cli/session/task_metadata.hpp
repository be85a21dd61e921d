// Inside the task: who started it. The metadata endpoint (version 4) names the task, ECS says who
// started it. Source: "Amazon ECS task metadata endpoint version 4 for tasks on Fargate".
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/session/invoker.hpp"

namespace snow_white::cli {

// An empty Invoker when either of the two does not say: a drain goes on without.
Invoker invoker_of_task(const Environment& environment, Http& http, aws::Client& cluster);

} // namespace snow_white::cli
