// Results and errors on the wire: JSON 1.1, the XML of the query protocol, and EC2's own flavour of
// it.
#pragma once

#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/http_message.hpp"
#include "sandbox/wire/shape.hpp"

#include <string>

namespace sandbox {

inline constexpr const char* json_type = "application/x-amz-json-1.1";

HttpResponse render_result(const Dialect& dialect, const std::string& action, const Json& result,
                           const std::string& request_id);
HttpResponse render_error(const Dialect& dialect, const AwsError& error,
                          const std::string& request_id);

} // namespace sandbox
