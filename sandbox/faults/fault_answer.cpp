#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/policy/authorizer.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {

namespace {

using enum FaultKind;

const std::string repeated = "the-same-page-again";
const std::string wrong = "a-token-that-is-refused";
constexpr auto skew = std::chrono::minutes(20);

struct Refusal {
    FaultKind kind;
    Protocol protocol;
    const char* code;
    const char* text;
    int status;
};

constexpr const char* unknown_error =
    "The request processing has failed because of an unknown error, exception or failure.";
constexpr const char* temporary_failure =
    "The request has failed due to a temporary failure of the server.";
constexpr const char* overloaded = "The server is overloaded and can't handle the request.";

constexpr Refusal refusals[] = {
    {throttled, Protocol::ec2, "RequestLimitExceeded", "Request limit exceeded.", 503},
    {throttled, Protocol::query, "Throttling", "Rate exceeded", 400},
    {throttled, Protocol::json, "ThrottlingException", "Rate exceeded", 400},
    {throttled_429, Protocol::ec2, "EC2ThrottledException", "Request limit exceeded.", 503},
    {throttled_429, Protocol::query, "Throttling", "Rate exceeded", 503},
    {throttled_429, Protocol::json, "TooManyRequestsException", "Too Many Requests", 429},
    {server_error, Protocol::ec2, "InternalError", "An internal error has occurred", 500},
    {server_error, Protocol::query, "InternalFailure", unknown_error, 500},
    {server_error, Protocol::json, "InternalFailure", unknown_error, 500},
    {unavailable, Protocol::ec2, "Unavailable", overloaded, 503},
    {unavailable, Protocol::query, "ServiceUnavailable", temporary_failure, 503},
    {unavailable, Protocol::json, "ServiceUnavailable", temporary_failure, 503},
};

AwsError refusal_in(Protocol protocol, FaultKind kind) {
    const auto* const found = std::ranges::find_if(
        refusals, [&](const Refusal& one) { return one.kind == kind && one.protocol == protocol; });
    return {found->code, found->text, found->status};
}

// ECS wraps what EC2 answers to it in a code of its own (as its users quote it).
AwsError throttled_by_ec2() {
    return {"InvalidParameterException",
            "Error retrieving security group information for [sg-0]: Rate exceeded (ErrorCode: "
            "Throttling)"};
}

AwsError too_old(const Call& call, const Dialect& dialect) {
    const std::string edge = basic_time(call.now - std::chrono::minutes(5));
    return auth_error(dialect, AuthFault::expired_signature,
                      fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)",
                                  basic_time(call.now - skew), edge, basic_time(call.now)));
}

AwsError missing_permission(const Call& call, const Dialect& dialect) {
    return access_denied(dialect,
                         fmt::format("User: {0} is not authorized to perform: {1}:{2} because no "
                                     "identity-based policy allows the {1}:{2} action",
                                     call.caller.arn, call.service, call.action));
}

// Of an action, or of all the other actions of a service.
struct AbsentThing {
    const char* action_or_service;
    const char* code;
    const char* text;
    const char* parameter = ""; // which names the thing, in place of {}
    int status = 400;
};

constexpr AbsentThing absent_things[] = {
    {"GetCommandInvocation", "InvocationDoesNotExist",
     "The command ID and instance ID did not match any invocation."},
    {"SendCommand", "InvalidDocument", "The specified document does not exist."},
    {"ssm", "InvalidCommandId", "The specified command ID is not valid."},
    {"ec2", "InvalidInstanceID.NotFound", "The instance ID 'i-00000000000000000' does not exist"},
    {"ecs", "ClusterNotFoundException", "Cluster not found."},
    {"logs", "ResourceNotFoundException", "The specified log stream does not exist."},
    {"cloudformation", "ValidationError", "Stack '{}' does not exist", "StackName"},
    {"iam", "NoSuchEntity", "The user with name {} cannot be found.", "UserName", 404},
};

AwsError does_not_exist(const Call& call) {
    for (const AbsentThing& one : absent_things)
        if (one.action_or_service == call.action || one.action_or_service == call.service)
            return {one.code,
                    fmt::format(fmt::runtime(one.text), call.parameters.value(one.parameter, "")),
                    one.status};
    return {"InvalidParameterValue", "What the request names does not exist."};
}

void set_token(const Call& call, const Shape& shape, const std::string& token, Json& result) {
    const std::string name = token_name(shape);
    if (name.empty()) return;
    result[call.service == "ec2" ? "nextToken" : name] = token;
    if (name == "Marker") result["IsTruncated"] = true;
}

void empty_lists(Json& value) {
    if (value.is_array()) value = Json::array();
    if (value.is_object())
        for (auto& member : value)
            empty_lists(member);
}

} // namespace

std::optional<HttpResponse> lost_before(FaultKind kind) {
    const auto without_answer = [](Delivery delivery) {
        return HttpResponse{.status = 0, .delivery = delivery};
    };
    if (kind == no_connection) return without_answer(Delivery::no_connection);
    if (kind == reset_before) return without_answer(Delivery::reset);
    if (kind == timeout_before) return without_answer(Delivery::none);
    return std::nullopt;
}

std::optional<AwsError> refusal_by(FaultKind kind, const Call& call, const Dialect& dialect) {
    switch (kind) {
    case throttled_429:
        if (call.action == "RunTask") return throttled_by_ec2();
        [[fallthrough]];
    case throttled:
    case server_error:
    case unavailable:
        return refusal_in(dialect.protocol, kind);
    case server_error_empty:
        return refusal_in(dialect.protocol, server_error);
    case clock_skew:
        return too_old(call, dialect);
    case expired_token:
        return auth_error(dialect, AuthFault::expired_token);
    case denied:
        return missing_permission(call, dialect);
    case absent:
        return does_not_exist(call);
    default:
        return std::nullopt;
    }
}

void take_back_token(FaultKind kind, Json& parameters) {
    if (kind != repeated_token) return;
    for (const char* const name : {"NextToken", "nextToken", "Marker"})
        if (parameters.value(name, "") == repeated) parameters.erase(name);
}

void change_result(FaultKind kind, const Call& call, const Shape& shape, Json& result) {
    if (kind == server_error_after)
        throw refusal_in(find_dialect(call.service)->protocol, server_error);
    if (kind == empty) empty_lists(result);
    if (kind == wrong_token) set_token(call, shape, wrong, result);
    if (kind == repeated_token)
        set_token(call, shape, call.parameters.value(token_name(shape), repeated), result);
}

void change_answer(const FaultRule& rule, HttpResponse& answer) {
    switch (rule.kind) {
    case server_error_empty:
        answer.body.clear();
        break;
    case reset_after:
        answer.delivery = Delivery::reset;
        break;
    case timeout_after:
        answer.delivery = Delivery::none;
        break;
    case truncated:
        answer.delivery = Delivery::cut;
        break;
    case malformed:
        answer.body.resize(answer.body.size() / 2);
        break;
    case wrong_shape: // for XML the page of a network that wants its user to sign in
        answer.body = answer.content_type.find("json") != std::string::npos
                          ? R"({"unexpected": true})"
                          : "<html><head><title>Sign in</title></head><body/></html>";
        break;
    case slow:
        answer.pause = rule.pause;
        break;
    default:
        break;
    }
}

HttpResponse answer_outside_aws(const FaultRule& rule, const std::function<HttpResponse()>& work,
                                const std::function<HttpResponse(int)>& refuse) {
    if (const auto lost = lost_before(rule.kind)) return *lost;
    const int status = status_outside_aws(rule.kind);
    HttpResponse answer = status == 0 ? work() : refuse(status);
    if (rule.kind == server_error_after) answer = refuse(500);
    change_answer(rule, answer);
    return answer;
}

std::string token_name(const Shape& shape) {
    for (const Member& member : shape.members)
        if (member.name == "NextToken" || member.name == "nextToken" || member.name == "Marker")
            return member.name;
    return {};
}

} // namespace sandbox
