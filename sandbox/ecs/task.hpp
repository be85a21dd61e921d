// One task: what RunTask was asked, the process behind it, and how ECS and the metadata endpoint
// show both.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/ecs/container_process.hpp"

#include <memory>
#include <string>

namespace sandbox {

struct Task {
    std::string id;             // 32 hex digits
    std::string credentials_id; // a secret of the container's: the task's id is in every ARN
    std::string arn;
    std::string cluster_arn;
    std::string private_ip;
    Json definition; // the document of its task definition
    Json request;    // RunTask's parameters
    Instant created{};
    bool stop_asked = false;
    std::string stop_reason; // as StopTask gave it
    std::unique_ptr<ContainerProcess> process;
};

// PROVISIONING, PENDING, RUNNING and DEPROVISIONING last at least this long, so that each can be
// seen.
inline constexpr Duration task_step{200};

// "PREFIX/CONTAINER/ID": the log stream of a container, as the definition describes it.
std::string log_stream_of(const Json& container, const std::string& task_id);
std::string last_status(const Task& task, Instant now);
std::string desired_status(const Task& task);

Json describe_task(const Task& task, bool with_tags, Instant now);

// Metadata endpoint version 4 as Fargate (platform 1.4.0) answers it.
// Source: "Amazon ECS task metadata endpoint version 4 for tasks on Fargate" in the ECS developer
// guide.
Json container_metadata(const Task& task, Instant now);
Json task_metadata(const Task& task, Instant now);

} // namespace sandbox
