// Errors are values. What can be done about one follows from its kind.
#pragma once

#include "src/http/http.hpp"

#include <string>

namespace snow_white::aws {

enum class ErrorKind {
    throttled,      // slow down and try again
    unreachable,    // no connection came about: nothing was sent
    transport,      // no answer, or one cut short: the call may have had its effect
    server,         // 5xx: try again; the call may have had its effect
    denied,         // not allowed, or the credentials are not accepted
    not_found,      // what was named does not exist
    invalid,        // the service understood and refuses
    unknown_action, // the server does not know this call at all
    malformed,      // an answer that is not what the protocol says
    credentials,    // there are none to sign with
};

struct Error {
    ErrorKind kind = ErrorKind::invalid;
    std::string service; // "ecs"
    std::string action;  // "RunTask"
    std::string code; // AWS's own, e.g. "ClusterNotFoundException"; empty when there was no answer
    std::string message;
    std::string request_id; // empty when AWS gave none
};

template <class T> using Result = tl::expected<T, Error>;

// One line for a person: "ecs RunTask: ClusterNotFoundException: Cluster not found. (request
// 1b2c…)". A code without a message is told with what it means.
std::string describe(const Error& error);

// The same without what differs from call to call: "ecs RunTask: ClusterNotFoundException".
std::string describe_briefly(const Error& error);

// As the client and the sources of credentials have it: neither service nor action is in it.
Error error_of(const HttpError& error);

// The next try may go better.
bool is_transient(ErrorKind kind);

// The call certainly had no effect, so that even one that must not be made twice can be tried
// again.
bool had_no_effect(ErrorKind kind);

} // namespace snow_white::aws
