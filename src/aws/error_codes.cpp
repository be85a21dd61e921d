#include "src/aws/error_codes.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <pugixml.hpp>

namespace snow_white::aws {

namespace {

// Source: botocore's retry definitions, and the common errors pages of the services.
constexpr std::array throttled_codes{"Throttling",
                                     "ThrottlingException",
                                     "ThrottledException",
                                     "RequestThrottled",
                                     "RequestThrottledException",
                                     "RequestLimitExceeded",
                                     "TooManyRequestsException",
                                     "RateExceeded",
                                     "BandwidthLimitExceeded",
                                     "EC2ThrottledException",
                                     "PriorRequestNotComplete"};
constexpr std::array denied_codes{"AccessDenied",          "AccessDeniedException",
                                  "UnauthorizedOperation", "AuthFailure",
                                  "InvalidClientTokenId",  "UnrecognizedClientException",
                                  "SignatureDoesNotMatch", "InvalidSignatureException",
                                  "IncompleteSignature",   "ExpiredToken",
                                  "ExpiredTokenException", "MissingAuthenticationToken",
                                  "OptInRequired",         "NotAuthorized",
                                  "RequestExpired"};
constexpr std::array unknown_action_codes{"InvalidAction", "UnknownOperationException", "UnknownOperation"};
constexpr std::array not_found_codes{"ClusterNotFoundException",  "NoSuchEntity",
                                     "ResourceNotFoundException", "InvalidDocument",
                                     "InvocationDoesNotExist",    "InvalidCommandId"};
constexpr std::array server_codes{"InternalServerError", "InternalFailure",    "InternalError",
                                  "ServerException",     "ServiceUnavailable", "ServiceUnavailableException",
                                  "Unavailable"};

ErrorKind kind_of(const std::string& code, int status) {
    const auto in = [&code](const auto& codes) { return std::ranges::find(codes, code) != codes.end(); };
    if (status == 429 || in(throttled_codes)) return ErrorKind::throttled;
    if (status >= 500 || in(server_codes)) return ErrorKind::server;
    if (in(denied_codes)) return ErrorKind::denied;
    if (in(unknown_action_codes)) return ErrorKind::unknown_action;
    if (in(not_found_codes)) return ErrorKind::not_found;
    if (status == 401 || status == 403) return ErrorKind::denied;
    return ErrorKind::invalid;
}

std::string text_of(const nlohmann::json& body, const char* name) {
    if (!body.is_object()) return {};
    const auto found = body.find(name);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Error make_error(const HttpResponse& response, std::string code, std::string message,
                 std::string request_id) {
    if (code.empty() && message.empty()) message = fmt::format("HTTP {}", response.status);
    return {.kind = kind_of(code, response.status),
            .code = std::move(code),
            .message = std::move(message),
            .request_id = request_id.empty() ? response.request_id : std::move(request_id)};
}

} // namespace

Error decode_json_error(const HttpResponse& response, const nlohmann::json& body) {
    std::string code = text_of(body, "__type");
    code = code.substr(code.find('#') + 1); // "com.amazonaws.ssm#InvalidDocument"
    const std::string message = text_of(body, "message");
    return make_error(response, code, message.empty() ? text_of(body, "Message") : message, "");
}

Error decode_xml_error(const HttpResponse& response) {
    pugi::xml_document document;
    document.load_string(response.body.c_str());
    const auto root = document.document_element();
    // <ErrorResponse><Error>… of the query protocol, <Response><Errors><Error>… of EC2.
    const auto error = root.child("Error") ? root.child("Error") : root.child("Errors").child("Error");
    const std::string id = root.child_value("RequestId");
    return make_error(response, error.child_value("Code"), error.child_value("Message"),
                      id.empty() ? root.child_value("RequestID") : id);
}

bool is_well_formed(Protocol protocol, const std::string& body) {
    if (protocol == Protocol::json_1_1) return nlohmann::json::parse(body, nullptr, false).is_object();
    return static_cast<bool>(pugi::xml_document().load_string(body.c_str()));
}

} // namespace snow_white::aws
