#include "sandbox/ecs/execution_role.hpp"

#include <fmt/format.h>

#include <regex>

namespace sandbox {

namespace {

constexpr const char* no_secrets_or_auth =
    "ResourceInitializationError: unable to pull secrets or registry "
    "auth: execution resource retrieval failed: ";

class ExecutionRole {
public:
    ExecutionRole(std::string arn, std::string session, const Attempt& attempt)
        : arn_(std::move(arn)), session_(std::move(session)), attempt_(attempt) {}

    // `region`: whose endpoint ECS asks.
    std::optional<std::string> attempt(const std::string& action, const std::string& region,
                                       const std::string& resource) const {
        return attempt_(arn_, session_,
                        {action, resource, {{"aws:RequestedRegion", region}}, resource});
    }

private:
    std::string arn_;
    std::string session_;
    const Attempt& attempt_;
};

// arn:aws:secretsmanager:REGION:…
std::string region_of(const std::string& arn) {
    static const std::regex parts("arn:[^:]*:[^:]*:([^:]*):.*");
    std::smatch found;
    return std::regex_match(arn, found, parts) ? found[1].str() : "";
}

std::string read_secrets(const ExecutionRole& role, const Json& container) {
    for (const auto& secret : container.value("secrets", Json::array())) {
        const std::string arn = secret.at("valueFrom");
        if (const auto refusal = role.attempt("secretsmanager:GetSecretValue", region_of(arn), arn))
            return fmt::format("{}unable to retrieve secret from asm: service call has been "
                               "retried 1 time(s): failed "
                               "to fetch secret {} from secrets manager: AccessDeniedException: {} "
                               "status code: 400",
                               no_secrets_or_auth, arn, *refusal);
    }
    return "";
}

std::string pull_image(const ExecutionRole& role, const std::string& image) {
    static const std::regex in_ecr(
        R"((\d+)\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+).*)");
    std::smatch parts;
    if (!std::regex_match(image, parts, in_ecr))
        return ""; // another registry asks for no right of AWS's
    if (const auto refusal = role.attempt("ecr:GetAuthorizationToken", parts[2], "*"))
        return fmt::format(
            "{}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
            "AccessDeniedException: {} status code: 400",
            no_secrets_or_auth, *refusal);
    const std::string repository = fmt::format("arn:aws:ecr:{}:{}:repository/{}", parts[2].str(),
                                               parts[1].str(), parts[3].str());
    for (const char* const action :
         {"ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"})
        if (const auto refusal = role.attempt(action, parts[2], repository))
            return fmt::format("CannotPullContainerError: pull image manifest has been retried 1 "
                               "time(s): failed to "
                               "resolve ref {}: 403 Forbidden: {}",
                               image, *refusal);
    return "";
}

std::string make_stream(const ExecutionRole& role, const std::string& region,
                        const std::string& log_stream_arn) {
    const auto refusal = role.attempt("logs:CreateLogStream", region, log_stream_arn);
    if (!refusal) return "";
    return fmt::format(
        "ResourceInitializationError: failed to validate logger args: create stream has been "
        "retried 1 "
        "time(s): failed to create Cloudwatch log stream: AccessDeniedException: {} status code: "
        "400 : exit status 1",
        *refusal);
}

} // namespace

Preparation prepare_container(const Json& definition, const Json& request,
                              const std::string& task_id, const LogDestination& log,
                              const Attempt& attempt) {
    const std::string arn = request.value("/overrides/executionRoleArn"_json_pointer,
                                          definition.value("executionRoleArn", std::string()));
    if (arn.empty() || !attempt) return {};
    const ExecutionRole role(arn, task_id, attempt);
    const Json& container = definition.at("containerDefinitions").at(0);
    Preparation prepared;
    prepared.obstacle = read_secrets(role, container);
    if (prepared.obstacle.empty())
        prepared.obstacle = pull_image(role, container.value("image", ""));
    if (log.group.empty() || !prepared.obstacle.empty()) return prepared;
    const std::string stream = fmt::format("arn:aws:logs:{}:{}:log-group:{}:log-stream:{}",
                                           log.region, log.account, log.group, log.stream);
    prepared.obstacle = make_stream(role, log.region, stream);
    if (prepared.obstacle.empty())
        prepared.may_log = !role.attempt("logs:PutLogEvents", log.region, stream);
    return prepared;
}

} // namespace sandbox
