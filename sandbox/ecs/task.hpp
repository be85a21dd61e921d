// One task: what RunTask was asked, the process behind it, and how ECS and the metadata endpoint
// show both.
#pragma once

#include "sandbox/ecs/container_process.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace sandbox {

using Json = nlohmann::json;

struct Task {
    std::string id;             // 32 hex digits
    std::string credentials_id; // a secret of the container's: the task's id is in every ARN
    std::string arn;
    std::string cluster_arn;
    std::string private_ip;
    Json definition; // the document of its task definition
    Json request;    // RunTask's parameters
    snow_white::Instant created{};
    bool stop_asked = false;
    std::string stop_reason; // as StopTask gave it
    std::unique_ptr<ContainerProcess> process;
};

// PROVISIONING, PENDING, RUNNING and DEPROVISIONING last at least this long, so that each can be
// seen.
inline constexpr snow_white::Duration task_step{200};

std::string last_status(const Task& task, snow_white::Instant now);
std::string desired_status(const Task& task, snow_white::Instant now);

Json describe_task(const Task& task, bool with_tags, snow_white::Instant now);

// Metadata endpoint version 4 as Fargate (platform 1.4.0) answers it.
// Source: "Amazon ECS task metadata endpoint version 4 for tasks on Fargate" in the ECS developer
// guide.
Json container_metadata(const Task& task, snow_white::Instant now);
Json task_metadata(const Task& task, snow_white::Instant now);

} // namespace sandbox
