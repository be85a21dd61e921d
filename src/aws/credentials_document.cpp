#include "src/aws/credentials_document.hpp"

#include "src/aws/timestamp.hpp"

#include <nlohmann/json.hpp>

namespace snow_white::aws {

namespace {

using Document = nlohmann::json;

Result<Document> parse(const std::string& text, const std::string& source) {
    Document document = Document::parse(text, nullptr, false);
    if (!document.is_object()) return refused(source + " did not answer with a JSON object");
    return document;
}

std::string text_of(const Document& document, const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Result<Credentials> read(const Document& document, const std::string& source) {
    const std::string token = text_of(document, "SessionToken");
    Credentials credentials{.access_key_id = text_of(document, "AccessKeyId"),
                            .secret_access_key = text_of(document, "SecretAccessKey"),
                            .session_token = token.empty() ? text_of(document, "Token") : token,
                            .expires = parse_timestamp(text_of(document, "Expiration"))};
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty())
        return refused(source + " answered without AccessKeyId or SecretAccessKey");
    return credentials;
}

} // namespace

Result<Credentials> parse_credentials(const std::string& text, const std::string& source) {
    const auto document = parse(text, source);
    if (!document) return tl::unexpected(document.error());
    return read(*document, source);
}

Result<Credentials> parse_process_credentials(const std::string& text, const std::string& source) {
    const auto document = parse(text, source);
    if (!document) return tl::unexpected(document.error());
    const auto version = document->find("Version");
    if (version == document->end() || *version != 1)
        return refused(source + " did not answer with \"Version\": 1, the only one there is");
    return read(*document, source);
}

} // namespace snow_white::aws
