#include "src/cli/input/task_environment.hpp"

#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/sidekiq_settings.hpp"
#include "src/cli/input/slack_settings.hpp"

#include <algorithm>

namespace snow_white::cli {

namespace {

constexpr const char* action_variable = "WORKER_ACTION";
constexpr const char* application_variable = "EB_APP_NAME";
constexpr const char* region_variable = "AWS_REGION";
// The launcher's, for the command that a report names as the next one.
constexpr const char* profile_variable = "SNOW_WHITE_PROFILE";
constexpr const char* reason_variable = "SNOW_WHITE_REASON";
constexpr const char* timeout_variable = "SNOW_WHITE_TIMEOUT";
constexpr const char* batch_variable = "SNOW_WHITE_BATCH";
constexpr const char* strict_variable = "SNOW_WHITE_STRICT"; // 1: --strict
constexpr const char* json_variable = "SNOW_WHITE_JSON";     // 1: log the events of --json
// 1: log progress snapshots, for the progress screen of whoever follows the log.
constexpr const char* live_progress_variable = "SNOW_WHITE_LOOKED_ON";
constexpr const char* wait_variable = "SNOW_WHITE_WAIT"; // 1: the launch was typed with --wait

} // namespace

Parsed<Request> parse_container(const Environment& environment) {
    for (const char* const name : {action_variable, application_variable, region_variable})
        if (!environment.has(name))
            return tl::unexpected(also_to_slack(
                "{} is not set; start the task with snow-white, which sets it", name));
    if (const auto invalid = find_invalid_variable(environment)) return tl::unexpected(*invalid);
    if (const auto mixed = find_mixed_endpoints(environment)) return tl::unexpected(*mixed);
    const auto filter = name_filter_of(environment);
    if (!filter) return tl::unexpected(filter.error());
    const auto stack = stack_of(environment); // its documents' names belong together
    if (!stack) return tl::unexpected(stack.error());
    const auto slack = slack_access_of(environment);
    if (!slack) return tl::unexpected(slack.error());
    const auto sidekiq = sidekiq_addresses_of(environment, environment.get(application_variable));
    if (!sidekiq) return tl::unexpected(sidekiq.error());
    Request request{.mode = Mode::container,
                    .json = environment.has(json_variable),
                    .live_progress = environment.has(live_progress_variable),
                    .strict = environment.has(strict_variable),
                    .action = *drain::parse_action(environment.get(action_variable)),
                    .pattern = *filter,
                    .profiles = {environment.get(profile_variable)},
                    .application = environment.get(application_variable),
                    .regions = *parse_regions(environment.get(region_variable), region_variable),
                    .stack = *stack,
                    .slack = *slack,
                    .sidekiq = *sidekiq,
                    .reason = *parse_reason(environment.get(reason_variable), reason_variable),
                    .slack_user = *slack_user_of(environment),
                    .program = environment.get(program_variable, Request{}.program),
                    .waits = environment.has(wait_variable)};
    if (const auto failure = why_strict_fails(request); !failure.empty())
        return tl::unexpected(also_to_slack("{}", failure));
    request.settings.cluster_region = environment.get("ECS_CLUSTER_REGION", request.region());
    if (environment.has(timeout_variable))
        request.timeout = *parse_duration(environment.get(timeout_variable));
    if (!environment.has(batch_variable)) return request;
    const auto batch = parse_batch(environment.get(batch_variable), request.action);
    if (!batch)
        return tl::unexpected(
            UsageError{fmt::format("{}: {}", batch_variable, batch.error().message), false,
                       fmt::format("{}: only a wake has batches", batch_variable)});
    request.batch = *batch;
    return request;
}

VariableList container_environment(const Request& request) {
    VariableList variables;
    const auto add = [&variables](const std::string& name, const std::string& value) {
        if (!value.empty()) variables.emplace_back(name, value);
    };
    add(action_variable, std::string(name_of(request.action)));
    add(application_variable, request.application);
    for (const auto& [name, value] : variables_of(request.pattern))
        add(name, value);
    // An older image knows one region: with several in a list it reaches no AWS, and does nothing.
    add(region_variable, comma_list(request.regions));
    add("ECS_CLUSTER_REGION", request.settings.cluster_region);
    add(profile_variable, request.profile());
    add(timeout_variable, fmt::format("{}s", request.timeout.count()));
    add(reason_variable, request.reason);
    add(slack_user_variable, request.slack_user);
    add(live_progress_variable, request.live_progress ? "1" : "");
    add(json_variable, request.json ? "1" : "");
    add(strict_variable, request.strict ? "1" : "");
    add(batch_variable, request.batch);
    add(program_variable, container_program(request.program));
    add(wait_variable, request.mode == Mode::wait ? "1" : "");
    return variables;
}

std::optional<std::string> find_variable(const VariableList& variables, const std::string& name) {
    const auto found = std::ranges::find(variables, name, &VariableList::value_type::first);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> regions_of_launch(const VariableList& variables, const Request& request) {
    const auto wanted = container_environment(request);
    for (const char* const name :
         {action_variable, application_variable, pattern_variable, selection_variable})
        if (find_variable(variables, name) != find_variable(wanted, name)) return {};
    return parse_regions(find_variable(variables, region_variable).value_or(""), region_variable)
        .value_or(std::vector<std::string>{});
}

} // namespace snow_white::cli
