// ECS: the cluster, the task definition that the stack made, one task started, and how it is doing.
#pragma once

#include "src/aws/client.hpp"
#include "src/base/ids.hpp"

#include <map>

namespace snow_white::aws {

// ACTIVE: it takes tasks. Else PROVISIONING, DEPROVISIONING, FAILED, or INACTIVE: it was deleted.
// One that is not there is an Error of kind ErrorKind::not_found. Source: ECS API reference,
// Cluster.
Result<std::string> get_cluster_status(Client& client, const std::string& cluster);

// The container that is the program; its name in cfn/snow-white-cfn.yml.
inline constexpr const char* monitor_container = "snow-white";

struct TaskDefinition {
    std::string arn;
    std::string
        container; // its name, wanted for overrides: monitor_container, or else the first one
    std::string log_group; // empty when it does not log to CloudWatch
    std::string log_region;
    std::string log_stream_prefix;
    std::vector<std::pair<std::string, std::string>> environment; // of that container
    std::vector<std::string> secrets;          // names of its variables that ECS fills from secrets
    std::map<std::string, std::string> labels; // its dockerLabels, which no launch can change
    std::vector<std::string> secret_arns = {}; // what they are filled from
    std::string image = {};
    std::string execution_role = {}; // its ARN
};

// `family`: its newest active revision. An unknown family is an Error of kind ErrorKind::invalid
// (ClientException).
Result<TaskDefinition> describe_task_definition(Client& client, const std::string& family);

// Says whose a task is: the policies allow to stop those with the stack's name in it, and no
// others.
inline constexpr const char* stack_tag = "snow-white:stack";

struct TaskRequest {
    std::string cluster;
    std::string stack; // becomes the task's stack_tag
    std::string task_definition;
    std::string container;
    std::string subnet;
    std::string security_group;
    bool public_ip =
        true; // without a NAT gateway or endpoints a task reaches AWS and Slack by one only
    std::string started_by;   // at most 128 of letters, digits, - / _
    std::string client_token; // at most 64: the same token twice starts one task
    std::string reason;       // becomes the task's tag `reason`; empty: no tag
    std::vector<std::pair<std::string, std::string>> environment;
};

// `failures[]` in an answer of HTTP 200 becomes an Error of kind ErrorKind::invalid, too. A reason
// that is a word ("RESOURCE:ENI") is its code, one that is a sentence its message.
Result<TaskArn> run_task(Client& client, const TaskRequest& request);

// The error is RunTask's, nothing was started, and it may pass by itself: RESOURCE:*, or "Capacity
// is unavailable at this time. …" (ECS developer guide, API failure reasons). The next try needs
// another client_token: ECS may answer one that it knows as it did before.
bool lacks_room(const Error& error);

struct Task {
    std::string started_by;
    std::string last_status; // PROVISIONING, PENDING, RUNNING, DEPROVISIONING, STOPPED, …
    std::string stopped_reason;
    std::string container_reason; // of the container that was asked for
    std::optional<int> exit_code; // the same one's; none while it runs, or when it never started
    bool stopped_by_user = false; // by StopTask
};

// `container_name`: whose end is wanted. A task may have several, in any order (ECS adds some of
// its own), and one that has stopped none at all. Empty: nobody's.
Result<Task> describe_task(Client& client, const std::string& cluster, const TaskArn& task,
                           const std::string& container_name = {});

struct StartedTask {
    TaskArn arn;
    std::string started_by;
    std::string last_status;
    std::optional<Instant> started; // its container, by ECS's clock; none: it does not run yet
    std::string stack;              // its stack_tag; empty: none
    std::vector<std::pair<std::string, std::string>> environment; // what its launch has set
};

// The tasks of a task definition's family that ECS is to keep running: PROVISIONING, PENDING,
// ACTIVATING or RUNNING. Every page. One that goes meanwhile is left out.
Result<std::vector<StartedTask>> list_started_tasks(Client& client, const std::string& cluster,
                                                    const std::string& family);

// ECS sends SIGTERM, and SIGKILL after the container's stopTimeout. `reason` is shown with the
// task.
Result<void> stop_task(Client& client, const std::string& cluster, const TaskArn& task,
                       const std::string& reason);

} // namespace snow_white::aws
