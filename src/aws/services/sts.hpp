// STS. In: credentials. Out: the ARN of their owner.
#pragma once

#include "src/aws/client.hpp"

namespace snow_white::aws {

// For example arn:aws:iam::123456789012:user/alice or
// arn:aws:sts::123456789012:assumed-role/ROLE/SESSION.
Result<std::string> get_caller_arn(Client& client);

} // namespace snow_white::aws
