// What ECS does on Fargate under a task's execution role, in its order, before the container runs:
// reads the secrets, logs in to ECR and pulls the image, makes the log stream. A task that lacks a
// right for one of them stops with that as its reason. Lines that it may not put are lost without a
// word; that right is looked at once, when the task starts. Source of the words: "Stopped tasks
// error messages" in the ECS developer guide, and what users quote (GiamPy5/terraform-aws-directus
// issue 10, aws/copilot-cli issue 5639, aws/aws-app-mesh-examples issue 413).
#pragma once

#include "sandbox/policy/statement.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>

namespace sandbox {

using Json = nlohmann::json;

// Does it, as a session of the role; the words of the refusal when that is not granted.
using Attempt = std::function<std::optional<std::string>(
    const std::string& role_arn, const std::string& session, const RequiredPermission& permission)>;

struct LogDestination {
    std::string account;
    std::string region;
    std::string group; // empty: no log
    std::string stream;
};

struct Preparation {
    std::string obstacle; // why the task cannot start; empty: it can
    bool may_log = true;
};

// `definition`: the task definition's document; `request`: RunTask's, which may name another role.
Preparation prepare_container(const Json& definition, const Json& request,
                              const std::string& task_id, const LogDestination& log,
                              const Attempt& attempt);

} // namespace sandbox
