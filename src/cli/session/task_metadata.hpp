// Inside the task: who started it. In: ECS's metadata endpoint (version 4), which names the task,
// and DescribeTasks. Out: the invoker in its startedBy. Source: "Amazon ECS task metadata endpoint
// version 4 for tasks on Fargate".
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/session/invoker.hpp"

namespace snow_white::cli {

// Empty when either of the two does not answer: a drain does not need it.
Invoker invoker_of_task(const Environment& environment, Http& http, aws::Client& cluster);

} // namespace snow_white::cli
