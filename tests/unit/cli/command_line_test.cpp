// The command line and the container's environment: what is accepted, and the one-line error for
// what is not.
#include "src/cli/input/command_line.hpp"
#include "src/cli/input/man_page_and_completions.hpp"
#include "src/cli/input/slack_settings.hpp"
#include "src/cli/input/task_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace command_line_test {

namespace {

using namespace snow_white;
using namespace snow_white::cli;
using testing::HasSubstr;

using Variables = std::map<std::string, std::string>;

const Variables settings{{"ECS_CLUSTER_REGION", "eu-west-1"},
                         {"ECS_CLUSTER_NAME", "tools"},
                         {"vpc_id", "vpc-1"},
                         {"subnet_id", "subnet-1"},
                         {"sec_group", "sg-1"}};
const std::vector<std::string> good{"-a",      "quiet", "-e",   "Workers", "-f",
                                    "staging", "-p",    "acme", "-r",      "us-east-1"};

Parsed<std::variant<Request, Printed>> parse(std::vector<std::string> arguments,
                                             Variables environment = settings) {
    return parse_command_line(arguments, Environment(std::move(environment)));
}

std::vector<std::string> with(std::size_t place, const std::string& value) {
    auto arguments = good;
    arguments[place] = value;
    return arguments;
}

std::vector<std::string> and_also(std::initializer_list<std::string> more) {
    auto arguments = good;
    arguments.insert(arguments.end(), more);
    return arguments;
}

TEST(CommandLine, AcceptsTheOlderToolsFlags) {
    const auto parsed = parse(good);
    ASSERT_TRUE(parsed);
    const auto& request = std::get<Request>(*parsed);
    EXPECT_EQ(request.action, drain::Action::quiet);
    EXPECT_EQ(request.pattern, "Workers");
    EXPECT_EQ(request.settings.cluster_region, "eu-west-1");
    EXPECT_EQ(request.mode, Mode::launch);
    EXPECT_EQ(request.stack.name, "snow-white");
}

TEST(CommandLine, AStackNameThatAwsRefusesIsRefused) {
    const auto named = [](const std::string& name) {
        Variables variables = settings;
        variables["CFN_STACK_NAME"] = name;
        return parse(good, variables);
    };
    for (const auto& name : std::vector<std::string>{"snow-white", "s", "snow2", "my-aws",
                                                     "awesome", std::string(90, 'a')})
        EXPECT_TRUE(named(name)) << name;
    const std::vector<std::string> refused{
        "Snow-White", "aws-quiet", "amazon", "amzn1",      "AWS-quiet",         "snow--white",
        "snow-",      "-snow",     "2snow",  "snow_white", std::string(91, 'a')};
    for (const auto& name : refused) {
        ASSERT_FALSE(named(name)) << name;
        EXPECT_THAT(named(name).error().message,
                    testing::AllOf(testing::StartsWith("CFN_STACK_NAME: no stack can be called \"" +
                                                       name + "\"; write "),
                                   testing::Not(HasSubstr("\n"))));
    }
    const Variables container{{"WORKER_ACTION", "quiet"},
                              {"EB_APP_NAME", "a"},
                              {"AWS_REGION", "us-east-1"},
                              {"EB_ENV_NAME_PATTERN_STRING", "workers"},
                              {"CFN_STACK_NAME", "AWS"}};
    const auto in_the_container = parse_container(Environment(container));
    EXPECT_THAT(in_the_container.error().message, HasSubstr("CFN_STACK_NAME"));
}

TEST(CommandLine, ThePublicAddressIsASetting) {
    const auto with_setting = [](const char* value) {
        Variables variables = settings;
        variables["assign_public_ip"] = value;
        return parse(good, variables);
    };
    EXPECT_TRUE(std::get<Request>(*parse(good)).settings.public_ip) << "as ever";
    EXPECT_TRUE(std::get<Request>(*with_setting("ENABLED")).settings.public_ip);
    EXPECT_FALSE(std::get<Request>(*with_setting("DISABLED")).settings.public_ip);
    EXPECT_THAT(with_setting("no").error().message,
                HasSubstr("assign_public_ip: \"no\" is neither ENABLED nor DISABLED"));
}

struct Wrong {
    std::vector<std::string> arguments;
    const char* says;
};

class WrongInput : public testing::TestWithParam<Wrong> {};

TEST_P(WrongInput, IsOneLineThatNamesIt) {
    const auto parsed = parse(GetParam().arguments);
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().says));
    EXPECT_THAT(parsed.error().message, testing::Not(HasSubstr("\n")));
    EXPECT_TRUE(parsed.error().show_usage);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongInput,
    testing::Values(
        Wrong{{}, "-a, -e, -f, -p, -r are required"},
        Wrong{{"-a", "quiet"}, "-e, -f, -p, -r are required"},
        Wrong{with(1, "sleep"), "-a: \"sleep\""}, Wrong{with(3, ""), "-e"},
        Wrong{with(9, "mars"), "-r: \"mars\""},
        Wrong{with(1, "jobs"), "-a jobs only reads Sidekiq's Redis; leave out -e, -f, -r"},
        Wrong{{"-a", "jobs", "--here", "--timeout", "1h"}, "leave out --here, --timeout"},
        Wrong{{"-a", "jobs", "-p", ""}, "-p: the application's name is empty; write e.g. shop"},
        Wrong{{"-a", "jobs", "--watch", "9s"},
              "--watch: 9s is too often for Sidekiq's Redis; write 10s or more"},
        Wrong{{"-a", "jobs", "--wtach", "9s"}, "there is no option --wtach; did you mean --watch?"},
        Wrong{with(1, "jbos"), "-a: \"jbos\" is no action; did you mean jobs?"},
        Wrong{and_also({"--watch", "60s"}), "--watch repeats -a status and -a jobs"},
        Wrong{and_also({"--nowhere"}), "there is no option --nowhere; --help lists them all"},
        Wrong{and_also({"--dryrun"}), "there is no option --dryrun; did you mean --dry-run?"},
        Wrong{with(1, "qiet"), "-a: \"qiet\" is no action; did you mean quiet?"},
        Wrong{and_also({"-a", "wake"}), "-a was given twice; give it once"},
        Wrong{and_also({"--reason"}), "--reason: its value is missing"},
        Wrong{and_also({"--exclude", "--here"}), "--exclude: \"--here\" is an option"},
        Wrong{with(3, "--json"), "-e: \"--json\" is an option"},
        Wrong{and_also({"--match", "golb"}),
              "--match: \"golb\" is no way to match; did you mean glob?"},
        Wrong{with(3, "-f"), "-e: \"-f\" is an option; write a value before it"},
        Wrong{{"-a", "quiet", "-e", "-f", "staging", "-p", "acme", "-r", "us-east-1"},
              "-e: \"-f\" is an option; write a value before it"},
        Wrong{{"-a", "quiet", "--reason", "-f", "staging"}, "--reason: \"-f\" is an option"},
        Wrong{{"-a", "status", "--watch", "-e", "workers"}, "--watch: \"-e\" is an option"},
        Wrong{and_also({"--yes=x"}), "--yes takes no value; write --yes alone, or leave it out"},
        Wrong{and_also({"--dry-run=false"}), "--dry-run takes no value"},
        Wrong{and_also({"--here=false", "--wait=false"}), "takes no value"},
        Wrong{and_also({"-w"}), "there is no option -w; --help lists them all"},
        Wrong{and_also({"-E"}), "there is no option -E; did you mean -e?"},
        Wrong{with(1, "slep"), "-a: \"slep\" is no action; write quiet"},
        Wrong{with(1, "quite"), "-a: \"quite\" is no action; did you mean quiet?"},
        Wrong{with(9, "US-EAST-1"), "\"US-EAST-1\" is no AWS region; did you mean us-east-1?"},
        Wrong{with(9, "us-east"), "did you mean us-east-1?"},
        Wrong{with(9, "useast1"), "did you mean us-east-1?"},
        Wrong{with(9, "us_gov_west_1"), "did you mean us-gov-west-1?"},
        Wrong{with(9, "us-est-1"), "-r: \"us-est-1\" is no AWS region; did you mean us-east-1?"},
        Wrong{with(9, "us-east-11"), "\"us-east-11\" is no AWS region; did you mean us-east-1?"},
        Wrong{with(9, "us-est-11"), "\"us-est-11\" is no AWS region; write e.g. us-east-1"},
        Wrong{with(9, "us-gov-wst-1"), "did you mean us-gov-west-1?"},
        Wrong{with(9, "us-east-1,mars"), "-r: \"mars\""},
        Wrong{with(9, "us-east-1,us-east-1"), "-r: \"us-east-1,us-east-1\" names a region twice"},
        Wrong{with(9, "us-east-1,"), "-r: \"\""}, Wrong{with(5, "shop,"), "-f"},
        Wrong{with(5, "shop,shop"), "-f: \"shop,shop\" names a profile twice"},
        Wrong{with(5, "shop,shop-eu"), "for several profiles add --here"},
        Wrong{and_also({"--wait", "--here"}), "cannot go together"},
        Wrong{and_also({"--wait", "--dry-run"}), "cannot go together"},
        Wrong{and_also({"--cancel", "--wait"}), "cannot go together"},
        Wrong{and_also({"--cancel", "--here"}), "cannot go together"},
        Wrong{and_also({"--cancel", "--dry-run"}), "cannot go together"},
        Wrong{and_also({"--cancel", "--timeout", "6h"}), "cannot go together"},
        Wrong{and_also({"--match", "regex"}), "--match: \"regex\""},
        Wrong{and_also({"--exclude", ""}), "--exclude"}, Wrong{and_also({"-e", ""}), "-e"},
        Wrong{and_also({"--exclude", "a", "b"}), "b"},
        Wrong{and_also({"--timeout", "6"}), "--timeout: \"6\""},
        Wrong{and_also({"--timeout", "9999h"}),
              "--timeout: \"9999h\" is more than a year; write at most 8760h"},
        Wrong{and_also({"--timeout", ""}), "--timeout: its value is empty; write one, or leave"},
        Wrong{and_also({"--reason", ""}),
              "--reason: its value is empty; write one, or leave --reason out"},
        Wrong{and_also({"--slack-user", ""}), "--slack-user: its value is empty"},
        Wrong{{"-a", "jobs", "--watch", ""}, "--watch: its value is empty"},
        Wrong{and_also({"--batch", "2"}), "only a wake has batches"},
        Wrong{and_also({"--cancel", "--batch", "2"}), "cannot go together"},
        Wrong{and_also({"--timeout", "-1h"}), "--timeout"}, Wrong{and_also({"stray"}), "stray"}));

TEST(CommandLine, TheClustersArnIsItsName) {
    const auto named = [](const std::string& cluster) {
        Variables variables = settings;
        variables["ECS_CLUSTER_NAME"] = cluster;
        return parse(good, variables);
    };
    const std::string region = settings.at("ECS_CLUSTER_REGION");
    EXPECT_EQ(
        std::get<Request>(*named("arn:aws:ecs:" + region + ":1:cluster/tools")).settings.cluster,
        "tools");
    EXPECT_THAT(named("arn:aws:ecs:ap-south-1:1:cluster/tools").error().message,
                HasSubstr("that cluster is in ap-south-1, and ECS_CLUSTER_REGION is " + region));
    EXPECT_THAT(named("my tools").error().message,
                HasSubstr("ECS_CLUSTER_NAME: \"my tools\" is no cluster's name"));
}

TEST(CommandLine, EachUnsetSettingIsNamed) {
    const auto parsed =
        parse(good, {{"ECS_CLUSTER_NAME", "tools"}, {"vpc_id", ""}, {"subnet_id", "subnet-1"}});
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message, HasSubstr("unset: ECS_CLUSTER_REGION, vpc_id, sec_group;"));
}

TEST(CommandLine, HereAndCancelNeedNoSettings) {
    EXPECT_TRUE(parse(and_also({"--here"}), {}));
    EXPECT_TRUE(parse(and_also({"--here", "--dry-run"}), {}));
    EXPECT_TRUE(parse(and_also({"--cancel"}), {}));
    EXPECT_FALSE(parse(and_also({"--dry-run"}), {})) << "the task that would run needs them";
}

TEST(CommandLine, HelpAndVersionAreNoErrors) {
    EXPECT_THAT(std::get<Printed>(*parse({"--help"})).text, HasSubstr("Examples, "));
    EXPECT_THAT(std::get<Printed>(*parse({"--version"})).text,
                testing::MatchesRegex("snow-white [0-9.]+( [(][0-9a-f]+(-dirty)?[)])?\n"));
}

TEST(CommandLine, ARegionIsNamedAfterADirection) {
    for (const char* const region :
         {"us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "ap-southeast-7", "mx-central-1"})
        EXPECT_TRUE(is_region(region)) << region;
    for (const char* const wrong :
         {"us-est-1", "us-east", "us-east-", "east-1", "us-eastern-1", "us-east-11"})
        EXPECT_FALSE(is_region(wrong)) << wrong;
    EXPECT_FALSE(is_region("us-" + std::string(100'000, 'a') + "-1"));
}

TEST(Durations, AreNumbersWithAUnit) {
    EXPECT_EQ(*parse_duration("90s"), std::chrono::seconds{90});
    EXPECT_EQ(*parse_duration("45m"), std::chrono::minutes{45});
    EXPECT_EQ(*parse_duration("6h"), std::chrono::hours{6});
    for (const char* wrong : {"", "h", "0h", "6", "6 h", "6d", "99999999999999999999h", "1e3s"})
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
}

TEST(SlackUser, IsAnIdOrIsNamedInTheError) {
    for (const char* const wrong :
         {"alice", "U", "@U0ALICE00", "U0alice", "C0CHANNEL", "U0ALICE00\n", "#deploys"})
        EXPECT_THAT(parse_slack_user(wrong, "--slack-user").error().message,
                    testing::AllOf(HasSubstr("--slack-user"), HasSubstr(wrong),
                                   HasSubstr("Copy member ID")));
    EXPECT_EQ(parse_slack_user("W012AB3CD", "--slack-user"), "W012AB3CD");
    EXPECT_EQ(slack_user_of(Environment(Variables{})), "");
    EXPECT_THAT(
        slack_user_of(Environment(Variables{{"SNOW_WHITE_SLACK_USER", "alice"}})).error().message,
        HasSubstr("SNOW_WHITE_SLACK_USER"));
}

TEST(SlackAccess, ATokenIsABotsAndIsInNoError) {
    for (const char* const wrong :
         {"xoxp-s3cret", "s3cret", "xoxb-s3 cret", "xoxe.xoxb-1-s3cret"}) {
        const auto access = slack_access_of(Environment(Variables{{"SLACK_BOT_TOKEN", wrong}}));
        ASSERT_FALSE(access) << wrong;
        EXPECT_THAT(access.error().message, testing::AllOf(HasSubstr("SLACK_BOT_TOKEN"),
                                                           HasSubstr("Bot User OAuth Token")));
        EXPECT_EQ(access.error().message.find("cret"), std::string::npos);
    }
    EXPECT_EQ(slack_access_of(Environment(Variables{{"SLACK_BOT_TOKEN", "xoxb-1-2-a"}}))->api_url,
              "https://slack.com/api/");
}

// Whoever may start the task may set its environment, and must not obtain the token that way.
TEST(SlackAccess, TheTokenGoesToSlackOrToThisMachine) {
    const auto to = [](const std::string& url) {
        return slack_access_of(Environment(Variables{{"SLACK_API_URL", url}}));
    };
    for (const char* const wrong :
         {"https://evil.example/api/", "http://slack.com/api/", "https://slack.com.evil.example/",
          "https://slack.com@evil.example/", "http://127.0.0.1.evil.example/",
          "http://127.0.0.1:1@evil.example/", "http://localhost:@evil.example/api/"})
        EXPECT_FALSE(to(wrong)) << wrong;
    EXPECT_EQ(to("https://slack-gov.com/api")->api_url, "https://slack-gov.com/api/");
    EXPECT_EQ(to("http://127.0.0.1:8080/api/")->api_url, "http://127.0.0.1:8080/api/");
}

TEST(TaskEnvironmentTest, ReadsTheOlderToolsNamesAndDefaults) {
    const auto request = parse_container(Environment({{"WORKER_ACTION", "stop"},
                                                      {"EB_APP_NAME", "acme"},
                                                      {"AWS_REGION", "us-east-1"},
                                                      {"STOP_COMMAND_LOGICAL_NAME", "Mine"}}));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->pattern, "workers");
    EXPECT_EQ(request->stack.document_of(drain::Action::stop), "Mine");
    EXPECT_EQ(request->stack.document_of(drain::Action::quiet), "QuietSideKiqDocument");
    EXPECT_EQ(request->slack.webhook, "");
}

TEST(TaskEnvironmentTest, ReadsWhatALaunchSets) {
    auto launched =
        std::get<Request>(*parse(and_also({"--timeout", "6h", "--slack-user", "U0ALICE00"})));
    Variables environment;
    for (const auto& [name, value] : container_environment(launched))
        environment[name] = value;
    const auto request = parse_container(Environment(environment));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->action, launched.action);
    EXPECT_EQ(request->pattern, launched.pattern);
    EXPECT_EQ(request->profiles, launched.profiles);
    EXPECT_EQ(request->application, launched.application);
    EXPECT_EQ(request->regions, launched.regions);
    EXPECT_EQ(request->timeout, launched.timeout);
    EXPECT_EQ(request->slack_user, "U0ALICE00");
    EXPECT_EQ(request->settings.cluster_region, launched.settings.cluster_region);
}

std::vector<std::string> names_of(const std::vector<RegionTarget>& places) {
    std::vector<std::string> names;
    for (const auto& place : places)
        names.push_back(place.name);
    return names;
}

TEST(CommandLine, SeveralRegionsAndProfilesAreCombined) {
    auto arguments = with(9, "us-east-1,eu-west-1");
    const auto regions = std::get<Request>(*parse(arguments));
    EXPECT_THAT(names_of(regions.region_targets()), testing::ElementsAre("us-east-1", "eu-west-1"));
    arguments[5] = "shop,shop-eu";
    arguments.emplace_back("--here");
    const auto both = std::get<Request>(*parse(arguments));
    EXPECT_THAT(names_of(both.region_targets()),
                testing::ElementsAre("shop/us-east-1", "shop/eu-west-1", "shop-eu/us-east-1",
                                     "shop-eu/eu-west-1"));
    const auto one = both.at(both.region_targets()[3]);
    EXPECT_EQ(one.profile(), "shop-eu");
    EXPECT_EQ(one.region(), "eu-west-1");
    // A single region needs no label.
    EXPECT_THAT(names_of(one.region_targets()), testing::ElementsAre(""));
}

TEST(CommandLine, SeveralRegionsReachTheContainerInAFormThatAnOlderImageRefuses) {
    Variables environment;
    for (const auto& [name, value] :
         container_environment(std::get<Request>(*parse(with(9, "us-east-1,eu-west-1")))))
        environment[name] = value;
    EXPECT_EQ(environment["AWS_REGION"], "us-east-1,eu-west-1");
    EXPECT_THAT(parse_container(Environment(environment))->regions,
                testing::ElementsAre("us-east-1", "eu-west-1"));
    environment["AWS_REGION"] = "us-east-1,";
    EXPECT_THAT(parse_container(Environment(environment)).error().message,
                HasSubstr("AWS_REGION: \"us-east-1,\" does not fit; write an AWS region"));
}

TEST(CommandLine, ABatchIsANumberOrAShareAndReachesTheContainer) {
    for (const std::string batch : {"1", "250", "25%", "100%"}) {
        auto wake = with(1, "wake");
        wake.insert(wake.end(), {"--batch", batch});
        Variables environment;
        for (const auto& [name, value] : container_environment(std::get<Request>(*parse(wake))))
            environment[name] = value;
        EXPECT_EQ(parse_container(Environment(environment))->batch, batch);
    }
    for (const std::string wrong : {"0", "-1", "101%", "5 %", "%", "10000000", "all"}) {
        auto wake = with(1, "wake");
        wake.insert(wake.end(), {"--batch", wrong});
        EXPECT_THAT(parse(wake).error().message, HasSubstr("write e.g. 10 or 25%")) << wrong;
    }
    EXPECT_EQ(std::get<Request>(*parse(with(1, "wake"))).batch, "");
}

TEST(TaskEnvironmentTest, ReadsASelectionThatALaunchSets) {
    const auto launched = std::get<Request>(*parse(
        and_also({"-e", "acme-*", "--exclude", "*-x'\n", "--exclude", "b", "--match", "glob"})));
    EXPECT_EQ(launched.pattern.include, (std::vector<std::string>{"Workers", "acme-*"}));
    Variables environment;
    for (const auto& [name, value] : container_environment(launched))
        environment[name] = value;
    EXPECT_EQ(parse_container(Environment(environment))->pattern, launched.pattern);
    EXPECT_THAT(environment["EB_ENV_NAME_PATTERN_STRING"], HasSubstr(" "))
        << "an image that does not know the selection must match nothing";
}

TEST(Reason, IsOnePrintableLineHereAndInTheContainer) {
    const auto launched =
        std::get<Request>(*parse(and_also({"--reason", "CHG-1\n\x1b[31m für \xff"})));
    EXPECT_EQ(launched.reason, "CHG-1\uFFFD\uFFFD[31m für \uFFFD");
    Variables environment;
    for (const auto& [name, value] : container_environment(launched))
        environment[name] = value;
    EXPECT_EQ(parse_container(Environment(environment))->reason, launched.reason);
    EXPECT_THAT(parse(and_also({"--reason", std::string(257, 'a')})).error().message,
                HasSubstr("--reason: 257 bytes"));
}

TEST(TaskEnvironmentTest, ReportsABrokenSelection) {
    for (const char* const broken :
         {"workers", "{}", R"({"match":"regex","any_of":["a"],"none_of":[]})",
          R"({"match":"glob","any_of":[],"none_of":[]})",
          R"({"match":"glob","any_of":"a","none_of":[]})"}) {
        const auto request =
            parse_container(Environment(Variables{{"WORKER_ACTION", "quiet"},
                                                  {"EB_APP_NAME", "acme"},
                                                  {"AWS_REGION", "us-east-1"},
                                                  {"SNOW_WHITE_SELECTION", broken}}));
        ASSERT_FALSE(request) << broken;
        EXPECT_THAT(request.error().message, HasSubstr("SNOW_WHITE_SELECTION"));
    }
}

TEST(TaskEnvironmentTest, RefusesOneDocumentForTwoPurposes) {
    const Environment environment(
        Variables{{"WORKER_ACTION", "quiet"},
                  {"EB_APP_NAME", "acme"},
                  {"AWS_REGION", "us-east-1"},
                  {"STATUS_COMMAND_LOGICAL_NAME", "StopSideKiqDocument"}});
    EXPECT_THAT(parse_container(environment).error().message,
                HasSubstr("names the document of another"));
}

TEST(TaskEnvironmentTest, RefusesASelectionAndAPatternOfTwoLaunches) {
    const Environment environment(Variables{
        {"WORKER_ACTION", "quiet"},
        {"EB_APP_NAME", "acme"},
        {"AWS_REGION", "us-east-1"},
        {"EB_ENV_NAME_PATTERN_STRING", "zzz"},
        {"SNOW_WHITE_SELECTION", R"({"match":"contains","any_of":["a","b"],"none_of":[]})"}});
    EXPECT_THAT(parse_container(environment).error().message, HasSubstr("contradict each other"));
}

TEST(TaskEnvironmentTest, RefusesAMixOfTheSandboxAndAws) {
    Variables variables{{"WORKER_ACTION", "quiet"},
                        {"EB_APP_NAME", "acme"},
                        {"AWS_REGION", "us-east-1"},
                        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1"}};
    EXPECT_TRUE(parse_container(Environment(variables)));
    variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:8080";
    const auto mixed = parse_container(Environment(variables));
    ASSERT_FALSE(mixed);
    EXPECT_THAT(mixed.error().message,
                HasSubstr("AWS_ENDPOINT_URL: an address of this machine is the sandbox's"));
}

TEST(TaskEnvironmentTest, NamesWhatIsMissing) {
    Variables variables{
        {"WORKER_ACTION", "nap"}, {"EB_APP_NAME", "acme"}, {"AWS_REGION", "us-east-1"}};
    EXPECT_EQ(parse_container(Environment(variables)).error().message,
              "WORKER_ACTION: \"nap\" does not fit; write quiet, wake or stop");
    for (const char* const missing : {"WORKER_ACTION", "EB_APP_NAME", "AWS_REGION"}) {
        Variables without = variables;
        without.erase(missing);
        EXPECT_EQ(parse_container(Environment(without)).error().message,
                  std::string(missing) +
                      " is not set; start the task with snow-white, which sets it");
    }
}

TEST(CommandLine, HelpFitsAScreenAndBeginsWithExamples) {
    const auto help = std::get<Printed>(*parse({"--help"})).text;
    EXPECT_LE(std::ranges::count(help, '\n'), 40);
    EXPECT_LT(help.find("Examples"), help.find("Options:"));
    EXPECT_THAT(help, HasSubstr("70 a bug of ours, 74 the output could not be written"));
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
        const auto continued =
            std::ranges::count_if(line, [](char byte) { return (byte & 0xC0) == 0x80; });
        EXPECT_LE(static_cast<std::ptrdiff_t>(line.size()) - continued, 80) << line;
    }
}

TEST(CommandLine, TheManPageDescribesEachFlag) {
    const auto flags = all_flags();
    EXPECT_GE(flags.size(), 10U);
    EXPECT_EQ(std::ranges::count(flags, true, &Flag::repeatable), 2); // -e, --exclude
    for (const auto& flag : flags) {
        EXPECT_THAT(manual_page(), HasSubstr(flag.meaning.substr(0, flag.meaning.find('-'))))
            << flag.meaning;
        for (const auto& name : flag.names) {
            const std::string word = name.substr(name.find_first_not_of('-'));
            EXPECT_THAT(completion_for_bash(), HasSubstr(name));
            EXPECT_THAT(completion_for_zsh(),
                        HasSubstr((flag.repeatable ? "'*" : "'") + name + "["));
            EXPECT_THAT(completion_for_fish(),
                        HasSubstr((name.starts_with("--") ? " -l " : " -s ") + word));
        }
    }
}

} // namespace

} // namespace command_line_test
