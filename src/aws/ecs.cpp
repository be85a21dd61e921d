#include "src/aws/ecs.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

std::string text(const Json& object, const char* key) {
    return object.is_object() ? object.value(key, "") : "";
}

Error failure(const Operation& operation, const Json& answer, const std::string& otherwise) {
    const Json& failures = answer.contains("failures") ? answer["failures"] : Json::array();
    if (failures.empty())
        return {.kind = ErrorKind::malformed,
                .service = "ecs",
                .action = std::string(operation.name),
                .message = otherwise};
    const std::string detail = text(failures[0], "detail");
    return {.kind = text(failures[0], "reason") == "MISSING" ? ErrorKind::not_found : ErrorKind::invalid,
            .service = "ecs",
            .action = std::string(operation.name),
            .code = text(failures[0], "reason"),
            .message = detail.empty() ? text(failures[0], "arn") : detail};
}

Json run_task_parameters(const TaskRequest& request) {
    Json environment = Json::array();
    for (const auto& [name, value] : request.environment)
        environment.push_back({{"name", name}, {"value", value}});
    const Json network = {
        {"subnets", {request.subnet}},
        {"securityGroups", {request.security_group}},
        // Without a NAT gateway a Fargate task reaches AWS and Slack by a public address only.
        {"assignPublicIp", "ENABLED"}};
    return {{"cluster", request.cluster},
            {"taskDefinition", request.task_definition},
            {"launchType", "FARGATE"},
            {"count", 1},
            {"startedBy", request.started_by},
            {"clientToken", request.client_token},
            {"networkConfiguration", {{"awsvpcConfiguration", network}}},
            {"overrides",
             {{"containerOverrides", {{{"name", request.container}, {"environment", environment}}}}}}};
}

} // namespace

Result<TaskDefinition> describe_task_definition(Client& client, const std::string& family) {
    const auto answer = client.json(operations::describe_task_definition, {{"taskDefinition", family}});
    if (!answer) return tl::unexpected(answer.error());
    const Json& definition = answer->value("taskDefinition", Json::object());
    const Json containers = definition.value("containerDefinitions", Json::array());
    const Json container = containers.empty() ? Json::object() : containers[0];
    const Json options = container.value("/logConfiguration/options"_json_pointer, Json::object());
    return TaskDefinition{.arn = text(definition, "taskDefinitionArn"),
                          .container = text(container, "name"),
                          .log_group = text(options, "awslogs-group"),
                          .log_region = text(options, "awslogs-region"),
                          .log_stream_prefix = text(options, "awslogs-stream-prefix")};
}

Result<TaskArn> run_task(Client& client, const TaskRequest& request) {
    const auto answer = client.json(operations::run_task, run_task_parameters(request));
    if (!answer) return tl::unexpected(answer.error());
    const Json tasks = answer->value("tasks", Json::array());
    if (tasks.empty())
        return tl::unexpected(failure(operations::run_task, *answer, "the answer has no task in it"));
    return TaskArn{text(tasks[0], "taskArn")};
}

Result<Task> describe_task(Client& client, const std::string& cluster, const TaskArn& task) {
    const auto answer =
        client.json(operations::describe_tasks, {{"cluster", cluster}, {"tasks", {task.text}}});
    if (!answer) return tl::unexpected(answer.error());
    const Json tasks = answer->value("tasks", Json::array());
    if (tasks.empty()) return tl::unexpected(failure(operations::describe_tasks, *answer, "no such task"));
    const Json containers = tasks[0].value("containers", Json::array());
    const Json container = containers.empty() ? Json::object() : containers[0];
    Task seen{.started_by = text(tasks[0], "startedBy"),
              .last_status = text(tasks[0], "lastStatus"),
              .stopped_reason = text(tasks[0], "stoppedReason"),
              .container_reason = text(container, "reason"),
              .exit_code = std::nullopt};
    if (container.contains("exitCode")) seen.exit_code = container["exitCode"].get<int>();
    return seen;
}

} // namespace snow_white::aws
