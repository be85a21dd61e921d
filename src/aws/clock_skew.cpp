#include "src/aws/clock_skew.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace snow_white::aws {

namespace {

// Both as the AWS SDKs have them: aws-sdk-java-v2, RetryUtils and ClockSkew.
constexpr std::array codes{"RequestTimeTooSkewed",      "RequestExpired",
                           "RequestInTheFuture",        "SignatureDoesNotMatch",
                           "InvalidSignatureException", "AuthFailure"};
constexpr std::chrono::minutes tolerated{4};

} // namespace

std::string clock_fault(const Error& error, const HttpResponse& response, Instant now) {
    if (!response.date || std::ranges::find(codes, error.code) == codes.end()) return {};
    const auto ahead = now - *response.date;
    if (std::chrono::abs(ahead) <= tolerated) return {};
    return fmt::format(
        "this machine's clock is {} minutes {} AWS's: set it, then run the same command again",
        std::chrono::round<std::chrono::minutes>(std::chrono::abs(ahead)).count(),
        ahead.count() > 0 ? "ahead of" : "behind");
}

} // namespace snow_white::aws
