#include "src/aws/response.hpp"

#include "src/aws/error_codes.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

// AWS names what it refuses. Without a name it is a proxy's word, or an answer that was cut.
bool is_unclear(int status) {
    return status >= 400 && status < 500 && status != 401 && status != 403 && status != 404 &&
           status != 429;
}

Error make_error(const HttpResponse& response, std::string code, std::string message,
                 std::string request_id) {
    const bool is_wordless = code.empty() && message.empty();
    if (is_wordless) message = fmt::format("HTTP {}", response.status);
    return {.kind = is_wordless && is_unclear(response.status)
                        ? ErrorKind::malformed
                        : kind_of(code, response.status, message),
            .code = std::move(code),
            .message = std::move(message),
            .request_id = request_id.empty() ? response.request_id : std::move(request_id)};
}

// Both spellings are seen, of one service, too.
std::string message_in(const Json& error) {
    const std::string message = text_of(error, "message");
    return message.empty() ? text_of(error, "Message") : message;
}

Error json_error(const HttpResponse& response) {
    const Json body = parse_json(response.body).value_or(Json::object());
    std::string code = text_of(body, "__type");
    code = code.substr(code.find('#') + 1); // "com.amazonaws.ssm#InvalidDocument"
    return make_error(response, code, message_in(body), "");
}

// {"Error":{"Code":…,"Message":…},"RequestId":…}: a service of the query protocol behind something
// that asks for JSON. None: it is not that.
std::optional<Error> query_error_in_json(const HttpResponse& response) {
    const auto body = parse_json(response.body);
    if (!body || !body->is_object() || !body->contains("Error")) return std::nullopt;
    const Json& error = (*body)["Error"];
    return make_error(response, text_of(error, "Code"), message_in(error),
                      text_of(*body, "RequestId"));
}

// Of the query protocol, of EC2, and where some services put it with their good answers.
std::string request_id_in(const pugi::xml_node& root) {
    for (const auto& node : {root.child("RequestId"), root.child("RequestID"),
                             root.child("ResponseMetadata").child("RequestId")})
        if (node) return node.child_value();
    return "";
}

Error query_error(const HttpResponse& response) {
    if (const auto error = query_error_in_json(response)) return *error;
    pugi::xml_document document;
    document.load_buffer(response.body.data(), response.body.size(), pugi::parse_default,
                         pugi::encoding_utf8);
    const auto root = document.document_element();
    // <ErrorResponse><Error>… of the query protocol, <Response><Errors><Error>… of EC2.
    const auto error =
        root.child("Error") ? root.child("Error") : root.child("Errors").child("Error");
    return make_error(response, error.child_value("Code"), error.child_value("Message"),
                      request_id_in(root));
}

// A page of instances is megabytes: pugixml makes the document in the text itself, which lives with
// it.
struct XmlInPlace {
    std::string text;
    pugi::xml_document document;
};

std::optional<Document> parse_xml(std::string body) {
    const auto xml = std::make_shared<XmlInPlace>();
    xml->text = std::move(body);
    if (!xml->document.load_buffer_inplace(xml->text.data(), xml->text.size(), pugi::parse_default,
                                           pugi::encoding_utf8))
        return std::nullopt;
    return Xml(xml, &xml->document);
}

std::optional<Document> parse(Protocol protocol, std::string body) {
    if (protocol != Protocol::json_1_1) return parse_xml(std::move(body));
    auto json = parse_json(body);
    if (!json || !json->is_object()) return std::nullopt;
    return std::move(*json);
}

bool holds(const Document& document, std::string_view wanted) {
    if (wanted.empty()) return true;
    if (const auto* json = std::get_if<Json>(&document)) return json->contains(wanted);
    return !std::get<Xml>(document)->document_element().child(std::string(wanted).c_str()).empty();
}

} // namespace

Result<Document> parse_response(const Operation& operation, HttpResponse& response) {
    const Protocol protocol = operation.service.protocol;
    if (response.status != 200)
        return tl::unexpected(protocol == Protocol::json_1_1 ? json_error(response)
                                                             : query_error(response));
    const std::size_t size = response.body.size();
    auto document = parse(protocol, std::move(response.body));
    if (!document || !holds(*document, operation.holds))
        return tl::unexpected(
            Error{.kind = ErrorKind::malformed,
                  .message = fmt::format(
                      "the answer ({} bytes) is cut short or not what the protocol says", size),
                  .request_id = response.request_id});
    return std::move(*document);
}

} // namespace snow_white::aws
