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
                                  "RequestExpired",        "RequestTimeTooSkewed",
                                  "RequestInTheFuture"};
constexpr std::array unknown_action_codes{"InvalidAction", "UnknownOperationException", "UnknownOperation"};
// EC2 calls an id malformed that can be nobody's; both spellings of the subnets' occur.
constexpr std::array not_found_codes{"ClusterNotFoundException",  "NoSuchEntity",
                                     "ResourceNotFoundException", "InvalidDocument",
                                     "InvocationDoesNotExist",    "InvalidCommandId",
                                     "InvalidSubnetID.NotFound",  "InvalidSubnetID.Malformed",
                                     "InvalidSubnetId.Malformed", "InvalidGroup.NotFound",
                                     "InvalidGroupId.Malformed"};
constexpr std::array server_codes{"InternalServerError", "InternalFailure",    "InternalError",
                                  "ServerException",     "ServiceUnavailable", "ServiceUnavailableException",
                                  "Unavailable",         "RequestTimeout",     "RequestTimeoutException"};
constexpr std::array expiry_codes{"ExpiredToken", "ExpiredTokenException", "RequestExpired"};

template <std::size_t count>
bool is_one_of(const std::array<const char*, count>& codes, const std::string& code) {
    return std::ranges::find(codes, code) != codes.end();
}

} // namespace

ErrorKind kind_of(const std::string& code, int status) {
    if (status == 429 || is_one_of(throttled_codes, code)) return ErrorKind::throttled;
    if (status >= 500 || is_one_of(server_codes, code)) return ErrorKind::server;
    if (is_one_of(denied_codes, code)) return ErrorKind::denied;
    if (is_one_of(unknown_action_codes, code)) return ErrorKind::unknown_action;
    if (is_one_of(not_found_codes, code)) return ErrorKind::not_found;
    if (status == 401 || status == 403) return ErrorKind::denied;
    return ErrorKind::invalid;
}

bool is_expiry(const std::string& code) {
    return is_one_of(expiry_codes, code);
}

} // namespace snow_white::aws
