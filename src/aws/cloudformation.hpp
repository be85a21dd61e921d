// CloudFormation: what a stack's resource is really called.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

Result<std::string> get_physical_id(Client& client, const std::string& stack, const std::string& logical_id);

} // namespace snow_white::aws
