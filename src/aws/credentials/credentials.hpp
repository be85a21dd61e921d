// AWS credentials, and what every source of them (sources.hpp, assume_role.hpp) returns: keys,
// none, or an error.
#pragma once

#include "src/aws/result.hpp"
#include "src/base/clock.hpp"

#include <fmt/format.h>
#include <optional>
#include <string>

namespace snow_white::aws {

struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;      // empty for long-lived keys
    std::optional<Instant> expires; // none: they do not expire
};

// Of a source: keys; none, because the source is not configured, so the next one is tried; or
// ErrorKind::credentials with the profile and the step that failed, and what to do.
using OptionalCredentials = Result<std::optional<Credentials>>;

template <class... Arguments>
tl::unexpected<Error> refused(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    return tl::unexpected(
        Error{.kind = ErrorKind::credentials,
              .message = fmt::format(text, std::forward<Arguments>(arguments)...)});
}

// Valid for more than five minutes.
inline bool is_fresh(const Credentials& credentials, Instant now) {
    return !credentials.expires || *credentials.expires - now > std::chrono::minutes{5};
}

// The client asks it before each call.
class CredentialsProvider {
public:
    virtual ~CredentialsProvider() = default;
    virtual Result<Credentials> get() = 0;
    // AWS said that the keys have expired: the next get() finds newer ones.
    virtual void invalidate() = 0;
};

} // namespace snow_white::aws
