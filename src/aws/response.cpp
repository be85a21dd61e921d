#include "src/aws/response.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

namespace {

// AWS's own answers of these statuses have a code: without one, a proxy answered, as with a
// redirect to a page of its own, or the answer was truncated.
bool needs_code(int status) {
    return status >= 300 && status < 500 && status != 401 && status != 403 && status != 404 &&
           status != 429;
}

Error make_error(const HttpResponse& response, std::string code, std::string message,
                 std::string request_id) {
    const bool has_no_reason = code.empty() && message.empty();
    if (has_no_reason) message = fmt::format("HTTP {}", response.status);
    return {.kind = has_no_reason && needs_code(response.status)
                        ? ErrorKind::malformed
                        : kind_of(code, response.status, message),
            .code = std::move(code),
            .message = std::move(message),
            .request_id = request_id.empty() ? response.request_id : std::move(request_id)};
}

// Both spellings occur, even of one service.
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

// {"Error":{"Code":…,"Message":…},"RequestId":…}: what a service of the query protocol answers to a
// proxy that asks for JSON. None: another answer.
std::optional<Error> query_error_in_json(const HttpResponse& response) {
    const auto body = parse_json(response.body);
    if (!body || !body->is_object() || !body->contains("Error")) return std::nullopt;
    const Json& error = (*body)["Error"];
    return make_error(response, text_of(error, "Code"), message_in(error),
                      text_of(*body, "RequestId"));
}

// In the query protocol, in EC2, and where some services put it in successful answers.
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

// A page of instances has megabytes: pugixml parses in place, so the text lives with the document.
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

bool has_member(const Document& document, std::string_view name) {
    if (name.empty()) return true;
    if (const auto* json = std::get_if<Json>(&document)) return json->contains(name);
    return !std::get<Xml>(document)->document_element().child(std::string(name).c_str()).empty();
}

} // namespace

Result<Document> parse_response(const Operation& operation, HttpResponse& response) {
    const Protocol protocol = operation.service.protocol;
    if (response.status != 200)
        return tl::unexpected(protocol == Protocol::json_1_1 ? json_error(response)
                                                             : query_error(response));
    const std::size_t size = response.body.size();
    auto document = parse(protocol, std::move(response.body));
    if (!document || !has_member(*document, operation.required_member))
        return tl::unexpected(
            Error{.kind = ErrorKind::malformed,
                  .message = fmt::format(
                      "the answer ({} bytes) is cut short or not what the protocol says", size),
                  .request_id = response.request_id});
    return std::move(*document);
}

Error malformed(const Operation& operation, std::string message) {
    return {.kind = ErrorKind::malformed,
            .service = std::string(operation.service.name),
            .action = std::string(operation.name),
            .message = std::move(message)};
}

} // namespace snow_white::aws
