// Errors of AWS calls, as values. In: AWS's error code, message and HTTP status, or a transport
// error. Out: an Error whose kind says what can be done, and sentences for people. Source of the
// codes: botocore's retry definitions, and the services' pages on common errors.
#pragma once

#include "src/http/http.hpp"

#include <string>

namespace snow_white::aws {

enum class ErrorKind {
    throttled,      // retry later
    unreachable,    // no connection: nothing was sent
    transport,      // no answer, or a truncated one: the call may have had its effect
    server,         // 5xx: retry; the call may have had its effect
    denied,         // no permission, or the credentials are not accepted
    not_found,      // what the call names does not exist
    invalid,        // the service understood the call and refuses it
    unknown_action, // the server does not know the operation
    malformed,      // the answer is not what the protocol says
    credentials,    // there are none to sign with
};

struct Error {
    ErrorKind kind = ErrorKind::invalid;
    std::string service; // "ecs"
    std::string action;  // "RunTask"
    std::string code;    // AWS's, e.g. "ClusterNotFoundException"; empty: no answer
    std::string message;
    std::string request_id; // empty: AWS gave none
};

template <class T> using Result = tl::expected<T, Error>;

// One line for a person: "ecs RunTask: ClusterNotFoundException: Cluster not found. (request
// 1b2c…)". A code that AWS sends without a message is explained (InvalidInstanceId,
// InvalidNextToken and ThrottlingException have been seen so).
std::string describe(const Error& error);

// The same for every call that fails for this reason: "ecs RunTask: ClusterNotFoundException".
std::string describe_briefly(const Error& error);

// Without service and action: the caller adds them.
Error error_of(const HttpError& error);

// `code` empty: the HTTP status decides. A code that wraps another service's retryable one counts
// as that one: ECS returns EC2's as InvalidParameterException ("… Rate exceeded (ErrorCode:
// Throttling)").
ErrorKind kind_of(const std::string& code, int status, const std::string& message = {});

// Retryable: the failure may be temporary.
bool is_transient(ErrorKind kind);

// The call certainly had no effect, so even a call that must not be made twice can be retried.
bool had_no_effect(ErrorKind kind);

// The credentials have expired: newer ones may be accepted.
bool is_expiry(const std::string& code);

} // namespace snow_white::aws
