// The rows of ECS and CloudWatch Logs in the action table.
#pragma once

#include "sandbox/ecs/ecs.hpp"
#include "sandbox/ecs/log_store.hpp"
#include "sandbox/wire/action_table.hpp"

namespace sandbox {

// DescribeTaskDefinition, RunTask, DescribeTasks, ListTasks, StopTask. `ecs` must outlive the
// table.
void add_ecs_actions(ActionTable& table, Ecs& ecs);

// GetLogEvents, FilterLogEvents. `logs` must outlive the table.
void add_logs_actions(ActionTable& table, LogStore& logs);

} // namespace sandbox
