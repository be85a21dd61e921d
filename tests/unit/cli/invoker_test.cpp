#include "src/cli/session/invoker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace invoker_test {

namespace {

using namespace snow_white::cli;

struct Case {
    const char* arn;
    const char* started_by;
    const char* display;
};

class InvokerOf : public testing::TestWithParam<Case> {};

TEST_P(InvokerOf, SurvivesStartedBy) {
    const auto invoker = invoker_of_arn(GetParam().arn);
    const auto text = to_started_by(invoker);
    EXPECT_EQ(text, GetParam().started_by);
    EXPECT_THAT(text, testing::MatchesRegex("[A-Za-z0-9_/-]*"));
    EXPECT_EQ(display_name(from_started_by(text)), GetParam().display);
}

INSTANTIATE_TEST_SUITE_P(
    Arns, InvokerOf,
    testing::Values(
        Case{"arn:aws:iam::123456789012:user/alice", "alice", "alice"},
        Case{"arn:aws:iam::123456789012:user/ops/eu/bob_2", "bob_2", "bob_2"},
        Case{"arn:aws:iam::123456789012:user/carol.s@example.com", "carol/2Es/40example/2Ecom",
             "carol.s@example.com"},
        Case{"arn:aws:sts::123456789012:assumed-role/Deploy/ci=42", "Deploy//ci/3D42",
             "ci=42 (role Deploy)"},
        Case{"arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_PowerUser_0123456789abcdef/"
             "dan@example.com",
             "AWSReservedSSO_PowerUser_0123456789abcdef//dan/40example/2Ecom",
             "dan@example.com (SSO PowerUser)"},
        Case{"arn:aws-cn:sts::123456789012:federated-user/eve", "federated-user//eve",
             "eve (role federated-user)"},
        Case{"arn:aws:iam::123456789012:root", "root//", "the account's root"}, Case{"", "", ""},
        Case{"nonsense", "", ""}));

TEST(Invoker, IsCutToTheLimitOfEcs) {
    const auto text =
        to_started_by({.role = std::string(64, 'r'), .session = std::string(64, '@')});
    EXPECT_EQ(text.size(), 128U);
}

TEST(ConsoleLinks, EachPartitionHasItsConsole) {
    EXPECT_EQ(task_url("arn:aws:ecs:us-east-1:123456789012:task/tools/0af3"),
              "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/tools/tasks/0af3"
              "?region=us-east-1");
    EXPECT_EQ(task_url("arn:aws-cn:ecs:cn-north-1:123456789012:task/tools/0af3"),
              "https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/tools/tasks/0af3"
              "?region=cn-north-1");
    EXPECT_EQ(log_url("us-gov-west-1", "/ecs/snow-white", "a/b/0af3"),
              "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home"
              "?region=us-gov-west-1#logsV2:log-groups/log-group/$252Fecs$252Fsnow-white"
              "/log-events/a$252Fb$252F0af3");
}

TEST(ConsoleLinks, NothingLeavesTheUrl) {
    EXPECT_EQ(log_url("us-east-1", "a|b>c d&e%f", "..\n\xff"),
              "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
              "#logsV2:log-groups/log-group/a$257Cb$253Ec$2520d$2526e$2525f/log-events/"
              "$252E$252E$250A$25FF");
    for (const std::string region : {"", "evil.example/", "us-east-1.evil", "US", "a@b", "a#b"}) {
        EXPECT_EQ(log_url(region, "/g", "s"), "");
        EXPECT_EQ(task_url("arn:aws:ecs:" + region + ":123456789012:task/tools/0af3"), "");
    }
    for (const std::string path : {"task/tools", "task/tools/", "task/../0af3", "task/a|b/0af3",
                                   "task/tools/0af3/x", "service/tools/0af3", "task/tools/0>f"})
        EXPECT_EQ(task_url("arn:aws:ecs:us-east-1:123456789012:" + path), "") << path;
    EXPECT_EQ(task_url(""), "");
    EXPECT_EQ(log_url("us-east-1", "", "s"), "");
    EXPECT_EQ(log_url("us-east-1", "/g", ""), "");
}

TEST(Invoker, OnlyAnIamUserIsAUser) {
    EXPECT_EQ(from_started_by("alice").user, "alice");
    EXPECT_EQ(from_started_by("Deploy//alice").user, "");
}

} // namespace

} // namespace invoker_test
