#include "src/cli/input/task_environment.hpp"

#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/slack_settings.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace snow_white::cli {

namespace {

constexpr const char* action_variable = "WORKER_ACTION";
constexpr const char* application_variable = "EB_APP_NAME";
constexpr const char* pattern_variable = "EB_ENV_NAME_PATTERN_STRING";
// All that is more than one part of a name, in JSON: it takes the place of the older variable.
constexpr const char* selection_variable = "SNOW_WHITE_SELECTION";
constexpr const char* region_variable = "AWS_REGION";
constexpr const char* profile_variable =
    "SNOW_WHITE_PROFILE"; // the launcher's, for the command to type next
constexpr const char* reason_variable = "SNOW_WHITE_REASON";
constexpr const char* timeout_variable = "SNOW_WHITE_TIMEOUT";
constexpr const char* json_variable = "SNOW_WHITE_JSON"; // 1: what is logged is --json's
constexpr const char* looked_on_variable =
    "SNOW_WHITE_LOOKED_ON"; // 1: log where it stands, for a picture
constexpr const char* batch_variable = "SNOW_WHITE_BATCH";

std::string to_json(const fleet::NameFilter& pattern) {
    return nlohmann::json{{"match", report::name_of(pattern.match)},
                          {"any_of", pattern.include},
                          {"none_of", pattern.exclude}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

UsageError not_of_one_launch() {
    const std::string words =
        fmt::format("{} and {} are not of one launch; start it with snow-white", selection_variable,
                    pattern_variable);
    return {words, false, words};
}

fleet::NameFilter pattern_of(const Environment& environment) {
    if (const auto selection = parse_selection(environment.get(selection_variable)))
        return *selection;
    return fleet::NameFilter(environment.get(pattern_variable, "workers"));
}

} // namespace

std::optional<fleet::NameFilter> parse_selection(const std::string& text) {
    try {
        const auto json = nlohmann::json::parse(text);
        fleet::NameFilter pattern;
        json.at("any_of").get_to(pattern.include);
        json.at("none_of").get_to(pattern.exclude);
        const auto match = parse_match(json.at("match").get<std::string>());
        const auto is_empty = [](const std::string& part) { return part.empty(); };
        if (!match || pattern.include.empty() || std::ranges::any_of(pattern.include, is_empty) ||
            std::ranges::any_of(pattern.exclude, is_empty) ||
            pattern.include.size() + pattern.exclude.size() > most_patterns)
            return std::nullopt;
        pattern.match = *match;
        return pattern;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

Parsed<Request> parse_container(const Environment& environment) {
    for (const char* const name : {action_variable, application_variable, region_variable})
        if (const std::string words = fmt::format("{} is not set; a launch sets it", name);
            !environment.has(name))
            return tl::unexpected(UsageError{words, false, words});
    if (const auto misfit = find_misfit(environment)) return tl::unexpected(*misfit);
    if (const auto mixed = find_mixed_worlds(environment)) return tl::unexpected(*mixed);
    // A cancel finds the task by the pattern as well: the two say the same.
    if (environment.has(selection_variable) &&
        environment.get(pattern_variable) != report::in_brief(pattern_of(environment)))
        return tl::unexpected(not_of_one_launch());
    const auto stack = stack_of(environment); // its documents' names belong together
    if (!stack) return tl::unexpected(stack.error());
    const auto slack = slack_access_of(environment);
    if (!slack) return tl::unexpected(slack.error());
    Request request{.mode = Mode::container,
                    .json = environment.has(json_variable),
                    .live_progress = environment.has(looked_on_variable),
                    .action = *drain::parse_action(environment.get(action_variable)),
                    .pattern = pattern_of(environment),
                    .profiles = {environment.get(profile_variable)},
                    .application = environment.get(application_variable),
                    .regions = *parse_regions(environment.get(region_variable), region_variable),
                    .stack = *stack,
                    .slack = *slack,
                    .reason = *parse_reason(environment.get(reason_variable), reason_variable),
                    .slack_user = *slack_user_of(environment)};
    request.settings.cluster_region = environment.get("ECS_CLUSTER_REGION", request.region());
    if (environment.has(timeout_variable))
        request.timeout = *parse_duration(environment.get(timeout_variable));
    if (environment.has(batch_variable)) {
        const auto batch = parse_batch(environment.get(batch_variable), request.action);
        if (!batch)
            return tl::unexpected(
                UsageError{fmt::format("{}: {}", batch_variable, batch.error().message), false,
                           fmt::format("{}: it does not fit the action", batch_variable)});
        request.batch = *batch;
    }
    return request;
}

std::vector<std::pair<std::string, std::string>> container_environment(const Request& request) {
    std::vector<std::pair<std::string, std::string>> variables{
        {action_variable, std::string(name_of(request.action))},
        {application_variable, request.application},
        // An older image, which does not know the selection, finds nothing then: no name has a
        // space.
        {pattern_variable, report::in_brief(request.pattern)},
        // Of several an older image knows none: it reaches no AWS, and does nothing.
        {region_variable, in_a_list(request.regions)},
        {"ECS_CLUSTER_REGION", request.settings.cluster_region},
        {profile_variable, request.profile()},
        {timeout_variable, fmt::format("{}s", request.timeout.count())}};
    if (!request.pattern.is_one_part())
        variables.emplace_back(selection_variable, to_json(request.pattern));
    if (!request.reason.empty()) variables.emplace_back(reason_variable, request.reason);
    if (!request.slack_user.empty())
        variables.emplace_back(slack_user_variable, request.slack_user);
    if (request.live_progress) variables.emplace_back(looked_on_variable, "1");
    if (request.json) variables.emplace_back(json_variable, "1");
    if (!request.batch.empty()) variables.emplace_back(batch_variable, request.batch);
    return variables;
}

std::vector<std::string>
regions_of_launch(const std::vector<std::pair<std::string, std::string>>& variables,
                  const Request& request) {
    const std::map<std::string, std::string> launched(variables.begin(), variables.end());
    const auto wanted_pairs = container_environment(request);
    const std::map<std::string, std::string> wanted(wanted_pairs.begin(), wanted_pairs.end());
    for (const char* const name :
         {action_variable, application_variable, pattern_variable, selection_variable}) {
        const auto theirs = launched.find(name);
        const auto ours = wanted.find(name);
        if ((theirs == launched.end()) != (ours == wanted.end())) return {};
        if (ours != wanted.end() && theirs->second != ours->second) return {};
    }
    const auto regions = launched.find(region_variable);
    if (regions == launched.end()) return {};
    return parse_regions(regions->second, region_variable).value_or(std::vector<std::string>{});
}

} // namespace snow_white::cli
