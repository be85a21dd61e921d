// ECS on Fargate in one region: at most one cluster, the task definitions of the stack, and tasks
// that are real processes. In: parameters valid by the action's shape, and the time. Out: the
// answer as JSON. Failure: AwsError. Source of names and limits: the ecs service model
// (2014-11-13).
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/ecs/log_store.hpp"
#include "sandbox/ecs/task.hpp"
#include "sandbox/policy/statement.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/region.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

// Whether a session of the role has the permission: none when it has, else the words of the
// refusal.
using PermissionCheck = std::function<std::optional<std::string>(
    const std::string& role_arn, const std::string& session, const RequiredPermission& permission)>;

struct LogDestination {
    std::string account;
    std::string region;
    std::string group; // empty: no log
    std::string stream;
};

struct ContainerStart {
    std::string failure; // why the task cannot start; empty: it can
    bool may_log = true;
};

// What ECS does on Fargate under a task's execution role, in its order, before the container runs:
// reads the secrets, logs in to ECR and pulls the image, makes the log stream. A task that lacks a
// permission for one of them stops with that as its reason. Lines that it may not put are lost
// without a word; that permission is checked once, when the task starts. `definition`: the task
// definition's document; `request`: RunTask's, which may name another role. Source of the words:
// "Stopped tasks error messages" in the ECS developer guide, and what users quote
// (GiamPy5/terraform-aws-directus issue 10, aws/copilot-cli issue 5639, aws/aws-app-mesh-examples
// issue 413).
ContainerStart prepare_container(const Json& definition, const Json& request,
                                 const std::string& task_id, const LogDestination& log,
                                 const PermissionCheck& check_permission);

struct EcsOptions {
    std::string account = "123456789012";
    std::string region = home_region;
    std::string cluster = "snow-white"; // empty: this region has none
    std::string deleted_cluster =
        "snow-white-deleted"; // ECS shows such a one for a while, as INACTIVE; empty: none
    Network network = home_network();
    std::string base_url;      // how tasks reach the sandbox
    std::string program;       // absolute; empty: RunTask answers failures[]
    std::string log_directory; // empty: no files
    // {RoleArn, AccessKeyId, SecretAccessKey, Token, Expiration} of a new session of that role.
    std::function<Json(const std::string& role_arn, const std::string& session_name)>
        issue_credentials;
    PermissionCheck
        check_permission; // what is done under the execution role; empty: all of it is granted
};

class Ecs {
public:
    // `clock` dates what happens in tasks. It, `logs` and `stack` must outlive this.
    Ecs(EcsOptions options, const Stack& stack, LogStore& logs, const Clock& clock);
    ~Ecs(); // ends every task
    Ecs(const Ecs&) = delete;
    Ecs& operator=(const Ecs&) = delete;

    // The ARNs of the roles that its tasks are handed; none for a definition that does not exist.
    std::vector<std::string> roles_of(const std::string& family_or_arn) const;

    // [{key, value}], as RunTask was given them; none for a task that does not exist.
    Json tags_of(const std::string& id_or_arn) const;

    Json describe_clusters(const Json& parameters, Instant now) const;
    Json describe_task_definition(const Json& parameters) const;
    Json run_task(const Json& parameters, Instant now);
    Json describe_tasks(const Json& parameters, Instant now) const;
    Json list_tasks(const Json& parameters) const;
    Json stop_task(const Json& parameters, Instant now);

    // What a container reads over HTTP: GET /v4/<id>, GET /v4/<id>/task, GET
    // /_ecs/credentials/<secret>. Null when there is no such task.
    Json container_metadata(const std::string& task_id, Instant now) const;
    Json task_metadata(const std::string& task_id, Instant now) const;
    Json credentials(const std::string& credentials_id) const;

private:
    std::string arn(const std::string& resource) const;
    const Json* definition(const std::string& family_or_arn) const;
    const Task* task(const std::string& id_or_arn) const;
    void check_cluster(const Json& parameters) const;
    Json describe_cluster(const std::string& name, Instant now) const;
    const Json& check_run_task(const Json& parameters) const; // the task definition's document
    void check_network(const Json& parameters) const;
    Task& start(const Json& parameters, const Json& definition, Instant now);
    std::vector<std::string> environment(const Json& container, const Json& override,
                                         const Task& task) const;
    Json run_answer(const std::vector<std::string>& ids, Instant now) const;

    EcsOptions options_;
    const Stack& stack_;
    LogStore& logs_;
    const Clock& clock_;
    std::vector<Json> definitions_; // as DescribeTaskDefinition answers them
    std::deque<Task> tasks_;        // addresses are stable
    struct Started {
        Json parameters;
        std::vector<std::string> ids;
    };
    std::map<std::string, Started> by_client_token_;
};

// DescribeClusters, DescribeTaskDefinition, RunTask, DescribeTasks, ListTasks, StopTask. `ecs` must
// outlive the table.
void add_ecs_actions(ActionTable& table, Ecs& ecs);

// GetLogEvents, FilterLogEvents. `logs` must outlive the table.
void add_logs_actions(ActionTable& table, LogStore& logs);

} // namespace sandbox
