// CloudFormation. In: a stack and a resource's logical id. Out: its physical id.
#pragma once

#include "src/aws/client.hpp"

#include <optional>

namespace snow_white::aws {

Result<std::string> get_physical_id(Client& client, const std::string& stack,
                                    const std::string& logical_id);
// None: the stack has no such resource. Any other failure (access denied, an outage) is an error.
Result<std::optional<std::string>> find_physical_id(Client& client, const std::string& stack,
                                                    const std::string& logical_id);

} // namespace snow_white::aws
