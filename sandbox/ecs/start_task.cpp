// How a task's container is started: what it is called with, what it finds in its environment,
// where its lines go.
#include "sandbox/ecs/ecs.hpp"
#include "sandbox/ecs/task_definition.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {

namespace {

Json override_of(const Json& request, const std::string& container) {
    for (const auto& override :
         request.value("/overrides/containerOverrides"_json_pointer, Json::array()))
        if (override.value("name", "") == container) return override;
    return Json::object();
}

std::vector<std::string> words(const Json& list) {
    return list.is_array() ? list.get<std::vector<std::string>>() : std::vector<std::string>{};
}

std::string stream_of(const Json& container, const std::string& task_id) {
    const Json options = container.value("/logConfiguration/options"_json_pointer, Json::object());
    return fmt::format("{}/{}/{}", options.value("awslogs-stream-prefix", ""),
                       container.value("name", ""), task_id);
}

// ip-10-0-200-5.ec2.internal
std::string host_name(std::string ip) {
    std::replace(ip.begin(), ip.end(), '.', '-');
    return fmt::format("ip-{}.ec2.internal", ip);
}

} // namespace

Task& Ecs::start(const Json& parameters, const Json& document, snow_white::Instant now) {
    Task& task = tasks_.emplace_back();
    task.id = random_hex(16);
    task.credentials_id = random_hex(32);
    task.arn = arn(fmt::format("task/{}/{}", options_.cluster, task.id));
    task.cluster_arn = arn("cluster/" + options_.cluster);
    task.private_ip = fmt::format("10.0.200.{}", tasks_.size() % 250 + 4);
    task.definition = document;
    task.request = parameters;
    task.created = now;
    const Json& container = document.at("containerDefinitions").at(0);
    const Json override = override_of(parameters, container.value("name", ""));
    ContainerSpec spec;
    spec.program = options_.program;
    spec.arguments = words(override.contains("command") ? override["command"]
                                                        : container.value("command", Json()));
    spec.environment = environment(container, override, task);
    if (!options_.log_directory.empty())
        spec.log_file = fmt::format("{}/task-{}.log", options_.log_directory, task.id);
    const std::string group =
        container.value("/logConfiguration/options/awslogs-group"_json_pointer, "");
    const std::string stream = stream_of(container, task.id);
    const auto prepared =
        prepare_container(document, parameters, task.id,
                          {options_.account, options_.region, group, stream}, options_.attempt);
    spec.obstacle = prepared.obstacle;
    spec.start_after = 2 * task_step;
    spec.stop_timeout = std::chrono::seconds(container.value("stopTimeout", 30));
    task.process = std::make_unique<ContainerProcess>(
        std::move(spec),
        ContainerProcess::Callbacks{
            .started = [this, group, stream] { logs_.create_stream(group, stream); },
            .line =
                [this, group, stream, prepared](const std::string& line) {
                    // CloudWatch takes no empty message.
                    if (!line.empty() && prepared.may_log)
                        logs_.put(group, stream, line, clock_.now());
                }},
        clock_);
    return task;
}

std::vector<std::string> Ecs::environment(const Json& container, const Json& override,
                                          const Task& task) const {
    std::map<std::string, std::string> variables{
        {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        {"HOME", "/root"},
        {"HOSTNAME", host_name(task.private_ip)},
        {"AWS_DEFAULT_REGION", options_.region},
        {"AWS_REGION", options_.region},
        {"AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"},
        {"ECS_CONTAINER_METADATA_URI_V4", fmt::format("{}/v4/{}", options_.base_url, task.id)},
        // Of ECS's two ways the relative one is bound to 169.254.170.2.
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI",
         fmt::format("{}/_ecs/credentials/{}", options_.base_url, task.credentials_id)},
        {"AWS_ENDPOINT_URL", options_.base_url},
        {"SLACK_API_URL", options_.base_url + "/api/"}};
    for (const auto& variable : container.value("environment", Json::array()))
        variables[variable.at("name")] = variable.at("value");
    for (const auto& variable : override.value("environment", Json::array()))
        variables[variable.at("name")] = variable.value("value", "");
    for (const auto& secret : container.value("secrets", Json::array()))
        if (const auto value = secret_value(stack_, secret.at("valueFrom")))
            variables[secret.at("name")] = *value;
    std::vector<std::string> result;
    for (const auto& [name, value] : variables)
        result.push_back(name + "=" + value);
    return result;
}

} // namespace sandbox
