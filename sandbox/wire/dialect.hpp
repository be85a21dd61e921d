// How each service speaks: its protocol, its version, and the words of its errors. Names, versions
// and target prefixes: the services' published API models. Error words: the services' "Common
// Errors" pages and answers as SDK users quote them.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace sandbox {

// An error as AWS words it. A service throws it; the wire layer renders it in the protocol of the
// call (JSON 1.1, or XML of the query protocol).
struct AwsError : std::runtime_error {
    AwsError(std::string aws_code, std::string message, int status = 400)
        : std::runtime_error(std::move(message)), code(std::move(aws_code)), http_status(status) {}

    std::string code; // as on the wire, e.g. "InvalidInstanceId"
    int http_status;  // 400 for the client's faults, 500 or 503 for the service's
};

// An error of status 400 whose message is formatted.
template <class... Arguments>
AwsError aws_error(std::string code, fmt::format_string<Arguments...> message,
                   Arguments&&... arguments) {
    return {std::move(code), fmt::format(message, std::forward<Arguments>(arguments)...)};
}

enum class Protocol { query, ec2, json };

struct Dialect {
    std::string service; // in the credential scope
    Protocol protocol;
    std::string version;         // query and ec2: the value of Version
    std::string target_prefix;   // json: what X-Amz-Target begins with
    std::string xml_namespace;   // query and ec2
    std::string validation_code; // of the error about a parameter out of its limits
};

// Null for a service that the sandbox does not have.
const Dialect* find_dialect(const std::string& service);

// Whether a request to this service can be for that region. IAM is there once, and signed for one
// region only.
bool serves(const Dialect& dialect, const std::string& region);

// For a request whose service is unknown: the errors of a plain JSON or query service, by what it
// looks like.
const Dialect& fallback_dialect(bool looks_like_json);

enum class AuthFault {
    missing,          // no Authorization header
    incomplete,       // it cannot be read
    unknown_key,      // no such access key, or a session token that does not belong to it
    expired_token,    // the session is over
    wrong_signature,  // the secret or what was signed differs
    expired_signature // the clock differs by more than five minutes
};
AwsError auth_error(const Dialect& dialect, AuthFault fault, const std::string& detail = {});

AwsError unknown_action(const Dialect& dialect, const std::string& action,
                        const std::string& version);
AwsError missing_parameter(const Dialect& dialect, const std::string& name);
AwsError unknown_parameter(const Dialect& dialect, const std::string& path);
AwsError malformed_value(const Dialect& dialect, const std::string& path, const std::string& value,
                         const std::string& wanted_type);

} // namespace sandbox
