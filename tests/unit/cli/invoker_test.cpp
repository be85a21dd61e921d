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

TEST(Invoker, OnlyAnIamUserIsAUser) {
    EXPECT_EQ(from_started_by("alice").user, "alice");
    EXPECT_EQ(from_started_by("Deploy//alice").user, "");
}

} // namespace

} // namespace invoker_test
