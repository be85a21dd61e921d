#include "src/cli/input/container_variables.hpp"

#include "src/base/enum_names.hpp"
#include "src/base/printable.hpp"
#include "src/base/text.hpp"
#include "src/cli/input/container_variable_names.hpp"
#include "src/cli/input/sidekiq_settings.hpp"
#include "src/cli/input/slack_settings.hpp"
#include "src/cli/input/task_environment.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace snow_white::cli {

namespace {

// In bytes.
constexpr std::size_t longest_pattern = 4'096;
constexpr std::size_t longest_profile = 256;
constexpr std::size_t longest_shown_value = 100;
// How the token of the sandbox's Slack begins; sandbox/slack/web_api.hpp.
constexpr std::string_view sandbox_token = "xoxb-sandbox-";

template <auto parse> bool is_valid(const std::string& value) {
    if constexpr (requires { parse(value); })
        return parse(value).has_value();
    else
        return parse(value, {}).has_value(); // nobody reads the error, so it names no variable
}

bool is_pattern(const std::string& value) {
    return value.size() <= longest_pattern;
}

bool is_profile(const std::string& value) {
    return value.size() <= longest_profile && printable(value) == value;
}

bool is_batch(const std::string& value) {
    return parse_batch(value, drain::Action::wake).has_value();
}

bool is_one(const std::string& value) {
    return value == "1";
}

// Of Snow White's own names only: whoever starts the task could otherwise have people paste another
// program's path.
bool is_program(const std::string& value) {
    return matches(value, "snow-white|(\\./)?snow-white\\.sh");
}

bool is_stack(const std::string& value) {
    return stack_of(Environment({{"CFN_STACK_NAME", value}})).has_value();
}

// CloudFormation's logical id. Source:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
bool is_logical_id(const std::string& value) {
    return matches(value, "[A-Za-z0-9]{1,255}");
}

bool is_truth(const std::string& value) { // any case, as in the AWS SDKs
    return matches(value, "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]");
}

bool is_number_of_attempts(const std::string& value) {
    return matches(value, "[1-9][0-9]?");
}

bool is_on_this_machine(const std::string& value) {
    return matches(value, fmt::format("{}(/[A-Za-z0-9/_.~-]*)?", this_machine));
}

// A path of 169.254.170.2. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
bool is_credentials_path(const std::string& value) {
    return matches(value, "/[A-Za-z0-9/_.?=-]+");
}

// Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
bool is_metadata_url(const std::string& value) {
    return is_on_this_machine(value) ||
           matches(value, "http://169\\.254\\.170\\.2/v4/[A-Za-z0-9_-]+");
}

constexpr auto known_variables = std::to_array<ContainerVariable>(
    {{"WORKER_ACTION", SetBy::launch, "quiet, wake or stop", is_valid<drain::parse_action>},
     {"EB_APP_NAME", SetBy::launch, "the name of an Elastic Beanstalk application",
      is_application_name},
     {"EB_ENV_NAME_PATTERN_STRING", SetBy::launch, "a part of environments' names", is_pattern},
     {"SNOW_WHITE_SELECTION", SetBy::launch,
      "what a launch writes for more than one part of a name; start it with snow-white, or "
      "unset it",
      is_valid<parse_selection>},
     {"AWS_REGION", SetBy::launch, "an AWS region, or several with commas between them, each once",
      is_valid<parse_regions>},
     {"ECS_CLUSTER_REGION", SetBy::launch, "an AWS region, e.g. us-east-1", is_region},
     {"SNOW_WHITE_PROFILE", SetBy::launch, "the launcher's profile, for messages", is_profile},
     {"SNOW_WHITE_REASON", SetBy::launch, "at most 256 bytes, e.g. a ticket's number",
      is_valid<parse_reason>},
     {"SNOW_WHITE_TIMEOUT", SetBy::launch, "90s, 45m or 6h", is_valid<parse_duration>},
     {"SNOW_WHITE_BATCH", SetBy::launch, "a number of instances, e.g. 10 or 25%", is_batch},
     {"SNOW_WHITE_JSON", SetBy::launch, "1, or nothing", is_one},
     {"SNOW_WHITE_STRICT", SetBy::launch, "1, or nothing", is_one},
     {"SNOW_WHITE_LOOKED_ON", SetBy::launch, "1, or nothing", is_one},
     {"SNOW_WHITE_SLACK_USER", SetBy::launch, "a Slack member's id, e.g. U0ALICE00",
      is_valid<parse_slack_user>},
     {program_variable, SetBy::launch, "snow-white, snow-white.sh or ./snow-white.sh", is_program},
     {"SNOW_WHITE_WAIT", SetBy::launch, "1, or nothing", is_one},
     {"NOTIFY_SLACK_CHANNEL", SetBy::launch, "a Slack channel, e.g. #deploys", is_slack_channel},
     {"CFN_STACK_NAME", SetBy::definition,
      "a stack's name: up to 90 small letters, digits and single hyphens, a letter first, and "
      "not aws, amazon or amzn at the beginning",
      is_stack},
     {"QUIET_COMMAND_LOGICAL_NAME", SetBy::definition, "a logical id of the stack's template",
      is_logical_id},
     {"WAKE_COMMAND_LOGICAL_NAME", SetBy::definition, "a logical id of the stack's template",
      is_logical_id},
     {"STOP_COMMAND_LOGICAL_NAME", SetBy::definition, "a logical id of the stack's template",
      is_logical_id},
     {"STATUS_COMMAND_LOGICAL_NAME", SetBy::definition, "a logical id of the stack's template",
      is_logical_id},
     {"SLACK_BOT_TOKEN", SetBy::definition,
      "the app's Bot User OAuth Token (xoxb-…, without token rotation), or "
      "{\"token\":\"xoxb-…\",\"channels\":\"#a,#b\"}",
      is_slack_token, true},
     {"SLACK_WEBHOOK", SetBy::definition,
      "the URL that Slack shows (https://hooks.slack.com/…), or "
      "{\"webhook\":\"https://…\",\"channels\":\"#a,#b\"}",
      is_slack_webhook, true},
     {"SLACK_API_URL", SetBy::definition,
      "https://slack-gov.com/api/ for GovSlack; unset it for Slack", is_slack_api},
     {redis_variable, SetBy::definition,
      "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// for TLS, several with commas "
      "between them, or {\"APPLICATION\":\"redis://…\",\"*\":\"redis://…\"}",
      is_redis_setting, true},
     {"AWS_USE_FIPS_ENDPOINT", SetBy::definition, "true or false", is_truth},
     {"AWS_USE_DUALSTACK_ENDPOINT", SetBy::definition, "true or false", is_truth},
     {"AWS_MAX_ATTEMPTS", SetBy::definition, "1 to 99", is_number_of_attempts},
     {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", SetBy::ecs, "a path of 169.254.170.2",
      is_credentials_path},
     // The run learns from it who has started the task. It can run without.
     {"ECS_CONTAINER_METADATA_URI_V4", SetBy::ecs,
      "http://169.254.170.2/v4/…; another is without effect", is_metadata_url, false, true},
     {"AWS_CONTAINER_CREDENTIALS_FULL_URI", SetBy::sandbox,
      "a URL of this machine, http://127.0.0.1:PORT/…", is_on_this_machine},
     {"AWS_ENDPOINT_URL", SetBy::sandbox, "a URL of this machine, http://127.0.0.1:PORT",
      is_on_this_machine}});

static_assert(std::ranges::equal(known_variables, container_variable_names, {},
                                 &ContainerVariable::name));

constexpr EnumName<SetBy> names_of_setters[] = {{SetBy::launch, "the launch"},
                                                {SetBy::definition, "the task definition"},
                                                {SetBy::ecs, "ECS"},
                                                {SetBy::sandbox, "the sandbox"}};
static_assert(has_all_enumerators(names_of_setters));

} // namespace

std::string_view name_of(SetBy who) {
    return snow_white::name_of(names_of_setters, who);
}

std::string container_program(const std::string& typed) {
    const std::string name = typed.substr(typed.rfind('/') + 1);
    if (is_program(typed)) return typed;
    return is_program(name) ? name : Request{}.program;
}

std::span<const ContainerVariable> container_variables() {
    return known_variables;
}

Environment only_known(const Environment& all) {
    std::map<std::string, std::string> known{{"AWS_CONFIG_FILE", "/dev/null"},
                                             {"AWS_SHARED_CREDENTIALS_FILE", "/dev/null"},
                                             {"AWS_EC2_METADATA_DISABLED", "true"}};
    for (const auto& variable : known_variables) {
        const std::string name(variable.name);
        const std::string value = all.get(name);
        const bool is_ignored = variable.is_optional && !variable.fits(value);
        if (!value.empty() && !is_ignored) known[name] = value;
    }
    return Environment(std::move(known));
}

std::optional<UsageError> find_mixed_endpoints(const Environment& environment) {
    const auto mixed = [](std::string_view name, const std::string& with) {
        return UsageError{
            fmt::format("{}: an address of this machine is the sandbox's and does not go with {}; "
                        "unset it",
                        name, with)};
    };
    const auto slack = usable_slack_access_of(environment);
    std::vector<std::pair<std::string_view, std::string>> addresses;
    for (const char* const name : {"AWS_ENDPOINT_URL", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                   "ECS_CONTAINER_METADATA_URI_V4"})
        addresses.emplace_back(name, environment.get(name));
    addresses.emplace_back("SLACK_API_URL", slack.api_url);
    addresses.emplace_back("SLACK_WEBHOOK", slack.webhook);
    std::string_view first;
    std::string sandbox;
    for (const auto& [name, address] : addresses) {
        const std::string origin =
            address.substr(0, address.find('/', std::string("http://").size()));
        if (!is_on_this_machine(origin)) continue;
        if (environment.has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
            return mixed(name, "the keys of ECS");
        if (!sandbox.empty() && origin != sandbox)
            return mixed(name, fmt::format("that of {}", first));
        first = name;
        sandbox = origin;
    }
    const bool reports_to_slack = (!slack.webhook.empty() && !is_on_this_machine(slack.webhook)) ||
                                  (!slack.bot_token.empty() && !is_on_this_machine(slack.api_url));
    if (!sandbox.empty() && !environment.has("AWS_ENDPOINT_URL"))
        return mixed(first, "AWS's own endpoints");
    if (!sandbox.empty() && reports_to_slack) return mixed(first, "Slack");
    if (is_on_this_machine(slack.api_url) && !slack.bot_token.empty() &&
        !slack.bot_token.starts_with(sandbox_token))
        return mixed("SLACK_API_URL", "a bot's token of Slack");
    return std::nullopt;
}

std::optional<UsageError> find_invalid_variable(const Environment& environment) {
    for (const auto& variable : known_variables) {
        const std::string value = environment.get(std::string(variable.name));
        if (value.empty() || variable.fits(value)) continue;
        // Slack does not repeat what whoever started the task has written.
        UsageError error =
            also_to_slack("{}: its value does not fit; write {}", variable.name, variable.takes);
        if (!variable.is_secret)
            error.message = fmt::format("{}: \"{}\" does not fit; write {}", variable.name,
                                        value.substr(0, longest_shown_value), variable.takes);
        return error;
    }
    return std::nullopt;
}

} // namespace snow_white::cli
