#include "sandbox/ecs/ecs.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/shape.hpp"
#include "sandbox/wire/time_format.hpp"
#include "src/base/ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace sandbox {

namespace {

constexpr int largest_page = 100;

// CloudFormation's keys are the API's with a capital; the keys of a map belong to the user and
// stay.
Json in_camel_case(const Json& value, bool is_map = false) {
    if (value.is_array()) {
        Json list = Json::array();
        for (const auto& element : value)
            list.push_back(in_camel_case(element));
        return list;
    }
    if (!value.is_object()) return value;
    Json object = Json::object();
    for (const auto& [key, inner] : value.items()) {
        std::string name = key;
        if (!is_map) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        object[name] = in_camel_case(inner, key == "Options" || key == "DockerLabels");
    }
    return object;
}

// A template may write 512 or '512'; the API has one type for each.
void fix_types(Json& document) {
    for (const char* const name : {"cpu", "memory"})
        if (document.contains(name)) document[name] = text_of(document[name]);
    for (auto& container : document["containerDefinitions"]) {
        for (const char* const name :
             {"cpu", "memory", "memoryReservation", "startTimeout", "stopTimeout"})
            if (container.contains(name) && container[name].is_string())
                container[name] = std::stoi(container[name].get<std::string>());
        if (container.contains("essential") && container["essential"].is_string())
            container["essential"] = container["essential"] == "true";
    }
}

void add_defaults(Json& container) {
    for (const char* const name :
         {"environment", "mountPoints", "volumesFrom", "portMappings", "systemControls"})
        if (!container.contains(name)) container[name] = Json::array();
    if (!container.contains("cpu")) container["cpu"] = 0;
    if (!container.contains("essential")) container["essential"] = true;
}

// An AWS::ECS::TaskDefinition as the stack resolved it, as DescribeTaskDefinition answers it:
// camelCase, numbers where the API has numbers.
Json task_definition_document(const StackResource& resource, const Stack& stack) {
    Json document = in_camel_case(resource.properties);
    document.erase("tags");
    fix_types(document);
    for (auto& container : document["containerDefinitions"])
        add_defaults(container);
    const std::string& arn = resource.physical_id; // …:task-definition/FAMILY:REVISION
    document["taskDefinitionArn"] = arn;
    document["family"] = arn.substr(arn.find('/') + 1, arn.rfind(':') - arn.find('/') - 1);
    document["revision"] = std::stoi(arn.substr(arn.rfind(':') + 1));
    document["status"] = "ACTIVE";
    document["compatibilities"] = {"EC2", "FARGATE"};
    document["requiresAttributes"] = Json::array();
    document["registeredAt"] = epoch_seconds(stack.created);
    for (const char* const name : {"volumes", "placementConstraints"})
        if (!document.contains(name)) document[name] = Json::array();
    return document;
}

} // namespace

Ecs::Ecs(EcsOptions options, const Stack& stack, LogStore& logs, const Clock& clock)
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

std::string Ecs::arn(const std::string& resource) const {
    return make_arn("ecs", options_.region, options_.account, resource);
}

const Json* Ecs::definition(const std::string& family_or_arn) const {
    const std::string wanted = snow_white::name_of_arn(family_or_arn); // FAMILY or FAMILY:REVISION
    for (const auto& document : definitions_) {
        const std::string family = document.at("family");
        if (wanted == family ||
            wanted == fmt::format("{}:{}", family, document.at("revision").get<int>()))
            return &document;
    }
    return nullptr;
}

std::vector<std::string> Ecs::roles_of(const std::string& family_or_arn) const {
    std::vector<std::string> roles;
    if (const Json* const found = definition(family_or_arn))
        for (const char* const name : {"taskRoleArn", "executionRoleArn"})
            if (found->contains(name)) roles.push_back(found->at(name));
    return roles;
}

const Task* Ecs::task(const std::string& id_or_arn) const {
    return find_by(tasks_, &Task::id, snow_white::name_of_arn(id_or_arn));
}

Json Ecs::tags_of(const std::string& id_or_arn) const {
    const Task* const found = task(id_or_arn);
    return found != nullptr ? found->request.value("tags", Json::array()) : Json::array();
}

void Ecs::check_cluster(const Json& parameters) const {
    const std::string cluster = parameters.value("cluster", "default");
    const auto is = [&](const std::string& name) {
        return !name.empty() && (cluster == name || cluster == arn("cluster/" + name));
    };
    if (is(options_.deleted_cluster))
        throw AwsError("ClusterNotFoundException", "The referenced cluster was inactive.");
    if (!is(options_.cluster)) throw AwsError("ClusterNotFoundException", "Cluster not found.");
}

Json Ecs::describe_cluster(const std::string& name, Instant now) const {
    int running = 0;
    int pending = 0;
    if (name == options_.cluster)
        for (const auto& one : tasks_) {
            const std::string status = sandbox::describe_task(one, false, now).at("lastStatus");
            if (status == "RUNNING") ++running;
            if (status == "PROVISIONING" || status == "PENDING") ++pending;
        }
    return {{"clusterArn", arn("cluster/" + name)},
            {"clusterName", name},
            {"status", name == options_.cluster ? "ACTIVE" : "INACTIVE"},
            {"registeredContainerInstancesCount", 0},
            {"runningTasksCount", running},
            {"pendingTasksCount", pending},
            {"activeServicesCount", 0},
            {"statistics", Json::array()},
            {"tags", Json::array()},
            {"settings", Json::array()},
            {"capacityProviders", Json::array()},
            {"defaultCapacityProviderStrategy", Json::array()}};
}

Json Ecs::describe_clusters(const Json& parameters, Instant now) const {
    auto wanted = parameters.value("clusters", std::vector<std::string>{});
    if (wanted.size() > largest_page)
        throw AwsError("InvalidParameterException", "Clusters cannot have more than 100 elements.");
    if (wanted.empty()) wanted = {"default"};
    Json clusters = Json::array();
    Json failures = Json::array();
    for (const auto& one : wanted) {
        const std::string name = snow_white::name_of_arn(one);
        const bool is_there = name == options_.cluster || name == options_.deleted_cluster;
        if (is_there && !name.empty() && (one == name || one == arn("cluster/" + name)))
            clusters.push_back(describe_cluster(name, now));
        else
            failures.push_back({{"arn", one.starts_with("arn:") ? one : arn("cluster/" + one)},
                                {"reason", "MISSING"}});
    }
    return {{"clusters", std::move(clusters)}, {"failures", std::move(failures)}};
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
        throw AwsError("ConflictException",
                       "The clientToken was used with other parameters before.");
    }
    if (options_.program.empty())
        return {
            {"tasks", Json::array()},
            {"failures",
             {{{"reason",
                "Capacity is unavailable at this time. Please try again later or in a different "
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

Json Ecs::describe_tasks(const Json& parameters, Instant now) const {
    check_cluster(parameters);
    if (parameters.at("tasks").empty() || parameters.at("tasks").size() > largest_page)
        throw AwsError("InvalidParameterException", "Tasks must have 1 to 100 entries.");
    const auto include = parameters.value("include", std::vector<std::string>{});
    const bool with_tags = contains(include, "TAGS");
    Json tasks = Json::array();
    Json failures = Json::array();
    for (const std::string wanted : parameters.at("tasks")) {
        if (const Task* const found = task(wanted))
            tasks.push_back(describe_task(*found, with_tags, now));
        else
            failures.push_back(
                {{"arn", wanted.starts_with("arn:")
                             ? wanted
                             : arn(fmt::format("task/{}/{}", options_.cluster, wanted))},
                 {"reason", "MISSING"}});
    }
    return {{"tasks", std::move(tasks)}, {"failures", std::move(failures)}};
}

Json Ecs::list_tasks(const Json& parameters) const {
    check_cluster(parameters);
    if (const int size = parameters.value("maxResults", largest_page);
        size < 1 || size > largest_page)
        throw AwsError("InvalidParameterException", "maxResults must be between 1 and 100.");
    const std::string desired = parameters.value("desiredStatus", "RUNNING");
    std::vector<const Task*> found;
    for (const auto& candidate : tasks_) {
        const std::string family = candidate.definition.value("family", "");
        if (desired_status(candidate) == desired && parameters.value("family", family) == family &&
            parameters.value("launchType", "FARGATE") == "FARGATE" &&
            !parameters.contains("serviceName") &&
            (!parameters.contains("startedBy") ||
             candidate.request.value("startedBy", "") == parameters["startedBy"]))
            found.push_back(&candidate);
    }
    return list_page(parameters,
                     {.region = options_.region,
                      .action = "ListTasks",
                      .list = "taskArns",
                      .default_size = largest_page,
                      .token = "nextToken",
                      .size = "maxResults",
                      .token_error = "InvalidParameterException"},
                     found, [](const Task* candidate) { return candidate->arn; });
}

Json Ecs::stop_task(const Json& parameters, Instant now) {
    check_cluster(parameters);
    Task* const found = find_by(tasks_, &Task::id, snow_white::name_of_arn(parameters.at("task")));
    if (found == nullptr)
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

Json Ecs::credentials(const std::string& credentials_id) const {
    const auto found = std::ranges::find_if(tasks_, [&](const Task& one) {
        return equal_in_constant_time(one.credentials_id, credentials_id);
    });
    if (found == tasks_.end()) return {};
    return options_.issue_credentials(found->definition.value("taskRoleArn", ""), found->id);
}

void add_ecs_actions(ActionTable& table, Ecs& ecs) {
    table.add("ecs", "DescribeClusters", &Ecs::describe_clusters, ecs);
    table.add("ecs", "DescribeTaskDefinition", &Ecs::describe_task_definition, ecs);
    table.add("ecs", "RunTask", &Ecs::run_task, ecs);
    table.add("ecs", "DescribeTasks", &Ecs::describe_tasks, ecs);
    table.add("ecs", "ListTasks", &Ecs::list_tasks, ecs);
    table.add("ecs", "StopTask", &Ecs::stop_task, ecs);
}

void add_logs_actions(ActionTable& table, LogStore& logs) {
    table.add("logs", "GetLogEvents", &LogStore::get_log_events, logs);
    table.add("logs", "FilterLogEvents", &LogStore::filter_log_events, logs);
}

} // namespace sandbox
