#include "src/aws/credentials/credentials_json.hpp"

#include "src/base/json.hpp"
#include "src/base/time_format.hpp"

namespace snow_white::aws {

namespace {

constexpr std::size_t max_reason = 200; // characters; AWS's reasons are shorter

Result<Json> parse_object(const std::string& text, const std::string& source) {
    auto document = parse_json(text);
    if (!document || !document->is_object())
        return refused("{} did not answer with a JSON object", source);
    return std::move(*document);
}

Result<Credentials> read_keys(const Json& document, const std::string& source) {
    const std::string token = text_of(document, "SessionToken");
    Credentials credentials{.access_key_id = text_of(document, "AccessKeyId"),
                            .secret_access_key = text_of(document, "SecretAccessKey"),
                            .session_token = token.empty() ? text_of(document, "Token") : token,
                            .expires = parse_timestamp(text_of(document, "Expiration"))};
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return refused("{} answered without AccessKeyId or SecretAccessKey", source);
    return credentials;
}

} // namespace

Result<Credentials> parse_credentials(const std::string& text, const std::string& source) {
    const auto document = parse_object(text, source);
    if (!document) return tl::unexpected(document.error());
    const std::string code = text_of(*document, "Code");
    const std::string message = text_of(*document, "Message");
    // HTTP 200 without keys: "AssumeRoleUnauthorizedAccess", "Failed" (AWS's guide to instance
    // metadata).
    if (!code.empty() && code != "Success")
        return refused("{} has no keys: {}", source,
                       (code + (message.empty() ? "" : ": " + message)).substr(0, max_reason));
    return read_keys(*document, source);
}

Result<Credentials> parse_process_credentials(const std::string& text, const std::string& source) {
    const auto document = parse_object(text, source);
    if (!document) return tl::unexpected(document.error());
    const auto version = document->find("Version");
    if (version == document->end() || *version != 1)
        return refused("{} did not answer with \"Version\": 1, the only one there is", source);
    return read_keys(*document, source);
}

} // namespace snow_white::aws
