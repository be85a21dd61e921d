#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/policy/authorizer.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

namespace sandbox {

namespace {

const std::string repeated = "the-same-page-again";
const std::string wrong = "a-token-that-is-refused";
constexpr auto skew = std::chrono::minutes(20);

AwsError throttled(Protocol protocol) {
    switch (protocol) {
    case Protocol::ec2:
        return {"RequestLimitExceeded", "Request limit exceeded.", 503};
    case Protocol::query:
        return {"Throttling", "Rate exceeded", 400};
    case Protocol::json:
        break;
    }
    return {"ThrottlingException", "Rate exceeded", 400};
}

// ECS wraps what EC2 answers to it in a code of its own (as its users quote it).
AwsError throttled_otherwise(const Call& call, Protocol protocol) {
    if (call.action == "RunTask")
        return {"InvalidParameterException",
                "Error retrieving security group information for [sg-0]: Rate "
                "exceeded (ErrorCode: Throttling)"};
    switch (protocol) {
    case Protocol::ec2:
        return {"EC2ThrottledException", "Request limit exceeded.", 503};
    case Protocol::query:
        return {"Throttling", "Rate exceeded", 503};
    case Protocol::json:
        break;
    }
    return {"TooManyRequestsException", "Too Many Requests", 429};
}

AwsError internal_failure(Protocol protocol) {
    if (protocol == Protocol::ec2) return {"InternalError", "An internal error has occurred", 500};
    return {"InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
            500};
}

AwsError unavailable(Protocol protocol) {
    if (protocol == Protocol::ec2)
        return {"Unavailable", "The server is overloaded and can't handle the request.", 503};
    return {"ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.", 503};
}

AwsError too_old(const Call& call, const Dialect& dialect) {
    const std::string edge = basic_time(call.now - std::chrono::minutes(5));
    return auth_error(dialect, AuthFault::expired_signature,
                      fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)",
                                  basic_time(call.now - skew), edge, basic_time(call.now)));
}

AwsError denied(const Call& call, const Dialect& dialect) {
    return access_denied(dialect,
                         fmt::format("User: {0} is not authorized to perform: {1}:{2} because no "
                                     "identity-based policy allows the {1}:{2} action",
                                     call.caller.arn, call.service, call.action));
}

AwsError absent(const Call& call) {
    if (call.action == "GetCommandInvocation")
        return {"InvocationDoesNotExist",
                "The command ID and instance ID did not match any invocation."};
    if (call.action == "SendCommand")
        return {"InvalidDocument", "The specified document does not exist."};
    if (call.service == "ssm")
        return {"InvalidCommandId", "The specified command ID is not valid."};
    if (call.service == "ec2")
        return {"InvalidInstanceID.NotFound",
                "The instance ID 'i-00000000000000000' does not exist"};
    if (call.service == "ecs") return {"ClusterNotFoundException", "Cluster not found."};
    if (call.service == "logs")
        return {"ResourceNotFoundException", "The specified log stream does not exist."};
    if (call.service == "cloudformation")
        return {"ValidationError",
                fmt::format("Stack '{}' does not exist", call.parameters.value("StackName", ""))};
    if (call.service == "iam")
        return {"NoSuchEntity",
                fmt::format("The user with name {} cannot be found.",
                            call.parameters.value("UserName", "")),
                404};
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

// Of what is no AWS service; 0 when it does its work.
int status_in_place_of(FaultKind kind) {
    switch (kind) {
    case FaultKind::throttled:
    case FaultKind::throttled_429:
        return 429;
    case FaultKind::server_error:
    case FaultKind::server_error_empty:
        return 500;
    case FaultKind::unavailable:
        return 503;
    case FaultKind::denied:
        return 403;
    case FaultKind::absent:
        return 404;
    default:
        return 0;
    }
}

} // namespace

std::optional<HttpResponse> lost_before(FaultKind kind) {
    HttpResponse nothing;
    nothing.status = 0;
    if (kind == FaultKind::no_connection)
        nothing.delivery = Delivery::no_connection;
    else if (kind == FaultKind::reset_before)
        nothing.delivery = Delivery::reset;
    else if (kind == FaultKind::timeout_before)
        nothing.delivery = Delivery::none;
    else
        return std::nullopt;
    return nothing;
}

std::optional<AwsError> refusal_by(FaultKind kind, const Call& call, const Dialect& dialect) {
    switch (kind) {
    case FaultKind::throttled:
        return throttled(dialect.protocol);
    case FaultKind::throttled_429:
        return throttled_otherwise(call, dialect.protocol);
    case FaultKind::server_error:
    case FaultKind::server_error_empty:
        return internal_failure(dialect.protocol);
    case FaultKind::unavailable:
        return unavailable(dialect.protocol);
    case FaultKind::clock_skew:
        return too_old(call, dialect);
    case FaultKind::expired_token:
        return auth_error(dialect, AuthFault::expired_token);
    case FaultKind::denied:
        return denied(call, dialect);
    case FaultKind::absent:
        return absent(call);
    default:
        return std::nullopt;
    }
}

void take_back_token(FaultKind kind, Json& parameters) {
    if (kind != FaultKind::repeated_token) return;
    for (const char* const name : {"NextToken", "nextToken", "Marker"})
        if (parameters.value(name, "") == repeated) parameters.erase(name);
}

void change_result(FaultKind kind, const Call& call, const Shape& shape, Json& result) {
    if (kind == FaultKind::server_error_after)
        throw internal_failure(find_dialect(call.service)->protocol);
    if (kind == FaultKind::empty) empty_lists(result);
    if (kind == FaultKind::wrong_token) set_token(call, shape, wrong, result);
    if (kind == FaultKind::repeated_token)
        set_token(call, shape, call.parameters.value(token_name(shape), repeated), result);
}

void change_answer(const FaultRule& rule, HttpResponse& answer) {
    switch (rule.kind) {
    case FaultKind::server_error_empty:
        answer.body.clear();
        break;
    case FaultKind::reset_after:
        answer.delivery = Delivery::reset;
        break;
    case FaultKind::timeout_after:
        answer.delivery = Delivery::none;
        break;
    case FaultKind::truncated:
        answer.delivery = Delivery::cut;
        break;
    case FaultKind::malformed:
        answer.body.resize(answer.body.size() / 2);
        break;
    case FaultKind::wrong_shape: // for XML the page of a network that wants its user to sign in
        answer.body = answer.content_type.find("json") != std::string::npos
                          ? R"({"unexpected": true})"
                          : "<html><head><title>Sign in</title></head><body/></html>";
        break;
    case FaultKind::slow:
        answer.pause = rule.pause;
        break;
    default:
        break;
    }
}

HttpResponse answer_outside_aws(const FaultRule& rule, const std::function<HttpResponse()>& work,
                                const std::function<HttpResponse(int)>& refuse) {
    if (const auto lost = lost_before(rule.kind)) return *lost;
    const int status = status_in_place_of(rule.kind);
    HttpResponse answer = status == 0 ? work() : refuse(status);
    if (rule.kind == FaultKind::server_error_after) answer = refuse(500);
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
