// SigV4, the receiving side: who signed this request, and for which service? The rules: "Create a
// signed AWS API request" in AWS's IAM user guide. Only header signing is understood; nothing that
// we serve needs signed URLs.
#pragma once

#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/http_message.hpp"
#include "sandbox/wire/identities.hpp"

#include <string>

namespace sandbox {

// What an Authorization header says; its parts are empty when absent.
struct Authorization {
    std::string access_key;
    std::string date; // 20260102
    std::string region;
    std::string service;
    std::string terminator; // aws4_request
    std::string signed_headers;
    std::string signature;
};
Authorization parse_authorization(const std::string& header);

// What the signature has to be, in hex, when the caller's secret is `secret`.
std::string signature_of(const HttpRequest& request, const Authorization& authorization,
                         const std::string& secret);

// Throws AwsError for a region that this service is not in.
void check_region(const Dialect& dialect, const std::string& region);

// Throws AwsError in the words of `dialect`.
const Credential& verify_signature(const HttpRequest& request, const Authorization& authorization,
                                   const Dialect& dialect, const Identities& identities,
                                   Instant now);

} // namespace sandbox
