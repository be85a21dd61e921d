#include "sandbox/wire/dispatch.hpp"
#include "sandbox/wire/answer.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/form.hpp"
#include "sandbox/wire/signature.hpp"
#include "sandbox/wire/validate.hpp"

#include <utility>

namespace sandbox {

namespace {

const char* const json_type = "application/x-amz-json-1.1";

// The service is the one that the signature is for; a request without a readable signature is answered in the
// style of what it looks like.
const Dialect& dialect_of(const HttpRequest& request) {
    const std::string service = request.trusted
                                    ? request.trusted->service
                                    : parse_authorization(request.header("Authorization")).service;
    if (const Dialect* const dialect = find_dialect(service)) return *dialect;
    const std::string target = request.header("X-Amz-Target");
    for (const char* const name : {"ssm", "ecs", "logs"}) {
        const Dialect* const dialect = find_dialect(name);
        if (target.rfind(dialect->target_prefix + ".", 0) == 0) return *dialect;
    }
    if (request.body.find("Version=" + find_dialect("ec2")->version) != std::string::npos)
        return *find_dialect("ec2");
    return fallback_dialect(!target.empty());
}

std::string take(Form& form, const std::string& key) {
    const auto found = form.find(key);
    if (found == form.end()) return {};
    std::string value = std::move(found->second);
    form.erase(found);
    return value;
}

// The operation that X-Amz-Target names, empty when it is another service's or the content is no JSON 1.1.
std::string json_action(const HttpRequest& request, const Dialect& dialect) {
    const std::string target = request.header("X-Amz-Target");
    const std::string prefix = dialect.target_prefix + ".";
    if (target.rfind(prefix, 0) != 0 || request.header("Content-Type").rfind(json_type, 0) != 0) return {};
    return target.substr(prefix.size());
}

Json json_parameters(const HttpRequest& request) {
    Json parameters = Json::parse(request.body, nullptr, false);
    if (parameters.is_discarded()) throw AwsError("SerializationException", "");
    return parameters;
}

} // namespace

Dispatch::Dispatch(const ActionTable& actions, const Identities& identities, const Authorizer& authorizer,
                   Journal& journal, std::string region)
    : actions_(actions), identities_(identities), authorizer_(authorizer), journal_(journal),
      region_(std::move(region)) {}

HttpResponse Dispatch::handle(const HttpRequest& request, snow_white::Instant now) {
    const Dialect& dialect = dialect_of(request);
    const std::string request_id = random_uuid();
    JournalEntry entry;
    entry.at = now;
    entry.service = dialect.service;
    HttpResponse answer;
    try {
        const Json result = carry_out(request, dialect, entry, now);
        answer = render_result(dialect, entry.action, result, request_id);
    } catch (const AwsError& error) {
        entry.error = error.code;
        answer = render_error(dialect, error, request_id);
    } catch (const std::exception& fault) { // a bug of the sandbox
        entry.error = "InternalFailure";
        answer = render_error(dialect, AwsError("InternalFailure", fault.what(), 500), request_id);
    }
    entry.status = answer.status;
    journal_.record(std::move(entry), request);
    return answer;
}

Json Dispatch::carry_out(const HttpRequest& request, const Dialect& dialect, JournalEntry& entry,
                         snow_white::Instant now) {
    Form form;
    std::string version;
    if (dialect.protocol == Protocol::json) {
        entry.action = json_action(request, dialect);
    } else {
        form = parse_form(request.body);
        entry.action = take(form, "Action");
        version = take(form, "Version");
    }
    const Credential& credential = authenticate(request, dialect, now);
    entry.caller = credential.caller;

    const Action* const action = actions_.find(dialect.service, entry.action);
    if (!action || version != dialect.version) throw unknown_action(dialect, entry.action, version);
    Call call{dialect.service, entry.action, {}, credential.caller, now};
    call.parameters = dialect.protocol == Protocol::json ? json_parameters(request)
                                                         : form_to_json(dialect, action->shape, form);
    validate(dialect, action->shape, call.parameters);
    entry.permissions = authorizer_.authorize(call, dialect);
    return action->handler(call);
}

const Credential& Dispatch::authenticate(const HttpRequest& request, const Dialect& dialect,
                                         snow_white::Instant now) const {
    if (!request.trusted)
        return verify_signature(request, parse_authorization(request.header("Authorization")), dialect,
                                identities_, region_, now);
    if (const Credential* const credential = identities_.find(request.trusted->access_key))
        return *credential;
    throw auth_error(dialect, AuthFault::unknown_key);
}

} // namespace sandbox
