// AWS's error codes and what each means for us. One table for all services.
#pragma once

#include "src/aws/result.hpp"

namespace snow_white::aws {

// `code` empty: the HTTP status decides. A code that wraps another service's passing one, as ECS
// does with EC2's ("… Rate exceeded (ErrorCode: Throttling)" in an InvalidParameterException),
// counts as that one.
ErrorKind kind_of(const std::string& code, int status, const std::string& message = {});

// What it means, for a code that AWS sends without a message (InvalidInstanceId, InvalidNextToken
// and ThrottlingException are seen so); empty where there is nothing to add.
std::string_view meaning_of(const std::string& code);

// The keys were good once: newer ones may be accepted.
bool is_expiry(const std::string& code);

} // namespace snow_white::aws
