#include "src/cli/container.hpp"

#include <fmt/format.h>

namespace snow_white::cli {

namespace {

constexpr const char* action_variable = "WORKER_ACTION";
constexpr const char* application_variable = "EB_APP_NAME";
constexpr const char* pattern_variable = "EB_ENV_NAME_PATTERN_STRING";
constexpr const char* region_variable = "AWS_REGION";
constexpr const char* profile_variable = "SNOW_WHITE_PROFILE"; // the launcher's, for the command to type next
constexpr const char* timeout_variable = "SNOW_WHITE_TIMEOUT";
constexpr const char* json_variable = "SNOW_WHITE_JSON"; // 1: what is logged is --json's
constexpr const char* batch_variable = "SNOW_WHITE_BATCH";

} // namespace

bool is_container(const aws::Environment& environment) {
    return environment.has(action_variable);
}

Parsed<Request> parse_container(const aws::Environment& environment) {
    const auto action = drain::parse_action(environment.get(action_variable));
    if (!action)
        return tl::unexpected(UsageError{fmt::format("{}: \"{}\" is no action; write quiet, wake or stop",
                                                     action_variable, environment.get(action_variable))});
    Request request{.way = Way::container,
                    .json = environment.get(json_variable) == "1",
                    .action = *action,
                    .pattern = environment.get(pattern_variable, "workers"),
                    .profile = environment.get(profile_variable),
                    .application = environment.get(application_variable),
                    .region = environment.get(region_variable),
                    .stack = stack_of(environment),
                    .webhook = environment.get("SLACK_WEBHOOK"),
                    .channel = environment.get("NOTIFY_SLACK_CHANNEL")};
    request.settings.cluster_region = environment.get("ECS_CLUSTER_REGION", request.region);
    if (request.application.empty())
        return tl::unexpected(
            UsageError{fmt::format("{} is not set; it names the EB application", application_variable)});
    if (request.region.empty())
        return tl::unexpected(
            UsageError{fmt::format("{} is not set; it names the workers' region", region_variable)});
    const auto user = slack_user_of(environment);
    if (!user) return tl::unexpected(user.error());
    request.slack_user = *user;
    if (environment.has(timeout_variable)) {
        const auto timeout = parse_duration(environment.get(timeout_variable));
        if (!timeout)
            return tl::unexpected(
                UsageError{fmt::format("{}: {}", timeout_variable, timeout.error().message)});
        request.timeout = *timeout;
    }
    if (environment.has(batch_variable)) {
        const auto batch = parse_batch(environment.get(batch_variable), request.action);
        if (!batch)
            return tl::unexpected(UsageError{fmt::format("{}: {}", batch_variable, batch.error().message)});
        request.batch = *batch;
    }
    return request;
}

std::vector<std::pair<std::string, std::string>> container_environment(const Request& request) {
    std::vector<std::pair<std::string, std::string>> variables{
        {action_variable, std::string(name_of(request.action))},
        {application_variable, request.application},
        {pattern_variable, request.pattern},
        {region_variable, request.region},
        {"ECS_CLUSTER_REGION", request.settings.cluster_region},
        {profile_variable, request.profile},
        {timeout_variable, fmt::format("{}s", request.timeout.count())}};
    if (!request.slack_user.empty()) variables.emplace_back(slack_user_variable, request.slack_user);
    if (request.json) variables.emplace_back(json_variable, "1");
    if (!request.batch.empty()) variables.emplace_back(batch_variable, request.batch);
    return variables;
}

} // namespace snow_white::cli
