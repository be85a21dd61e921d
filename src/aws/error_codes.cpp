#include "src/aws/error_codes.hpp"

#include <algorithm>
#include <array>

namespace snow_white::aws {

namespace {

// Source: botocore's retry definitions, and the common errors pages of the services.
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
                                  "RequestExpired"};
constexpr std::array unknown_action_codes{"InvalidAction", "UnknownOperationException", "UnknownOperation"};
constexpr std::array not_found_codes{"ClusterNotFoundException",  "NoSuchEntity",
                                     "ResourceNotFoundException", "InvalidDocument",
                                     "InvocationDoesNotExist",    "InvalidCommandId"};
constexpr std::array server_codes{"InternalServerError", "InternalFailure",    "InternalError",
                                  "ServerException",     "ServiceUnavailable", "ServiceUnavailableException",
                                  "Unavailable"};

} // namespace

ErrorKind kind_of(const std::string& code, int status) {
    const auto in = [&code](const auto& codes) { return std::ranges::find(codes, code) != codes.end(); };
    if (status == 429 || in(throttled_codes)) return ErrorKind::throttled;
    if (status >= 500 || in(server_codes)) return ErrorKind::server;
    if (in(denied_codes)) return ErrorKind::denied;
    if (in(unknown_action_codes)) return ErrorKind::unknown_action;
    if (in(not_found_codes)) return ErrorKind::not_found;
    if (status == 401 || status == 403) return ErrorKind::denied;
    return ErrorKind::invalid;
}

} // namespace snow_white::aws
