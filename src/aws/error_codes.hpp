// AWS's error codes and what each means for us. One table for all services.
#pragma once

#include "src/aws/result.hpp"

namespace snow_white::aws {

// `code` empty: the HTTP status decides.
ErrorKind kind_of(const std::string& code, int status);

} // namespace snow_white::aws
