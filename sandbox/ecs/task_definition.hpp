// An AWS::ECS::TaskDefinition as the stack resolved it, in the words of the ECS API; and the
// secrets that the execution role would fetch for its containers.
#pragma once

#include "sandbox/stack/stack.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace sandbox {

// As DescribeTaskDefinition answers it: camelCase, numbers where the API has numbers.
Json task_definition_document(const StackResource& resource, const Stack& stack);

// What a container's `valueFrom` (an ARN of Secrets Manager) stands for; none when there is no such
// secret.
std::optional<std::string> secret_value(const Stack& stack, const std::string& value_from);

} // namespace sandbox
