// How each service speaks: its protocol, its version, and the words of its errors. Names, versions
// and target prefixes: the services' published API models. Error words: the services' "Common
// Errors" pages and answers as SDK users quote them.
#pragma once

#include "sandbox/wire/aws_error.hpp"

#include <string>

namespace sandbox {

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
