// An error as AWS words it. A service throws it; the wire layer renders it in the protocol of the
// call (JSON 1.1, or XML of the query protocol).
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace sandbox {

struct AwsError : std::runtime_error {
    AwsError(std::string aws_code, std::string message, int status = 400)
        : std::runtime_error(std::move(message)), code(std::move(aws_code)), http_status(status) {}

    std::string code; // as on the wire, e.g. "InvalidInstanceId"
    int http_status;  // 400 for the client's faults, 500 or 503 for the service's
};

} // namespace sandbox
