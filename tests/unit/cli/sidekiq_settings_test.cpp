// SIDEKIQ_REDIS_URL: who reads it, for which application, and that no error and no child of the
// process has its value.
#include "src/cli/input/command_line.hpp"
#include "src/cli/input/container_variables.hpp"
#include "src/cli/input/sidekiq_settings.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/session/own_process.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidekiq_settings_test {

namespace {

using namespace snow_white;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Sets = std::map<std::string, std::string>;

const std::string for_two =
    R"({"acme":"redis://:s3cret@a.example:7000","shop":"rediss://u:s3cret@b.example","*":""})";

// "HOST:PORT …" of what the request would ask.
std::string servers_of(const cli::Request& request) {
    std::string text;
    for (const auto& server : request.sidekiq.servers)
        text += (text.empty() ? "" : " ") + address_of(server);
    return text;
}

cli::Parsed<std::variant<cli::Request, cli::Printed>>
typed(const std::string& action, const std::vector<std::string>& more, const std::string& setting) {
    std::vector<std::string> words{"-a",      action, "-e",   "w",  "-f",
                                   "staging", "-p",   "acme", "-r", "us-east-1"};
    words.insert(words.end(), more.begin(), more.end());
    return cli::parse_command_line(words, Environment(Sets{{"SIDEKIQ_REDIS_URL", setting},
                                                           {"ECS_CLUSTER_REGION", "us-east-1"},
                                                           {"ECS_CLUSTER_NAME", "c"},
                                                           {"vpc_id", "v"},
                                                           {"subnet_id", "s"},
                                                           {"sec_group", "g"}}));
}

cli::Request request_of(const std::string& action, const std::vector<std::string>& more,
                        const std::string& setting = for_two) {
    return std::get<cli::Request>(typed(action, more, setting).value());
}

Environment task_with(const std::string& setting, const std::string& application = "acme") {
    return Environment(Sets{{"WORKER_ACTION", "quiet"},
                            {"EB_APP_NAME", application},
                            {"EB_ENV_NAME_PATTERN_STRING", "w"},
                            {"AWS_REGION", "us-east-1"},
                            {"SIDEKIQ_REDIS_URL", setting}});
}

} // namespace

TEST(SidekiqSettings, StrictIsRefusedWhereItCouldNeverHold) {
    const auto refused = [](const std::string& action, const std::vector<std::string>& more,
                            const std::string& setting = for_two) {
        const auto request = typed(action, more, setting);
        return request ? "" : request.error().message;
    };
    EXPECT_EQ(refused("quiet", {"--strict", "--here"}), "");
    EXPECT_EQ(refused("stop", {"--strict"}, ""), "") << "the task knows whether it has a Redis";
    EXPECT_EQ(refused("wake", {"--strict"}),
              "--strict: a wake does not look for others; leave it out");
    EXPECT_EQ(refused("quiet", {"--strict", "--here"}, R"({"shop":"redis://b"})"),
              "--strict: SIDEKIQ_REDIS_URL has no Redis for application \"acme\"; add it, or leave "
              "--strict out");
    const cli::Request several{
        .strict = true, .profiles = {"shop"}, .regions = {"us-east-1", "eu-west-1"}};
    EXPECT_THAT(cli::why_strict_fails(several), HasSubstr("run it once for each"));
    const auto task = cli::parse_container(Environment(Sets{{"WORKER_ACTION", "quiet"},
                                                            {"EB_APP_NAME", "acme"},
                                                            {"EB_ENV_NAME_PATTERN_STRING", "w"},
                                                            {"AWS_REGION", "us-east-1"},
                                                            {"SNOW_WHITE_STRICT", "1"}}));
    ASSERT_FALSE(task);
    EXPECT_THAT(task.error().message, HasSubstr("has no Redis for application \"acme\""));
}

TEST(SidekiqSettings, HereAndStatusReadTheVariableForTheirApplication) {
    EXPECT_EQ(servers_of(request_of("quiet", {"--here"})), "a.example:7000");
    EXPECT_EQ(servers_of(request_of("quiet", {"--here", "--dry-run"})), "a.example:7000");
    EXPECT_EQ(servers_of(request_of("status", {})), "a.example:7000");
    EXPECT_EQ(servers_of(request_of("status", {}, "redis://a.example,redis://b.example")),
              "a.example:6379 b.example:6379");
    EXPECT_EQ(servers_of(request_of("status", {}, "")), "");
}

// The task has the stack's own. A value of the prompt neither goes there nor is in the way.
TEST(SidekiqSettings, ALaunchNeitherReadsNorSetsIt) {
    for (const std::vector<std::string>& how :
         {std::vector<std::string>{}, {"--wait"}, {"--cancel"}, {"--dry-run"}})
        EXPECT_EQ(servers_of(request_of("quiet", how)), "");
    EXPECT_TRUE(typed("quiet", {}, "nonsense"));
    auto request = request_of("quiet", {"--here"});
    request.mode = cli::Mode::launch;
    for (const auto& [name, value] : cli::container_environment(request)) {
        EXPECT_NE(name, "SIDEKIQ_REDIS_URL");
        EXPECT_THAT(value, Not(HasSubstr("s3cret")));
    }
}

TEST(SidekiqSettings, ATaskReadsItForItsApplication) {
    EXPECT_EQ(servers_of(*cli::parse_container(task_with(for_two))), "a.example:7000");
    const auto shop = cli::parse_container(task_with(for_two, "shop"));
    EXPECT_EQ(servers_of(*shop), "b.example:6379");
    EXPECT_TRUE(shop->sidekiq.servers.front().tls);
    EXPECT_EQ(shop->sidekiq.servers.front().password, "s3cret");
    EXPECT_EQ(servers_of(*cli::parse_container(task_with(for_two, "third"))), "");
    EXPECT_EQ(servers_of(*cli::parse_container(task_with(""))), "");
    EXPECT_EQ(servers_of(*cli::parse_container(task_with(R"({"*":"redis://c.example"})", "x"))),
              "c.example:6379");
    EXPECT_EQ(servers_of(*cli::parse_container(task_with("redis://c.example\n"))), "c.example:6379")
        << "a file that holds the value ends with a line break";
}

TEST(SidekiqSettings, AnInvalidValueIsOneLineWithoutIt) {
    for (const char* const wrong :
         {"http://s3cret@a.example", "redis://u:s3cret@a.example:0", "redis://u:s3cret@", "s3cret",
          "redis://u:s3cret@a.example,s3cret", "{\"acme\":\"s3cret\"}", "{\"acme\": s3cret",
          "{\"acme\":{\"s3cret\":1}}", "redis://u:s3cret%0d%0aFLUSHALL@a.example",
          "redis://s3%0acret:x@a.example", "redis://u:s3cret%00@a.example"}) {
        const auto here = typed("status", {}, wrong);
        ASSERT_FALSE(here) << wrong;
        EXPECT_THAT(here.error().message, AllOf(HasSubstr("SIDEKIQ_REDIS_URL: "),
                                                Not(HasSubstr("cret")), Not(HasSubstr("\n"))));
        const auto task = cli::parse_container(task_with(wrong));
        ASSERT_FALSE(task) << wrong;
        for (const auto& line : {task.error().message, task.error().to_slack})
            EXPECT_THAT(line, AllOf(HasSubstr("SIDEKIQ_REDIS_URL: "), Not(HasSubstr("cret")),
                                    Not(HasSubstr("\n"))));
    }
}

// Otherwise the first run of the other application would find out.
TEST(SidekiqSettings, ATaskRefusesAValueThatIsWrongForAnotherApplication) {
    EXPECT_FALSE(cli::parse_container(
        task_with(R"({"acme":"redis://a.example","shop":"redis://b.example:x"})")));
    EXPECT_TRUE(cli::parse_container(
        task_with(R"({"acme":"redis://a.example","shop":"redis://b.example"})")));
}

// A credential_process, the AWS CLI and libcurl get the process's environment.
TEST(SidekiqSettings, TheProcessKeepsItForItselfOnly) {
    ASSERT_EQ(setenv("SIDEKIQ_REDIS_URL", "redis://:s3cret@a.example", 1), 0);
    const char* const place = std::getenv("SIDEKIQ_REDIS_URL");
    ASSERT_STREQ(place, "redis://:s3cret@a.example");
    EXPECT_EQ(cli::take_environment(false).get("SIDEKIQ_REDIS_URL"), "redis://:s3cret@a.example");
    EXPECT_EQ(std::getenv("SIDEKIQ_REDIS_URL"), nullptr);
    EXPECT_STREQ(place, "") << "it is overwritten";
}

} // namespace sidekiq_settings_test
