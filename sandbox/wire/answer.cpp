#include "sandbox/wire/answer.hpp"

#include <fmt/format.h>

#include <map>

namespace sandbox {

namespace {

std::string xml_escaped(const std::string& text) {
    static const std::map<char, const char*> entities{
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    std::string out;
    for (const char c : text) {
        const auto entity = entities.find(c);
        out += entity == entities.end() ? std::string(1, c) : entity->second;
    }
    return out;
}

void write_xml(std::string& out, const std::string& name, const Json& value,
               const std::string& item_name) {
    if (value.is_null()) return;
    out += "<" + name + ">";
    if (value.is_object()) {
        for (const auto& [key, member] : value.items())
            write_xml(out, key, member, item_name);
    } else if (value.is_array()) {
        for (const Json& element : value)
            write_xml(out, item_name, element, item_name);
    } else {
        out += value.is_string() ? xml_escaped(value.get_ref<const std::string&>()) : value.dump();
    }
    out += "</" + name + ">";
}

HttpResponse response(int status, const std::string& content_type, std::string body,
                      const std::string& request_id) {
    HttpResponse answer;
    answer.status = status;
    answer.content_type = content_type;
    answer.headers.emplace("x-amzn-RequestId", request_id);
    answer.body = std::move(body);
    return answer;
}

const char* const xml_type = "text/xml;charset=UTF-8";

} // namespace

HttpResponse render_result(const Dialect& dialect, const std::string& action, const Json& result,
                           const std::string& request_id) {
    if (dialect.protocol == Protocol::json)
        return response(200, json_type, result.dump(-1, ' ', false, Json::error_handler_t::replace),
                        request_id);
    std::string xml = fmt::format(R"(<{}Response xmlns="{}">)", action, dialect.xml_namespace);
    if (dialect.protocol == Protocol::ec2) {
        write_xml(xml, "requestId", request_id, "item");
        for (const auto& [key, member] : result.items())
            write_xml(xml, key, member, "item");
    } else {
        write_xml(xml, action + "Result", result, "member");
        write_xml(xml, "ResponseMetadata", {{"RequestId", request_id}}, "member");
    }
    return response(200, xml_type, xml + fmt::format("</{}Response>\n", action), request_id);
}

HttpResponse render_error(const Dialect& dialect, const AwsError& error,
                          const std::string& request_id) {
    const std::string message = error.what();
    if (dialect.protocol == Protocol::json) {
        Json body = {{"__type", error.code}};
        if (!message.empty()) body["message"] = message;
        return response(error.http_status, json_type, body.dump(), request_id);
    }
    if (dialect.protocol == Protocol::ec2)
        return response(
            error.http_status, xml_type,
            fmt::format(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{}"
                "</Code><Message>{}</Message></Error></Errors><RequestID>{}</RequestID></Response>",
                xml_escaped(error.code), xml_escaped(message), request_id),
            request_id);
    return response(
        error.http_status, xml_type,
        fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type><Code>{}</Code><Message>{}"
                    "</Message></Error><RequestId>{}</RequestId></ErrorResponse>\n",
                    dialect.xml_namespace, error.http_status < 500 ? "Sender" : "Receiver",
                    xml_escaped(error.code), xml_escaped(message), request_id),
        request_id);
}

} // namespace sandbox
