#include "sandbox/wire/dispatch.hpp"
#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/wire/answer.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/form.hpp"
#include "sandbox/wire/signature.hpp"
#include "sandbox/wire/validate.hpp"

#include <utility>

namespace sandbox {

namespace {

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
        if (target.rfind(dialect->target_prefix + ".", 0) == 0) return *dialect;
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
    const auto found = form.find(key);
    if (found == form.end()) return {};
    std::string value = std::move(found->second);
    form.erase(found);
    return value;
}

// The operation that X-Amz-Target names, empty when it is another service's or the content is no
// JSON 1.1.
std::string json_action(const HttpRequest& request, const Dialect& dialect) {
    const std::string target = request.header("X-Amz-Target");
    const std::string prefix = dialect.target_prefix + ".";
    if (target.rfind(prefix, 0) != 0 || request.header("Content-Type").rfind(json_type, 0) != 0)
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

HttpResponse Dispatch::handle(const HttpRequest& request, snow_white::Instant now) {
    const ParsedCall question = read(request, dialect_of(request));
    JournalEntry entry;
    entry.at = now;
    entry.region = region_of(request);
    entry.service = question.dialect.service;
    entry.action = question.action;
    const FaultRule* const fault = faults_.meet(entry.service, entry.action, now, entry.region);
    if (fault != nullptr) entry.fault = name_of(fault->kind);
    const auto lost = fault != nullptr ? lost_before(fault->kind) : std::nullopt;
    HttpResponse result = lost ? *lost : answer(request, question, fault, entry);
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

HttpResponse Dispatch::answer(const HttpRequest& request, const ParsedCall& question,
                              const FaultRule* fault, JournalEntry& entry) {
    const std::string request_id = random_uuid();
    try {
        const Json result = carry_out(request, question, fault, entry);
        return render_result(question.dialect, entry.action, result, request_id);
    } catch (const AwsError& error) {
        entry.error = error.code;
        return render_error(question.dialect, error, request_id);
    } catch (const std::exception& bug) { // of the sandbox
        entry.error = "InternalFailure";
        return render_error(question.dialect, AwsError("InternalFailure", bug.what(), 500),
                            request_id);
    }
}

Json Dispatch::carry_out(const HttpRequest& request, const ParsedCall& question,
                         const FaultRule* fault, JournalEntry& entry) {
    const Dialect& dialect = question.dialect;
    const Credential& credential = authenticate(request, dialect, entry.at);
    entry.caller = credential.caller;

    const Endpoints& endpoints = endpoints_of_(entry.region);
    const Action* const action = endpoints.actions.find(dialect.service, question.action);
    if (!action || question.version != dialect.version)
        throw unknown_action(dialect, question.action, question.version);
    Call call{dialect.service, question.action, {}, credential.caller, entry.at};
    call.parameters = dialect.protocol == Protocol::json
                          ? json_parameters(request)
                          : form_to_json(dialect, action->shape, question.form);
    validate(dialect, action->shape, call.parameters);
    entry.permissions = authorizer_.authorize(call, dialect, endpoints.surroundings);
    if (fault == nullptr) return action->handler(call);

    if (const auto refusal = refusal_by(fault->kind, call, dialect)) throw AwsError(*refusal);
    take_back_token(fault->kind, call.parameters);
    Json result = action->handler(call);
    change_result(fault->kind, call, action->shape, result);
    return result;
}

const Credential& Dispatch::authenticate(const HttpRequest& request, const Dialect& dialect,
                                         snow_white::Instant now) const {
    if (!request.trusted)
        return verify_signature(request, parse_authorization(request.header("Authorization")),
                                dialect, identities_, now);
    check_region(dialect, request.trusted->region);
    if (const Credential* const credential = identities_.find(request.trusted->access_key))
        return *credential;
    throw auth_error(dialect, AuthFault::unknown_key);
}

} // namespace sandbox
