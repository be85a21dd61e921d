#include "sandbox/ecs/task.hpp"

#include "sandbox/wire/time_format.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace sandbox {

namespace {

using Progress = ContainerProcess::Progress;

// When the task has nothing more to do with its container, and has stopped.
struct EndTimes {
    Instant execution_stopped{};
    Instant stopped{};
};

EndTimes end_times(const Progress& progress) {
    // A container that ran for a moment only is RUNNING for a moment that can be seen.
    const Instant execution = progress.started
                                  ? std::max(*progress.ended, *progress.started + task_step)
                                  : *progress.ended;
    return {.execution_stopped = execution, .stopped = execution + task_step};
}

std::string status_of(const Task& task, const Progress& progress, Instant now) {
    if (progress.ended) {
        const EndTimes end = end_times(progress);
        if (now >= end.stopped) return "STOPPED";
        return now >= end.execution_stopped ? "DEPROVISIONING" : "RUNNING";
    }
    if (progress.started) return task.stop_asked ? "STOPPING" : "RUNNING";
    return now < task.created + task_step ? "PROVISIONING" : "PENDING";
}

Json describe_container(const Task& task, const Progress& progress, const std::string& status) {
    const Json& definition = task.definition["containerDefinitions"][0];
    const bool over = status == "STOPPED" || status == "DEPROVISIONING";
    const std::string container_id = task.id + "-0265927825";
    Json container = {
        {"containerArn", task.cluster_arn.substr(0, task.cluster_arn.find(":cluster/")) +
                             ":container/" +
                             task.cluster_arn.substr(task.cluster_arn.find('/') + 1) + "/" +
                             task.id + "/" + container_id},
        {"taskArn", task.arn},
        {"name", definition.value("name", "")},
        {"image", definition.value("image", "")},
        {"runtimeId", container_id},
        {"lastStatus", over               ? "STOPPED"
                       : progress.started ? "RUNNING"
                                          : "PENDING"},
        {"networkBindings", Json::array()},
        {"networkInterfaces",
         {{{"attachmentId", task.id.substr(0, 8)}, {"privateIpv4Address", task.private_ip}}}},
        {"healthStatus", "UNKNOWN"},
        {"cpu", std::to_string(definition.value("cpu", 0))}};
    if (over && progress.exit_code) container["exitCode"] = *progress.exit_code;
    // What kept ECS from getting as far as the container is the task's reason alone.
    if (over && progress.failure.starts_with("Cannot")) container["reason"] = progress.failure;
    return container;
}

void add_ending(Json& described, const Task& task, const Progress& progress,
                const std::string& status) {
    if (task.stop_asked || progress.ended) {
        described["stopCode"] = task.stop_asked             ? "UserInitiated"
                                : !progress.failure.empty() ? "TaskFailedToStart"
                                                            : "EssentialContainerExited";
        described["stoppedReason"] = task.stop_asked ? task.stop_reason
                                     : !progress.failure.empty()
                                         ? progress.failure
                                         : "Essential container in task exited";
    }
    if (!progress.ended) return;
    const EndTimes end = end_times(progress);
    described["stoppingAt"] = epoch_seconds(end.execution_stopped);
    described["executionStoppedAt"] = epoch_seconds(*progress.ended);
    if (status == "STOPPED") described["stoppedAt"] = epoch_seconds(end.stopped);
}

// Fargate shows the stream's name in place of its prefix.
Json log_options_of(const Task& task) {
    const Json& container = task.definition["containerDefinitions"][0];
    Json options = container.value("/logConfiguration/options"_json_pointer, Json::object());
    if (!options.contains("awslogs-stream-prefix")) return options;
    options["awslogs-stream"] = log_stream_of(container, task.id);
    options.erase("awslogs-stream-prefix");
    return options;
}

} // namespace

std::string log_stream_of(const Json& container, const std::string& task_id) {
    const Json options = container.value("/logConfiguration/options"_json_pointer, Json::object());
    return fmt::format("{}/{}/{}", options.value("awslogs-stream-prefix", ""),
                       container.value("name", ""), task_id);
}

std::string last_status(const Task& task, Instant now) {
    return status_of(task, task.process->progress(), now);
}

std::string desired_status(const Task& task) {
    return task.stop_asked || task.process->progress().ended ? "STOPPED" : "RUNNING";
}

Json describe_task(const Task& task, bool with_tags, Instant now) {
    const Progress progress = task.process->progress();
    const std::string status = status_of(task, progress, now);
    const Json network = task.request.value(
        "/networkConfiguration/awsvpcConfiguration"_json_pointer, Json::object());
    Json described = {
        {"attachments",
         {{{"id", task.id.substr(0, 8)},
           {"type", "ElasticNetworkInterface"},
           {"status", status == "PROVISIONING" ? "PRECREATED"
                      : status == "STOPPED"    ? "DELETED"
                                               : "ATTACHED"},
           {"details",
            {{{"name", "subnetId"}, {"value", network.value("/subnets/0"_json_pointer, "")}},
             {{"name", "privateIPv4Address"}, {"value", task.private_ip}}}}}}},
        {"attributes", {{{"name", "ecs.cpu-architecture"}, {"value", "x86_64"}}}},
        {"availabilityZone", "us-east-1a"},
        {"clusterArn", task.cluster_arn},
        {"connectivity", "CONNECTED"},
        {"connectivityAt", epoch_seconds(task.created)},
        {"containers", {describe_container(task, progress, status)}},
        {"cpu", task.definition.value("cpu", "256")},
        {"createdAt", epoch_seconds(task.created)},
        {"desiredStatus", desired_status(task)},
        {"enableExecuteCommand", false},
        {"group", task.request.value("group", "family:" + task.definition.value("family", ""))},
        {"healthStatus", "UNKNOWN"},
        {"lastStatus", status},
        {"launchType", "FARGATE"},
        {"memory", task.definition.value("memory", "512")},
        {"overrides",
         task.request.value("overrides", Json({{"containerOverrides", Json::array()}}))},
        {"platformVersion", "1.4.0"},
        {"platformFamily", "Linux"},
        {"tags", with_tags ? task.request.value("tags", Json::array()) : Json::array()},
        {"taskArn", task.arn},
        {"taskDefinitionArn", task.definition.value("taskDefinitionArn", "")},
        {"version", progress.ended     ? 5
                    : progress.started ? 3
                                       : 1},
        {"ephemeralStorage", {{"sizeInGiB", 20}}}};
    if (task.request.contains("startedBy")) described["startedBy"] = task.request["startedBy"];
    if (progress.started) described["startedAt"] = epoch_seconds(*progress.started);
    add_ending(described, task, progress, status);
    return described;
}

Json container_metadata(const Task& task, Instant now) {
    const Json& definition = task.definition["containerDefinitions"][0];
    const Progress progress = task.process->progress();
    Json metadata = {
        {"DockerId", task.id + "-0265927825"},
        {"Name", definition.value("name", "")},
        {"DockerName", definition.value("name", "")},
        {"Image", definition.value("image", "")},
        {"ImageID", ""},
        {"Labels", {{"com.amazonaws.ecs.task-arn", task.arn}}},
        {"DesiredStatus", desired_status(task)},
        {"KnownStatus", last_status(task, now)},
        {"Limits",
         {{"CPU", definition.value("cpu", 0)}, {"Memory", definition.value("memory", 0)}}},
        {"CreatedAt", iso_time(task.created)},
        {"Type", "NORMAL"},
        {"LogDriver", "awslogs"},
        {"LogOptions", log_options_of(task)},
        {"Networks", {{{"NetworkMode", "awsvpc"}, {"IPv4Addresses", {task.private_ip}}}}},
        {"Snapshotter", "overlayfs"}};
    if (progress.started) metadata["StartedAt"] = iso_time(*progress.started);
    return metadata;
}

Json task_metadata(const Task& task, Instant now) {
    const std::string arn = task.definition.value("taskDefinitionArn", "");
    return {{"Cluster", task.cluster_arn},
            {"TaskARN", task.arn},
            {"Family", task.definition.value("family", "")},
            {"Revision", arn.substr(arn.rfind(':') + 1)},
            {"DesiredStatus", desired_status(task)},
            {"KnownStatus", last_status(task, now)},
            {"Limits",
             {{"CPU", std::stod(task.definition.value("cpu", "256")) / 1024},
              {"Memory", std::stoi(task.definition.value("memory", "512"))}}},
            {"PullStartedAt", iso_time(task.created)},
            {"PullStoppedAt", iso_time(task.created)},
            {"AvailabilityZone", "us-east-1a"},
            {"LaunchType", "FARGATE"},
            {"Containers", {container_metadata(task, now)}}};
}

} // namespace sandbox
