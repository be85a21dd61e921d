// One task: what RunTask was asked, the process behind it, and how ECS shows both.
#pragma once

#include "sandbox/ecs/container_process.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace sandbox {

using Json = nlohmann::json;

struct Task {
    std::string id; // 32 hex digits
    std::string arn;
    std::string cluster_arn;
    std::string definition_arn;
    Json definition; // the document of its task definition
    Json request;    // RunTask's parameters
    snow_white::Instant created{};
    std::optional<snow_white::Instant> stop_asked;
    std::string stop_reason; // as StopTask gave it
    std::unique_ptr<ContainerProcess> process;

    // PROVISIONING, PENDING, RUNNING, DEPROVISIONING, STOPPED: short steps, but each is there to be seen.
    std::string last_status(snow_white::Instant now) const;
    Json describe(bool with_tags, snow_white::Instant now) const;
};

// A task waits this long in PROVISIONING, as long in PENDING, and as long in DEPROVISIONING.
inline constexpr snow_white::Duration task_step{200};

// Metadata endpoint version 4, as the Fargate agent (platform 1.4.0) answers it.
Json container_metadata(const Task& task, snow_white::Instant now);
Json task_metadata(const Task& task, snow_white::Instant now);

} // namespace sandbox
