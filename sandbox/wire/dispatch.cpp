#include "sandbox/wire/dispatch.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/form.hpp"
#include "sandbox/wire/shape.hpp"
#include "sandbox/wire/signature.hpp"
#include "sandbox/wire/validate.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace sandbox {

namespace {

const char* const json_type = "application/x-amz-json-1.1";
const char* const xml_type = "text/xml;charset=UTF-8";

std::string xml_escaped(const std::string& text) {
    static const std::map<char, const char*> entities{
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    std::string out;
    for (const char c : text) {
        const auto* const entity = find_key(entities, c);
        out += entity == nullptr ? std::string(1, c) : *entity;
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
    return {.status = status,
            .headers = {{"x-amzn-RequestId", request_id}},
            .content_type = content_type,
            .body = std::move(body)};
}

// Results and errors on the wire: JSON 1.1, the XML of the query protocol, and EC2's own flavour of
// it.
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

// The service is the one that the signature is for; a request without a readable signature is
// answered in the style of what it looks like.
const Dialect& dialect_of(const HttpRequest& request) {
    const std::string service = request.trusted
                                    ? request.trusted->service
                                    : parse_authorization(request.header("Authorization")).service;
    if (const Dialect* const dialect = find_dialect(service)) return *dialect;
    const std::string target = request.header("X-Amz-Target");
    for (const char* const name : {"ssm", "ecs", "ecr", "logs"}) {
        const Dialect* const dialect = find_dialect(name);
        if (target.starts_with(dialect->target_prefix + ".")) return *dialect;
    }
    if (request.body.find("Version=" + find_dialect("ec2")->version) != std::string::npos)
        return *find_dialect("ec2");
    return fallback_dialect(!target.empty());
}

std::string region_of(const HttpRequest& request) {
    return request.trusted ? request.trusted->region
                           : parse_authorization(request.header("Authorization")).region;
}

std::string take(Form& form, const std::string& key) {
    const auto node = form.extract(key);
    return node.empty() ? std::string() : node.mapped();
}

// The operation that X-Amz-Target names, empty when it is another service's or the content is no
// JSON 1.1.
std::string json_action(const HttpRequest& request, const Dialect& dialect) {
    const std::string target = request.header("X-Amz-Target");
    const std::string prefix = dialect.target_prefix + ".";
    if (!target.starts_with(prefix) || !request.header("Content-Type").starts_with(json_type))
        return {};
    return target.substr(prefix.size());
}

Json json_parameters(const HttpRequest& request) {
    Json parameters = Json::parse(request.body, nullptr, false);
    if (parameters.is_discarded()) throw AwsError("SerializationException", "");
    return parameters;
}

} // namespace

// What is asked, as far as it can be told before anybody is known to ask it.
struct Dispatch::ParsedCall {
    const Dialect& dialect;
    std::string action;
    std::string version; // of the query protocols, as their parameters are
    Form form;
};

Dispatch::Dispatch(EndpointsOf endpoints_of, const Identities& identities,
                   const Authorizer& authorizer, Faults& faults, Journal& journal)
    : endpoints_of_(std::move(endpoints_of)), identities_(identities), authorizer_(authorizer),
      faults_(faults), journal_(journal) {}

HttpResponse Dispatch::handle(const HttpRequest& request, Instant now) {
    const ParsedCall parsed = read(request, dialect_of(request));
    JournalEntry entry{.at = now,
                       .region = region_of(request),
                       .service = parsed.dialect.service,
                       .action = parsed.action};
    const FaultRule* const fault = faults_.rule_for(entry.service, entry.action, now, entry.region);
    if (fault != nullptr) entry.fault = name_of(fault->kind);
    const auto lost = fault != nullptr ? lost_before(fault->kind) : std::nullopt;
    HttpResponse result = lost ? *lost : answer(request, parsed, fault, entry);
    if (fault != nullptr) change_answer(*fault, result);
    entry.status = result.status;
    journal_.record(std::move(entry), request);
    return result;
}

Dispatch::ParsedCall Dispatch::read(const HttpRequest& request, const Dialect& dialect) {
    if (dialect.protocol == Protocol::json) return {dialect, json_action(request, dialect), "", {}};
    Form form = parse_form(request.body);
    std::string action = take(form, "Action");
    std::string version = take(form, "Version");
    return {dialect, std::move(action), std::move(version), std::move(form)};
}

HttpResponse Dispatch::answer(const HttpRequest& request, const ParsedCall& parsed,
                              const FaultRule* fault, JournalEntry& entry) {
    const std::string request_id = random_uuid();
    try {
        const Json result = carry_out(request, parsed, fault, entry);
        return render_result(parsed.dialect, entry.action, result, request_id);
    } catch (const AwsError& error) {
        entry.error = error.code;
        return render_error(parsed.dialect, error, request_id);
    } catch (const std::exception& bug) { // of the sandbox
        entry.error = "InternalFailure";
        return render_error(parsed.dialect, AwsError("InternalFailure", bug.what(), 500),
                            request_id);
    }
}

Json Dispatch::carry_out(const HttpRequest& request, const ParsedCall& parsed,
                         const FaultRule* fault, JournalEntry& entry) {
    const Dialect& dialect = parsed.dialect;
    const Credential& credential = authenticate(request, dialect, entry.at);
    entry.caller = credential.caller;

    const Endpoints& endpoints = endpoints_of_(entry.region);
    const Action* const action = endpoints.actions.find(dialect.service, parsed.action);
    if (!action || parsed.version != dialect.version)
        throw unknown_action(dialect, parsed.action, parsed.version);
    Call call{dialect.service, parsed.action, {}, credential.caller, entry.at};
    call.parameters = dialect.protocol == Protocol::json
                          ? json_parameters(request)
                          : form_to_json(dialect, action->shape, parsed.form);
    validate(dialect, action->shape, call.parameters);
    entry.permissions = authorizer_.authorize(call, dialect, endpoints.context);
    if (fault == nullptr) return action->handler(call);

    if (const auto refusal = refusal_by(fault->kind, call, dialect)) throw AwsError(*refusal);
    take_back_token(fault->kind, call.parameters);
    Json result = action->handler(call);
    change_result(fault->kind, call, action->shape, result);
    return result;
}

const Credential& Dispatch::authenticate(const HttpRequest& request, const Dialect& dialect,
                                         Instant now) const {
    if (!request.trusted)
        return verify_signature(request, parse_authorization(request.header("Authorization")),
                                dialect, identities_, now);
    check_region(dialect, request.trusted->region);
    if (const Credential* const credential = identities_.find(request.trusted->access_key))
        return *credential;
    throw auth_error(dialect, AuthFault::unknown_key);
}

} // namespace sandbox
