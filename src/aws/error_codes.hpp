// AWS's error codes and what each means for us. One table for all services.
#pragma once

#include "src/aws/result.hpp"

namespace snow_white::aws {

// `code` empty: the HTTP status decides.
ErrorKind kind_of(const std::string& code, int status);

// The keys were good once: newer ones may be accepted.
bool is_expiry(const std::string& code);

} // namespace snow_white::aws
