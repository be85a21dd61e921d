#include "sandbox/ecs/ecs.hpp"

#include "sandbox/ecs/task_definition.hpp"
#include "sandbox/ssm/listing.hpp"
#include "sandbox/wire/aws_error.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {

namespace {

using snow_white::Instant;

constexpr int largest_page = 100;

// The last part of an ARN, or the name itself.
std::string name_of(const std::string& name_or_arn) {
    return name_or_arn.substr(name_or_arn.rfind('/') + 1);
}

std::string cluster_arn(const EcsOptions& options) {
    return fmt::format("arn:aws:ecs:{}:{}:cluster/{}", options.region, options.account, options.cluster);
}

Json override_of(const Json& request, const std::string& container) {
    for (const auto& override : request.value("/overrides/containerOverrides"_json_pointer, Json::array()))
        if (override.value("name", "") == container) return override;
    return Json::object();
}

std::vector<std::string> words(const Json& list) {
    return list.is_array() ? list.get<std::vector<std::string>>() : std::vector<std::string>{};
}

std::string stream_of(const Json& container, const std::string& task_id) {
    const Json options = container.value("/logConfiguration/options"_json_pointer, Json::object());
    return fmt::format("{}/{}/{}", options.value("awslogs-stream-prefix", ""), container.value("name", ""),
                       task_id);
}

} // namespace

Ecs::Ecs(EcsOptions options, const Stack& stack, LogStore& logs, const snow_white::Clock& clock)
    : options_(std::move(options)), stack_(stack), logs_(logs), clock_(clock) {
    for (const auto& resource : stack.resources) {
        if (resource.type == "AWS::ECS::TaskDefinition")
            definitions_.push_back(task_definition_document(resource, stack));
        if (resource.type == "AWS::Logs::LogGroup") logs_.create_group(resource.physical_id);
    }
}

Ecs::~Ecs() {
    for (auto& task : tasks_)
        task.process->stop(); // all at once, before each is waited for
}

const Json* Ecs::definition(const std::string& family_or_arn) const {
    const std::string wanted = name_of(family_or_arn); // FAMILY or FAMILY:REVISION
    for (const auto& document : definitions_) {
        const std::string family = document.at("family");
        if (wanted == family || wanted == fmt::format("{}:{}", family, document.at("revision").get<int>()))
            return &document;
    }
    return nullptr;
}

const Task* Ecs::task(const std::string& id_or_arn) const {
    const auto found =
        std::find_if(tasks_.begin(), tasks_.end(),
                     [id = name_of(id_or_arn)](const Task& candidate) { return candidate.id == id; });
    return found == tasks_.end() ? nullptr : &*found;
}

void Ecs::check_cluster(const Json& parameters) const {
    const std::string cluster = parameters.value("cluster", "default");
    const bool ours = cluster == options_.cluster || cluster == cluster_arn(options_);
    if (!ours) throw AwsError("ClusterNotFoundException", "Cluster not found.");
}

Json Ecs::describe_task_definition(const Json& parameters) const {
    const Json* const found = definition(parameters.at("taskDefinition"));
    if (found == nullptr) throw AwsError("ClientException", "Unable to describe task definition.");
    return {{"taskDefinition", *found}, {"tags", Json::array()}};
}

Json Ecs::run_task(const Json& parameters, Instant now) {
    const Json& document = check_run_task(parameters);
    const std::string token = parameters.value("clientToken", "");
    if (const auto earlier = by_client_token_.find(token);
        !token.empty() && earlier != by_client_token_.end()) {
        if (earlier->second.parameters == parameters) return run_answer(earlier->second.ids, now);
        throw AwsError("ConflictException", "The clientToken was used with other parameters before.");
    }
    if (options_.program.empty())
        return {
            {"tasks", Json::array()},
            {"failures",
             {{{"reason", "Capacity is unavailable at this time. Please try again later or in a different "
                          "availability zone"}}}}};
    std::vector<std::string> ids;
    for (int i = 0; i < parameters.value("count", 1); ++i)
        ids.push_back(start(parameters, document, now).id);
    if (!token.empty()) by_client_token_[token] = {.parameters = parameters, .ids = ids};
    return run_answer(ids, now);
}

Json Ecs::run_answer(const std::vector<std::string>& ids, Instant now) const {
    Json tasks = Json::array();
    for (const auto& id : ids)
        tasks.push_back(describe_task(*task(id), true, now));
    return {{"tasks", std::move(tasks)}, {"failures", Json::array()}};
}

Task& Ecs::start(const Json& parameters, const Json& document, Instant now) {
    Task& task = tasks_.emplace_back();
    task.id = random_hex(16);
    task.arn = fmt::format("arn:aws:ecs:{}:{}:task/{}/{}", options_.region, options_.account,
                           options_.cluster, task.id);
    task.cluster_arn = cluster_arn(options_);
    task.private_ip = fmt::format("10.0.200.{}", tasks_.size() % 250 + 4);
    task.definition = document;
    task.request = parameters;
    task.created = now;
    const Json& container = document.at("containerDefinitions").at(0);
    const Json override = override_of(parameters, container.value("name", ""));
    ContainerSpec spec;
    spec.program = options_.program;
    spec.arguments =
        words(override.contains("command") ? override["command"] : container.value("command", Json()));
    spec.environment = environment(container, override, task);
    if (!options_.log_directory.empty())
        spec.log_file = fmt::format("{}/task-{}.log", options_.log_directory, task.id);
    spec.start_after = 2 * task_step;
    spec.stop_timeout = std::chrono::seconds(container.value("stopTimeout", 30));
    const std::string group = container.value("/logConfiguration/options/awslogs-group"_json_pointer, "");
    const std::string stream = stream_of(container, task.id);
    task.process = std::make_unique<ContainerProcess>(
        std::move(spec),
        ContainerProcess::Callbacks{.started = [this, group, stream] { logs_.create_stream(group, stream); },
                                    .line =
                                        [this, group, stream](const std::string& line) {
                                            // CloudWatch takes no empty message.
                                            if (!line.empty()) logs_.put(group, stream, line, clock_.now());
                                        }},
        clock_);
    return task;
}

std::vector<std::string> Ecs::environment(const Json& container, const Json& override,
                                          const Task& task) const {
    std::map<std::string, std::string> variables{
        {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        {"HOME", "/root"},
        {"HOSTNAME", fmt::format("ip-10-0-200-{}.ec2.internal", name_of(task.private_ip.substr(9)))},
        {"AWS_DEFAULT_REGION", options_.region},
        {"AWS_REGION", options_.region},
        {"AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"},
        {"ECS_CONTAINER_METADATA_URI_V4", fmt::format("{}/v4/{}", options_.base_url, task.id)},
        // Of ECS's two ways the relative one is bound to 169.254.170.2.
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI",
         fmt::format("{}/_ecs/credentials/{}", options_.base_url, task.id)},
        {"AWS_ENDPOINT_URL", options_.base_url}};
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

Json Ecs::describe_tasks(const Json& parameters, Instant now) const {
    check_cluster(parameters);
    if (parameters.at("tasks").empty() || parameters.at("tasks").size() > largest_page)
        throw AwsError("InvalidParameterException", "Tasks must have 1 to 100 entries.");
    const auto include = parameters.value("include", std::vector<std::string>{});
    const bool with_tags = std::find(include.begin(), include.end(), "TAGS") != include.end();
    Json tasks = Json::array();
    Json failures = Json::array();
    for (const std::string wanted : parameters.at("tasks")) {
        if (const Task* const found = task(wanted))
            tasks.push_back(describe_task(*found, with_tags, now));
        else
            failures.push_back({{"arn", wanted.starts_with("arn:")
                                            ? wanted
                                            : fmt::format("arn:aws:ecs:{}:{}:task/{}/{}", options_.region,
                                                          options_.account, options_.cluster, wanted)},
                                {"reason", "MISSING"}});
    }
    return {{"tasks", std::move(tasks)}, {"failures", std::move(failures)}};
}

Json Ecs::list_tasks(const Json& parameters, Instant now) const {
    check_cluster(parameters);
    if (const int size = parameters.value("maxResults", largest_page); size < 1 || size > largest_page)
        throw AwsError("InvalidParameterException", "maxResults must be between 1 and 100.");
    const std::string desired = parameters.value("desiredStatus", "RUNNING");
    std::vector<const Task*> found;
    for (const auto& candidate : tasks_) {
        const std::string family = candidate.definition.value("family", "");
        if (desired_status(candidate, now) == desired && parameters.value("family", family) == family &&
            parameters.value("launchType", "FARGATE") == "FARGATE" && !parameters.contains("serviceName") &&
            (!parameters.contains("startedBy") ||
             candidate.request.value("startedBy", "") == parameters["startedBy"]))
            found.push_back(&candidate);
    }
    return list_page(parameters,
                     {.action = "ListTasks",
                      .list = "taskArns",
                      .default_size = largest_page,
                      .token = "nextToken",
                      .size = "maxResults",
                      .token_error = "InvalidParameterException"},
                     found, [](const Task* candidate) { return candidate->arn; });
}

Json Ecs::stop_task(const Json& parameters, Instant now) {
    check_cluster(parameters);
    const auto found = std::find_if(
        tasks_.begin(), tasks_.end(),
        [id = name_of(parameters.at("task"))](const Task& candidate) { return candidate.id == id; });
    if (found == tasks_.end())
        throw AwsError("InvalidParameterException", "The referenced task was not found.");
    if (!found->stop_asked && !found->process->progress().ended) {
        found->stop_asked = true;
        found->stop_reason = parameters.value("reason", "Task stopped by user");
        found->process->stop();
    }
    return {{"task", describe_task(*found, false, now)}};
}

Json Ecs::container_metadata(const std::string& task_id, Instant now) const {
    const Task* const found = task(task_id);
    return found != nullptr ? sandbox::container_metadata(*found, now) : Json();
}

Json Ecs::task_metadata(const std::string& task_id, Instant now) const {
    const Task* const found = task(task_id);
    return found != nullptr ? sandbox::task_metadata(*found, now) : Json();
}

Json Ecs::credentials(const std::string& task_id) const {
    const Task* const found = task(task_id);
    if (found == nullptr) return {};
    return options_.issue_credentials(found->definition.value("taskRoleArn", ""), task_id);
}

} // namespace sandbox
