// How a task's container is started: what it is called with, what it finds in its environment,
// where its lines go.
#include "sandbox/base/text.hpp"
#include "sandbox/ecs/ecs.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <regex>

namespace sandbox {

namespace {

Json override_of(const Json& request, const std::string& container) {
    for (const auto& override :
         request.value("/overrides/containerOverrides"_json_pointer, Json::array()))
        if (override.value("name", "") == container) return override;
    return Json::object();
}

// What a container's `valueFrom` (an ARN of Secrets Manager) stands for; none when there is no such
// secret.
std::optional<std::string> secret_value(const Stack& stack, const std::string& value_from) {
    for (const auto& resource : stack.resources)
        if (resource.type == "AWS::SecretsManager::Secret" && resource.physical_id == value_from)
            return resource.properties.value("SecretString", "");
    return std::nullopt;
}

constexpr const char* no_secrets_or_auth =
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: ";

struct ExecutionRole {
    std::string arn;
    std::string session;
    const PermissionCheck& check_permission;

    // `region`: whose endpoint ECS asks.
    std::optional<std::string> refusal(const std::string& action, const std::string& region,
                                       const std::string& resource) const {
        return check_permission(arn, session,
                                {action, resource, {{"aws:RequestedRegion", region}}, resource});
    }
};

// arn:aws:secretsmanager:REGION:…
std::string region_of(const std::string& arn) {
    static const std::regex parts("arn:[^:]*:[^:]*:([^:]*):.*");
    std::smatch found;
    return std::regex_match(arn, found, parts) ? found[1].str() : "";
}

std::string read_secrets(const ExecutionRole& role, const Json& container) {
    for (const auto& secret : container.value("secrets", Json::array())) {
        const std::string arn = secret.at("valueFrom");
        if (const auto refusal = role.refusal("secretsmanager:GetSecretValue", region_of(arn), arn))
            return fmt::format(
                "{}unable to retrieve secret from asm: service call has been retried 1 time(s): "
                "failed to "
                "fetch secret {} from secrets manager: AccessDeniedException: {} status code: 400",
                no_secrets_or_auth, arn, *refusal);
    }
    return "";
}

std::string pull_image(const ExecutionRole& role, const std::string& image) {
    static const std::regex in_ecr(
        R"((\d+)\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+).*)");
    std::smatch parts;
    if (!std::regex_match(image, parts, in_ecr))
        return ""; // another registry asks for no right of AWS's
    if (const auto refusal = role.refusal("ecr:GetAuthorizationToken", parts[2], "*"))
        return fmt::format(
            "{}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
            "AccessDeniedException: {} status code: 400",
            no_secrets_or_auth, *refusal);
    const std::string repository =
        make_arn("ecr", parts[2].str(), parts[1].str(), "repository/" + parts[3].str());
    for (const char* const action :
         {"ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"})
        if (const auto refusal = role.refusal(action, parts[2], repository))
            return fmt::format("CannotPullContainerError: pull image manifest has been retried 1 "
                               "time(s): failed to "
                               "resolve ref {}: 403 Forbidden: {}",
                               image, *refusal);
    return "";
}

std::string make_stream(const ExecutionRole& role, const std::string& region,
                        const std::string& log_stream_arn) {
    const auto refusal = role.refusal("logs:CreateLogStream", region, log_stream_arn);
    if (!refusal) return "";
    return fmt::format(
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        "retried 1 time(s): failed to create Cloudwatch log stream: AccessDeniedException: {} "
        "status code: 400 : exit status 1",
        *refusal);
}

} // namespace

ContainerStart prepare_container(const Json& definition, const Json& request,
                                 const std::string& task_id, const LogDestination& log,
                                 const PermissionCheck& check_permission) {
    const std::string arn = request.value("/overrides/executionRoleArn"_json_pointer,
                                          definition.value("executionRoleArn", std::string()));
    if (arn.empty() || !check_permission) return {};
    const ExecutionRole role{arn, task_id, check_permission};
    const Json& container = definition.at("containerDefinitions").at(0);
    ContainerStart start{.failure = read_secrets(role, container)};
    if (start.failure.empty()) start.failure = pull_image(role, container.value("image", ""));
    if (log.group.empty() || !start.failure.empty()) return start;
    const std::string stream =
        make_arn("logs", log.region, log.account,
                 fmt::format("log-group:{}:log-stream:{}", log.group, log.stream));
    start.failure = make_stream(role, log.region, stream);
    if (start.failure.empty())
        start.may_log = !role.refusal("logs:PutLogEvents", log.region, stream);
    return start;
}

Task& Ecs::start(const Json& parameters, const Json& document, Instant now) {
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
    const Json command = override.value("command", container.value("command", Json::array()));
    ContainerSpec spec{.program = options_.program,
                       .arguments = command.get<std::vector<std::string>>(),
                       .environment = environment(container, override, task),
                       .start_after = 2 * task_step,
                       .stop_timeout = std::chrono::seconds(container.value("stopTimeout", 30))};
    if (!options_.log_directory.empty())
        spec.log_file = fmt::format("{}/task-{}.log", options_.log_directory, task.id);
    const std::string group =
        container.value("/logConfiguration/options/awslogs-group"_json_pointer, "");
    const std::string stream = log_stream_of(container, task.id);
    const auto prepared = prepare_container(document, parameters, task.id,
                                            {options_.account, options_.region, group, stream},
                                            options_.check_permission);
    spec.start_failure = prepared.failure;

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
        {"HOSTNAME", private_dns_name(options_.region, task.private_ip)},
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
