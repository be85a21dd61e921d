#include "src/aws/services/ecs.hpp"

#include "src/aws/pagination.hpp"
#include "src/base/chunk.hpp"

#include <cctype>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

constexpr const char* reason_tag = "reason";
constexpr std::size_t max_tag_value = 256;
constexpr std::size_t tasks_per_call = 100; // of DescribeTasks (ECS API reference)

// A tag's value has letters, digits, spaces and _ . : / = + - @, at most 256 characters (ECS API
// reference, Tag). Any other character becomes one `_`, and so does a letter outside ASCII.
std::string tag_value(const std::string& text) {
    std::string value;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if ((code & 0xc0U) == 0x80U) continue; // not the first byte of a UTF-8 character
        const bool fits = std::isalnum(code) != 0 ||
                          std::string_view(" _.:/=+-@").find(byte) != std::string_view::npos;
        value += fits ? byte : '_';
    }
    return value.substr(0, max_tag_value);
}

bool is_resource(const std::string& reason) {
    return reason.starts_with("RESOURCE:");
}

// ECS can answer HTTP 200 and do nothing: failures[] has the reason.
Error failure(const Operation& operation, const Json& answer) {
    Error error = malformed(operation, "the answer has neither a result nor a failure");
    const Json failures = answer.value("failures", Json::array());
    if (failures.empty()) return error;
    const std::string reason = failures[0].value("reason", "");
    const std::string detail = failures[0].value("detail", failures[0].value("arn", ""));
    error.kind = reason == "MISSING" ? ErrorKind::not_found : ErrorKind::invalid;
    if (reason.empty())
        error.message = "no reason given" + (detail.empty() ? "" : " for " + detail);
    else if (reason.find(' ') != std::string::npos) // Fargate's lack of capacity is a sentence
        error.message = reason;
    else {
        error.code = reason;
        error.message = detail.empty() && is_resource(reason)
                            ? "the cluster has not enough of it left"
                            : detail;
    }
    return error;
}

Json run_task_parameters(const TaskRequest& request) {
    Json environment = Json::array();
    for (const auto& [name, value] : request.environment)
        environment.push_back({{"name", name}, {"value", value}});
    const Json network = {{"subnets", {request.subnet}},
                          {"securityGroups", {request.security_group}},
                          {"assignPublicIp", request.public_ip ? "ENABLED" : "DISABLED"}};
    Json parameters{
        {"cluster", request.cluster},
        {"taskDefinition", request.task_definition},
        {"launchType", "FARGATE"},
        {"count", 1},
        {"startedBy", request.started_by},
        {"clientToken", request.client_token},
        {"networkConfiguration", {{"awsvpcConfiguration", network}}},
        {"overrides",
         {{"containerOverrides", {{{"name", request.container}, {"environment", environment}}}}}}};
    parameters["tags"] = {{{"key", stack_tag}, {"value", request.stack}}};
    if (!request.reason.empty())
        parameters["tags"].push_back({{"key", reason_tag}, {"value", tag_value(request.reason)}});
    return parameters;
}

const Json* find_container(const std::string& name, const Json& containers) {
    for (const Json& container : containers)
        if (container.value("name", "") == name) return &container;
    return nullptr;
}

std::vector<std::pair<std::string, std::string>> environment_of(const Json& container) {
    std::vector<std::pair<std::string, std::string>> environment;
    for (const Json& one : container.value("environment", Json::array()))
        environment.emplace_back(one.value("name", ""), one.value("value", ""));
    return environment;
}

std::vector<std::string> of_each_secret(const Json& container, const char* member) {
    std::vector<std::string> values;
    for (const Json& one : container.value("secrets", Json::array()))
        values.push_back(one.value(member, ""));
    return values;
}

StartedTask started_task(const Json& task) {
    StartedTask started{.arn = {task.value("taskArn", "")},
                        .started_by = task.value("startedBy", ""),
                        .last_status = task.value("lastStatus", ""),
                        .started = moment(task, "startedAt"),
                        .stack = {},
                        .environment = {}};
    for (const Json& tag : list_in(task, "tags"))
        if (tag.value("key", "") == stack_tag) started.stack = tag.value("value", "");
    const Json overrides = task.value("overrides", Json::object());
    for (const Json& container : list_in(overrides, "containerOverrides"))
        for (auto& variable : environment_of(container))
            started.environment.push_back(std::move(variable));
    return started;
}

Task task_of(const Json& task, const std::string& container_name) {
    const Json* const found = find_container(container_name, list_in(task, "containers"));
    const Json container = found != nullptr ? *found : Json::object();
    Task seen{.started_by = task.value("startedBy", ""),
              .last_status = task.value("lastStatus", ""),
              .stopped_reason = task.value("stoppedReason", ""),
              .container_reason = container.value("reason", ""),
              .exit_code = std::nullopt,
              .stopped_by_user = task.value("stopCode", "") == "UserInitiated",
              .failed_to_start = task.value("stopCode", "") == "TaskFailedToStart"};
    if (container.contains("exitCode")) seen.exit_code = whole_number(container, "exitCode");
    return seen;
}

// The first of what was asked for, or why the answer has none.
Result<Json> first_in(const Operation& operation, const Json& answer) {
    const Json items = answer.value(operation.required_member, Json::array());
    if (items.empty()) return tl::unexpected(failure(operation, answer));
    return items[0];
}

Result<std::vector<std::string>> list_tasks(Client& client, const std::string& cluster,
                                            const std::string& family) {
    // desiredStatus also covers tasks that do not run yet.
    const Json parameters{{"cluster", cluster}, {"family", family}, {"desiredStatus", "RUNNING"}};
    std::vector<std::string> arns;
    const auto read = every_page(client, operations::list_tasks, parameters, "nextToken",
                                 [&arns](const Json& page) {
                                     for (const Json& arn : page.at("taskArns"))
                                         arns.push_back(arn.get<std::string>());
                                 });
    return read.map([&arns] { return std::move(arns); });
}

} // namespace

Result<std::string> get_cluster_status(Client& client, const std::string& cluster) {
    const auto& operation = operations::describe_clusters;
    return client.json(operation, {{"clusters", {cluster}}}, [&](const Json& answer) {
        return first_in(operation, answer).map([](const Json& found) {
            return found.at("status").get<std::string>();
        });
    });
}

Result<TaskDefinition> describe_task_definition(Client& client, const std::string& family) {
    return client.json(
        operations::describe_task_definition, {{"taskDefinition", family}},
        [](const Json& answer) -> Result<TaskDefinition> {
            const Json& definition = answer.at("taskDefinition");
            const Json& containers = definition.at("containerDefinitions");
            const Json* const monitor = find_container(monitor_container, containers);
            const Json& container = monitor != nullptr ? *monitor : containers.at(0);
            const Json options =
                container.value("/logConfiguration/options"_json_pointer, Json::object());
            return TaskDefinition{
                .arn = definition.at("taskDefinitionArn").get<std::string>(),
                .container = container.at("name").get<std::string>(),
                .log_group = options.value("awslogs-group", ""),
                .log_region = options.value("awslogs-region", ""),
                .log_stream_prefix = options.value("awslogs-stream-prefix", ""),
                .environment = environment_of(container),
                .secrets = of_each_secret(container, "name"),
                .labels = container.value("dockerLabels", std::map<std::string, std::string>{}),
                .secret_arns = of_each_secret(container, "valueFrom"),
                .image = container.value("image", ""),
                .execution_role = definition.value("executionRoleArn", "")};
        });
}

bool lacks_capacity(const Error& error) {
    return error.action == operations::run_task.name && error.kind == ErrorKind::invalid &&
           (is_resource(error.code) || error.message.starts_with("Capacity "));
}

Result<TaskArn> run_task(Client& client, const TaskRequest& request) {
    const auto& operation = operations::run_task;
    return client.json(operation, run_task_parameters(request), [&](const Json& answer) {
        return first_in(operation, answer).map([](const Json& task) {
            return TaskArn{task.at("taskArn").get<std::string>()};
        });
    });
}

Result<Task> describe_task(Client& client, const std::string& cluster, const TaskArn& task,
                           const std::string& container_name) {
    const auto& operation = operations::describe_tasks;
    const Json parameters{{"cluster", cluster}, {"tasks", {task.text}}};
    return client.json(operation, parameters, [&](const Json& answer) {
        return first_in(operation, answer).map([&](const Json& found) {
            return task_of(found, container_name);
        });
    });
}

Result<std::vector<StartedTask>> list_started_tasks(Client& client, const std::string& cluster,
                                                    const std::string& family) {
    const auto arns = list_tasks(client, cluster, family);
    if (!arns) return tl::unexpected(arns.error());
    std::vector<StartedTask> started;
    for (const auto& some : chunk(*arns, tasks_per_call)) {
        const Json parameters{{"cluster", cluster}, {"tasks", some}, {"include", {"TAGS"}}};
        const auto read = client.json(operations::describe_tasks, parameters,
                                      [&started](const Json& answer) -> Result<void> {
                                          for (const Json& task : answer.at("tasks"))
                                              if (task.value("desiredStatus", "") != "STOPPED")
                                                  started.push_back(started_task(task));
                                          return {};
                                      });
        if (!read) return tl::unexpected(read.error());
    }
    return started;
}

Result<void> stop_task(Client& client, const std::string& cluster, const TaskArn& task,
                       const std::string& reason) {
    const Json parameters{{"cluster", cluster}, {"task", task.text}, {"reason", reason}};
    return client.json(operations::stop_task, parameters,
                       [](const Json&) -> Result<void> { return {}; });
}

} // namespace snow_white::aws
