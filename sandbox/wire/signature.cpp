#include "sandbox/wire/signature.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace sandbox {

namespace {

const std::string algorithm = "AWS4-HMAC-SHA256";
constexpr auto allowed_skew = std::chrono::minutes(5);

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(part);
    return parts;
}

// Outer blanks off, runs of inner blanks to one.
std::string trimmed(const std::string& value) {
    std::string result;
    std::istringstream words(value);
    for (std::string word; words >> word;)
        result += (result.empty() ? "" : " ") + word;
    return result;
}

std::string canonical_headers(const HttpRequest& request, const std::string& signed_headers) {
    std::string lines;
    for (const std::string& name : split(signed_headers, ';')) {
        std::string values;
        const auto [first, last] = request.headers.equal_range(name);
        for (auto header = first; header != last; ++header)
            values += (header == first ? "" : ",") + trimmed(header->second);
        lines += name + ":" + values + "\n";
    }
    return lines;
}

std::string canonical_query(const std::string& query) {
    std::vector<std::string> pairs = split(query, '&');
    for (std::string& pair : pairs)
        if (pair.find('=') == std::string::npos) pair += '=';
    std::ranges::sort(pairs);
    return fmt::format("{}", fmt::join(pairs, "&"));
}

std::string string_to_sign(const HttpRequest& request, const Authorization& said,
                           const std::string& when) {
    const std::string canonical =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path,
                    canonical_query(request.query), canonical_headers(request, said.signed_headers),
                    said.signed_headers, sha256_hex(request.body));
    return fmt::format("{}\n{}\n{}/{}/{}/{}\n{}", algorithm, when, said.date, said.region,
                       said.service, said.terminator, sha256_hex(canonical));
}

std::string what_is_missing(const Authorization& said, const std::string& when) {
    std::string text;
    if (said.access_key.empty()) text += "Authorization header requires 'Credential' parameter. ";
    if (said.signature.empty()) text += "Authorization header requires 'Signature' parameter. ";
    if (said.signed_headers.empty())
        text += "Authorization header requires 'SignedHeaders' parameter. ";
    if (when.empty())
        text +=
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    return text;
}

std::string region_fault(const Dialect& dialect, const std::string& region) {
    if (serves(dialect, region)) return {};
    return fmt::format("Credential should be scoped to a valid region, not '{}'.", region);
}

std::string scope_fault(const Authorization& said, const Dialect& dialect,
                        const std::string& when) {
    if (said.service != dialect.service) return "Credential should be scoped to correct service.";
    if (const std::string fault = region_fault(dialect, said.region); !fault.empty()) return fault;
    if (said.terminator != "aws4_request")
        return fmt::format(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'.",
            said.terminator);
    if (when.substr(0, 8) != said.date)
        return fmt::format(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: '{}' != '{}', from '{}'.",
            said.date, when.substr(0, 8), when);
    if (!contains(split(said.signed_headers, ';'), "host"))
        return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    return {};
}

std::string skew_fault(Instant when, Instant now) {
    if (when < now - allowed_skew)
        return fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)",
                           basic_time(when), basic_time(now - allowed_skew), basic_time(now));
    if (when > now + allowed_skew)
        return fmt::format("Signature not yet current: {} is still later than {} ({} + 5 min.)",
                           basic_time(when), basic_time(now + allowed_skew), basic_time(now));
    return {};
}

void verify_token(const HttpRequest& request, const Credential& credential, const Dialect& dialect,
                  Instant now) {
    if (!equal_in_constant_time(request.header("X-Amz-Security-Token"), credential.session_token))
        throw auth_error(dialect, AuthFault::unknown_key);
    if (credential.expires && *credential.expires <= now)
        throw auth_error(dialect, AuthFault::expired_token);
}

} // namespace

Authorization parse_authorization(const std::string& header) {
    Authorization said;
    if (!header.starts_with(algorithm + " ")) return said;
    for (const std::string& part : split(header.substr(algorithm.size()), ',')) {
        const auto [key, value] = split_at(trimmed(part), '=');
        if (key == "SignedHeaders") said.signed_headers = value;
        if (key == "Signature") said.signature = value;
        const auto scope = split(value, '/');
        if (key != "Credential" || scope.size() != 5) continue;
        said.access_key = scope[0];
        said.date = scope[1];
        said.region = scope[2];
        said.service = scope[3];
        said.terminator = scope[4];
    }
    return said;
}

std::string signature_of(const HttpRequest& request, const Authorization& said,
                         const std::string& secret) {
    std::string key = hmac_sha256("AWS4" + secret, said.date);
    key = hmac_sha256(key, said.region);
    key = hmac_sha256(key, said.service);
    key = hmac_sha256(key, said.terminator);
    return hex(hmac_sha256(key, string_to_sign(request, said, request.header("X-Amz-Date"))));
}

void check_region(const Dialect& dialect, const std::string& region) {
    const std::string fault = region_fault(dialect, region);
    if (!fault.empty()) throw auth_error(dialect, AuthFault::wrong_signature, fault);
}

const Credential& verify_signature(const HttpRequest& request, const Authorization& authorization,
                                   const Dialect& dialect, const Identities& identities,
                                   Instant now) {
    if (request.header("Authorization").empty()) throw auth_error(dialect, AuthFault::missing);
    const std::string when = request.header("X-Amz-Date");
    const std::string missing = what_is_missing(authorization, when);
    if (!missing.empty()) throw auth_error(dialect, AuthFault::incomplete, missing);
    const auto signed_at = parse_basic_time(when);
    if (!signed_at)
        throw auth_error(dialect, AuthFault::incomplete,
                         fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'.", when));

    const Credential* const credential = identities.find(authorization.access_key);
    if (!credential) throw auth_error(dialect, AuthFault::unknown_key);
    const std::string scope = scope_fault(authorization, dialect, when);
    if (!scope.empty()) throw auth_error(dialect, AuthFault::wrong_signature, scope);
    const std::string skew = skew_fault(*signed_at, now);
    if (!skew.empty()) throw auth_error(dialect, AuthFault::expired_signature, skew);

    const std::string expected = signature_of(request, authorization, credential->secret);
    if (!equal_in_constant_time(expected, authorization.signature))
        throw auth_error(dialect, AuthFault::wrong_signature);
    verify_token(request, *credential, dialect, now);
    return *credential;
}

} // namespace sandbox
