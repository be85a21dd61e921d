// STS: who the credentials really are.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

// The ARN, e.g. arn:aws:iam::123456789012:user/alice or
// arn:aws:sts::123456789012:assumed-role/ROLE/SESSION.
Result<std::string> get_caller_arn(Client& client);

} // namespace snow_white::aws
