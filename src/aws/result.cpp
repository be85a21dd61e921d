#include "src/aws/result.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace snow_white::aws {

namespace {

constexpr std::array throttled_codes{"Throttling",
                                     "ThrottlingException",
                                     "ThrottledException",
                                     "RequestThrottled",
                                     "RequestThrottledException",
                                     "RequestLimitExceeded",
                                     "TooManyRequestsException",
                                     "RateExceeded",
                                     "BandwidthLimitExceeded",
                                     "EC2ThrottledException",
                                     "PriorRequestNotComplete"};
constexpr std::array denied_codes{"AccessDenied",          "AccessDeniedException",
                                  "UnauthorizedOperation", "AuthFailure",
                                  "InvalidClientTokenId",  "UnrecognizedClientException",
                                  "SignatureDoesNotMatch", "InvalidSignatureException",
                                  "IncompleteSignature",   "ExpiredToken",
                                  "ExpiredTokenException", "MissingAuthenticationToken",
                                  "OptInRequired",         "NotAuthorized",
                                  "RequestExpired",        "RequestTimeTooSkewed",
                                  "RequestInTheFuture"};
constexpr std::array unknown_action_codes{"InvalidAction", "UnknownOperationException",
                                          "UnknownOperation"};
// EC2 calls an impossible id malformed; both spellings of the subnets' code occur.
constexpr std::array not_found_codes{"ClusterNotFoundException",   "NoSuchEntity",
                                     "ResourceNotFoundException",  "InvalidDocument",
                                     "InvocationDoesNotExist",     "InvalidCommandId",
                                     "InvalidSubnetID.NotFound",   "InvalidSubnetID.Malformed",
                                     "InvalidSubnetId.Malformed",  "InvalidGroup.NotFound",
                                     "InvalidGroupId.Malformed",   "ImageNotFoundException",
                                     "RepositoryNotFoundException"};
constexpr std::array server_codes{
    "InternalServerError", "InternalFailure",    "InternalError",
    "ServerException",     "ServiceUnavailable", "ServiceUnavailableException",
    "Unavailable",         "RequestTimeout",     "RequestTimeoutException"};
constexpr std::array expiry_codes{"ExpiredToken", "ExpiredTokenException", "RequestExpired"};

template <std::size_t count>
bool is_one_of(const std::array<const char*, count>& known, const std::string& code) {
    return std::ranges::find(known, code) != known.end();
}

// Source: the services' API references.
constexpr std::pair<std::string_view, std::string_view> explanations[] = {
    {"InvalidInstanceId", "an instance is not running, or its agent is not registered with SSM"},
    {"InvalidNextToken", "the token of the next page is not accepted any more"},
    {"InvalidCommandId", "SSM does not know the command"},
    {"InvalidDocument", "the document does not exist"},
    {"InvalidPluginName", "the document has no step of that name"},
    {"InvocationDoesNotExist", "SSM has no such invocation, or none yet"},
    {"DuplicateInstanceId", "an instance is named twice"},
    {"UnsupportedPlatformType", "the document is not for the instance's platform"},
};

ErrorKind kind_of_code(const std::string& code, int status) {
    if (status == 429 || is_one_of(throttled_codes, code)) return ErrorKind::throttled;
    if (status >= 500 || is_one_of(server_codes, code)) return ErrorKind::server;
    if (is_one_of(denied_codes, code)) return ErrorKind::denied;
    if (is_one_of(unknown_action_codes, code)) return ErrorKind::unknown_action;
    if (is_one_of(not_found_codes, code)) return ErrorKind::not_found;
    if (status == 401 || status == 403) return ErrorKind::denied;
    return ErrorKind::invalid;
}

// CODE of "… (ErrorCode: CODE; …)"; empty: there is none.
std::string wrapped_code(const std::string& message) {
    constexpr std::string_view before = "(ErrorCode: ";
    const auto at = message.find(before);
    if (at == std::string::npos) return "";
    const auto begin = at + before.size();
    return message.substr(begin, message.find_first_of(" ;)", begin) - begin);
}

// Empty: nothing to add to the code.
std::string_view explanation_of(const std::string& code) {
    for (const auto& [known, explanation] : explanations)
        if (code == known) return explanation;
    switch (kind_of_code(code, 0)) {
    case ErrorKind::throttled:
        return "more calls than AWS takes at a time";
    case ErrorKind::server:
        return "the service itself failed";
    case ErrorKind::denied:
        return "not allowed, or the keys are not accepted";
    default:
        return "";
    }
}

} // namespace

std::string describe(const Error& error) {
    const std::string reason =
        error.message.empty() ? std::string(explanation_of(error.code)) : error.message;
    std::string line = error.service.empty() ? "" : error.service + " ";
    line += error.action.empty() ? "" : error.action + ": ";
    line += error.code;
    line += error.code.empty() || reason.empty() ? "" : ": ";
    line += error.code.empty() && reason.empty() ? "no reason given" : reason;
    line += error.request_id.empty() ? "" : " (request " + error.request_id + ")";
    return line;
}

std::string describe_briefly(const Error& error) {
    return error.service + " " + error.action + ": " +
           (error.code.empty() ? error.message : error.code);
}

Error error_of(const HttpError& error) {
    return {.kind = error.was_sent ? ErrorKind::transport : ErrorKind::unreachable,
            .message = error.message};
}

ErrorKind kind_of(const std::string& code, int status, const std::string& message) {
    const ErrorKind kind = kind_of_code(code, status);
    if (kind != ErrorKind::invalid) return kind;
    const ErrorKind wrapped = kind_of_code(wrapped_code(message), status);
    return wrapped == ErrorKind::throttled || wrapped == ErrorKind::server ? wrapped : kind;
}

bool is_transient(ErrorKind kind) {
    return had_no_effect(kind) || kind == ErrorKind::transport || kind == ErrorKind::server ||
           kind == ErrorKind::malformed;
}

bool had_no_effect(ErrorKind kind) {
    return kind == ErrorKind::throttled || kind == ErrorKind::unreachable;
}

bool is_expiry(const std::string& code) {
    return is_one_of(expiry_codes, code);
}

} // namespace snow_white::aws
