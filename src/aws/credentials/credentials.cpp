#include "src/aws/credentials/credentials.hpp"

namespace snow_white::aws {

namespace {

constexpr std::chrono::minutes freshness{5};

} // namespace

tl::unexpected<Error> refused(std::string message) {
    return tl::unexpected(Error{.kind = ErrorKind::credentials, .message = std::move(message)});
}

bool is_fresh(const Credentials& credentials, Instant now) {
    return !credentials.expires || *credentials.expires - now > freshness;
}

} // namespace snow_white::aws
