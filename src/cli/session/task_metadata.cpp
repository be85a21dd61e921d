#include "src/cli/session/task_metadata.hpp"

#include "src/aws/services/ecs.hpp"

namespace snow_white::cli {

namespace {

constexpr std::chrono::seconds metadata_timeout{2}; // the endpoint is on the task's own host

} // namespace

Invoker invoker_of_task(const Environment& environment, Http& http, aws::Client& cluster) {
    const std::string base = environment.get("ECS_CONTAINER_METADATA_URI_V4");
    if (base.empty()) return {};
    const auto answer = http.send({.method = "GET",
                                   .url = base + "/task",
                                   .timeout = metadata_timeout,
                                   .bypass_proxy = true});
    if (!answer || answer->status != 200) return {};
    const auto document = parse_json(answer->body);
    if (!document || !document->is_object()) return {};
    const auto task =
        aws::describe_task(cluster, text_of(*document, "Cluster"), {text_of(*document, "TaskARN")});
    return task ? from_started_by(task->started_by) : Invoker{};
}

} // namespace snow_white::cli
