// Signature Version 4, by which every AWS API knows who calls.
// In: a request that is to be signed, and the time. Out: the headers that it gets besides its own.
// The key that signs holds for a day, a region and a service: it is derived once for them, which is why
// libcurl does not sign (docs/decisions.md has what that cost). Source:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include "src/aws/http.hpp"
#include "src/clock/clock.hpp"

#include <array>
#include <memory>

namespace snow_white::aws {

class Signer {
public:
    Signer();
    ~Signer();

    // `request.signing` is there; its URL has a path that needs no encoding, and no query; its headers'
    // values have neither blanks at their ends nor two in a row.
    Headers headers_for(const HttpRequest& request, Instant now);

private:
    using Digest = std::array<unsigned char, 32>;
    struct Hashes;

    const Digest& key_of(const Signing& signing, const std::string& day);

    std::unique_ptr<Hashes> hashes_; // none before the first signature: OpenSSL takes its time
    std::string key_is_for_;
    Digest key_{};
};

} // namespace snow_white::aws
