// Whose keys sign our calls: what they are, and what every source of them gives. The sources are a
// file each, credentials_*.hpp; credentials_chain.hpp has their order and keeps the keys fresh.
#pragma once

#include "src/aws/result.hpp"
#include "src/base/clock.hpp"

#include <optional>
#include <string>

namespace snow_white::aws {

struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;      // empty for long-lived keys
    std::optional<Instant> expires; // none: they do not expire
};

// What a source found: keys; none, because it is not the one that is configured, so the next one's
// turn comes; or an error of kind ErrorKind::credentials that says which profile and step failed,
// and what to do.
using OptionalCredentials = Result<std::optional<Credentials>>;

// An error of kind ErrorKind::credentials.
tl::unexpected<Error> refused(std::string message);

// Good for at least five more minutes.
bool is_fresh(const Credentials& credentials, Instant now);

// Where the client has its keys from, before each call.
class CredentialsProvider {
public:
    virtual ~CredentialsProvider() = default;
    virtual Result<Credentials> get() = 0;
    // AWS says that these have expired, whatever we know of them: the next get() looks anew.
    virtual void invalidate() = 0;
};

} // namespace snow_white::aws
