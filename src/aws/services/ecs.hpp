// ECS. In: a cluster, a task definition's family, or a task's ARN. Out: the cluster's status, the
// task definition that the stack made, and tasks: started, described, listed, stopped. Sources: ECS
// API reference; ECS Developer Guide, "API failure reasons".
#pragma once

#include "src/aws/client.hpp"
#include "src/base/ids.hpp"

#include <map>

namespace snow_white::aws {

// ACTIVE: the cluster takes tasks. PROVISIONING, DEPROVISIONING, FAILED, INACTIVE (deleted): it
// does not. A cluster that does not exist is ErrorKind::not_found.
Result<std::string> get_cluster_status(Client& client, const std::string& cluster);

// The container that runs the program; its name in cfn/snow-white-cfn.yml.
inline constexpr const char* monitor_container = "snow-white";

struct TaskDefinition {
    std::string arn;
    std::string container; // a name: monitor_container, else the first; overrides need it
    std::string log_group; // empty: no log in CloudWatch
    std::string log_region;
    std::string log_stream_prefix;
    std::vector<std::pair<std::string, std::string>> environment; // of that container
    std::vector<std::string> secrets;          // variables that ECS fills from secrets
    std::map<std::string, std::string> labels; // dockerLabels: no launch can override them
    std::vector<std::string> secret_arns = {}; // of those secrets
    std::string image = {};
    std::string execution_role = {}; // an ARN
};

// The family's newest active revision. An unknown family is ErrorKind::invalid (ClientException).
Result<TaskDefinition> describe_task_definition(Client& client, const std::string& family);

// The tag that holds the stack's name. The policies allow to stop only tasks that have it.
inline constexpr const char* stack_tag = "snow-white:stack";

struct TaskRequest {
    std::string cluster;
    std::string stack; // becomes the task's stack_tag
    std::string task_definition;
    std::string container;
    std::string subnet;
    std::string security_group;
    bool public_ip = true;    // needed where the subnet has no NAT gateway and no endpoints
    std::string started_by;   // at most 128 letters, digits, - / _
    std::string client_token; // at most 64 characters: the same token twice starts one task
    std::string reason;       // becomes the task's tag `reason`; empty: no tag
    std::vector<std::pair<std::string, std::string>> environment;
};

// An answer of HTTP 200 with `failures[]` is ErrorKind::invalid, too. A reason of one word
// ("RESOURCE:ENI") is the error's code, a sentence is its message.
Result<TaskArn> run_task(Client& client, const TaskRequest& request);

// RunTask started nothing because capacity is short, which may end by itself: RESOURCE:*, or
// "Capacity is unavailable at this time. …" ("API failure reasons"). The next attempt needs a new
// client_token: ECS may repeat its answer to a known one.
bool lacks_capacity(const Error& error);

struct Task {
    std::string started_by;
    std::string last_status; // PROVISIONING, PENDING, RUNNING, DEPROVISIONING, STOPPED, …
    std::string stopped_reason;
    std::string container_reason; // of the container named in the call
    std::optional<int> exit_code; // of the same one; none: it runs, or never started
    bool stopped_by_user = false; // by StopTask
    // Its container never ran. Source: stopCode in the API reference, Task.
    bool failed_to_start = false;
};

// `container_name`: the container whose exit code and reason are wanted; empty: none. A task may
// have several containers, in any order (ECS adds its own); a stopped task may have none.
Result<Task> describe_task(Client& client, const std::string& cluster, const TaskArn& task,
                           const std::string& container_name = {});

struct StartedTask {
    TaskArn arn;
    std::string started_by;
    std::string last_status;
    std::optional<Instant> started; // startedAt, by ECS's clock; none: it does not run yet
    std::string stack;              // its stack_tag; empty: none
    std::vector<std::pair<std::string, std::string>> environment; // the launch's overrides
};

// A family's tasks whose desiredStatus is RUNNING: PROVISIONING, PENDING, ACTIVATING or RUNNING.
// Every page is read. A task that stops meanwhile is left out.
Result<std::vector<StartedTask>> list_started_tasks(Client& client, const std::string& cluster,
                                                    const std::string& family);

// ECS sends SIGTERM, and SIGKILL after the container's stopTimeout. ECS shows `reason` with the
// task.
Result<void> stop_task(Client& client, const std::string& cluster, const TaskArn& task,
                       const std::string& reason);

} // namespace snow_white::aws
