// Whose keys sign our calls. In: the process's environment and the files that every AWS SDK reads.
// Out: keys, fresh enough to use, or an error that says which step failed and what to do about it.
// Sources, in order (as the AWS SDKs have it): a profile that was asked for by name; else AWS_ACCESS_KEY_ID
// …; else the profile AWS_PROFILE or `default`; else the container's endpoint.
#pragma once

#include "src/clock/clock.hpp"

#include <optional>
#include <string>

namespace snow_white::aws {

struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;      // empty for long-lived keys
    std::optional<Instant> expires; // none: they do not expire
};

} // namespace snow_white::aws
