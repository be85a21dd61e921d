// Roles: the requests to STS and the credentials that sign them; chains, MFA, web identities; what
// is requested again and what is not.
#include "src/aws/credentials/chain.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/temporary_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace credentials_roles_test {

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* base = "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=basesecret\n";

class RolesTest : public testing::Test {
protected:
    std::unique_ptr<CredentialsChain> chain(const std::string& config, const std::string& profile,
                                            std::map<std::string, std::string> more = {}) {
        environment_ = files.environment(config, base, std::move(more));
        settings_ = read_settings(environment_, profile);
        return std::make_unique<CredentialsChain>(environment_, settings_, profile, http, clock,
                                                  "eu-west-1", [this](const std::string& question) {
                                                      questions.push_back(question);
                                                      return code;
                                                  });
    }

    test::FakeHttp::Answer role_keys(const std::string& key, std::chrono::hours lifetime,
                                     const char* action = "AssumeRole") {
        const auto end = std::chrono::system_clock::to_time_t(clock.now() + lifetime);
        return test::FakeHttp::status(
            200, fmt::format("<{0}Response><{0}Result><Credentials><AccessKeyId>{1}</"
                             "AccessKeyId><SecretAccessKey>"
                             "s</SecretAccessKey><SessionToken>t</"
                             "SessionToken><Expiration>{2:%Y-%m-%dT%H:%M:%SZ}"
                             "</Expiration></Credentials></{0}Result></{0}Response>",
                             action, key, fmt::gmtime(end)));
    }

    test::TemporaryFiles files;
    FakeClock clock;
    test::FakeHttp http;
    std::vector<std::string> questions;
    Result<std::string> code = "123456";

private:
    Environment environment_;
    Settings settings_;
};

TEST_F(RolesTest, StsIsCalledInTheRunsRegionWithAllSettingsOfTheProfile) {
    http.answers = {role_keys("ASIAROLE", std::chrono::hours{1})};
    const auto keys = chain("[profile r]\nrole_arn=arn:r\nsource_profile=base\nexternal_id=e/1\n"
                            "duration_seconds=900\nrole_session_name=me\nregion=ap-south-1\n",
                            "r")
                          ->get();
    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_EQ(keys->access_key_id, "ASIAROLE");
    EXPECT_EQ(keys->session_token, "t");
    EXPECT_EQ(http.requests[0].url, "https://sts.eu-west-1.amazonaws.com/");
    EXPECT_EQ(http.requests[0].signing->access_key_id, "AKBASE");
    EXPECT_THAT(http.requests[0].body,
                AllOf(HasSubstr("Action=AssumeRole&"), HasSubstr("RoleArn=arn%3Ar"),
                      HasSubstr("ExternalId=e%2F1"), HasSubstr("DurationSeconds=900"),
                      HasSubstr("RoleSessionName=me")));
}

TEST_F(RolesTest, AChainSignsEachStepWithTheCredentialsOfTheOneBefore) {
    http.answers = {role_keys("ASIAFIRST", std::chrono::hours{12}),
                    role_keys("ASIASECOND", std::chrono::hours{1}),
                    role_keys("ASIATHIRD", std::chrono::hours{13})};
    auto keys = chain("[profile two]\nrole_arn=arn:2\nsource_profile=one\n"
                      "[profile one]\nrole_arn=arn:1\nsource_profile=base\n",
                      "two");
    EXPECT_EQ(keys->get()->access_key_id, "ASIASECOND");
    EXPECT_EQ(http.requests[1].signing->access_key_id, "ASIAFIRST");
    clock.advance(std::chrono::hours{1});
    EXPECT_EQ(keys->get()->access_key_id, "ASIATHIRD");
    EXPECT_THAT(http.requests, SizeIs(3)) << "the first role's keys are good for hours yet";
    EXPECT_EQ(http.requests[2].signing->access_key_id, "ASIAFIRST");
}

TEST_F(RolesTest, ARefusalNamesProfileRoleAndSourceAndNoSecret) {
    http.answers = {
        test::FakeHttp::status(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</"
                                    "Message></Error></ErrorResponse>")};
    const auto keys = chain("[profile r]\nrole_arn=arn:r\nsource_profile=base\n", "r")->get();
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().kind, ErrorKind::credentials);
    EXPECT_THAT(keys.error().message,
                AllOf(HasSubstr("profile r"), HasSubstr("arn:r"), HasSubstr("AccessDenied"),
                      HasSubstr("base"), Not(HasSubstr("basesecret"))));
    EXPECT_THAT(http.requests, SizeIs(1));
}

constexpr const char* with_mfa =
    "[profile m]\nrole_arn=arn:m\nsource_profile=base\nmfa_serial=arn:mfa/alice\n";

TEST_F(RolesTest, AnMfaCodeIsAskedForOnce) {
    http.answers = {role_keys("ASIAM", std::chrono::hours{1})};
    auto keys = chain(with_mfa, "m");
    ASSERT_TRUE(keys->get());
    EXPECT_THAT(http.requests[0].body,
                AllOf(HasSubstr("SerialNumber=arn%3Amfa%2Falice"), HasSubstr("TokenCode=123456")));
    clock.advance(std::chrono::minutes{58});
    EXPECT_TRUE(keys->get()) << "they serve until they expire";
    clock.advance(std::chrono::minutes{3});
    const auto late = keys->get();
    ASSERT_FALSE(late);
    EXPECT_THAT(late.error().message, HasSubstr("MFA session has ended"));
    EXPECT_THAT(questions, SizeIs(1));
    EXPECT_THAT(http.requests, SizeIs(1));
}

TEST_F(RolesTest, WithoutATerminalAnMfaProfileIsRefusedBeforeStsIsCalled) {
    code = refused("there is no terminal to ask on");
    auto keys = chain(with_mfa, "m");
    for (int i = 0; i < 2; ++i)
        EXPECT_THAT(keys->get().error().message,
                    AllOf(HasSubstr("profile m"), HasSubstr("no terminal")));
    EXPECT_THAT(questions, SizeIs(1));
    EXPECT_THAT(http.requests, SizeIs(0));
}

TEST_F(RolesTest, ARefusedMfaCodeIsNotRequestedAgain) {
    http.answers = {test::FakeHttp::status(
        403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>MultiFactor"
             "</Message></Error></ErrorResponse>")};
    auto keys = chain(with_mfa, "m");
    EXPECT_THAT(keys->get().error().message, HasSubstr("MultiFactor"));
    EXPECT_THAT(keys->get().error().message, HasSubstr("MultiFactor"));
    EXPECT_THAT(questions, SizeIs(1));
}

TEST_F(RolesTest, AWebIdentityTokenIsReadEachTime) {
    http.answers = {role_keys("ASIAW", std::chrono::hours{1}, "AssumeRoleWithWebIdentity")};
    const auto path = files.write("token", "first");
    auto keys = chain("", "", {{"AWS_WEB_IDENTITY_TOKEN_FILE", path}, {"AWS_ROLE_ARN", "arn:w"}});
    EXPECT_EQ(keys->get()->access_key_id, "ASIAW");
    EXPECT_FALSE(http.requests[0].signing);
    EXPECT_THAT(http.requests[0].body,
                AllOf(HasSubstr("Action=AssumeRoleWithWebIdentity&"),
                      HasSubstr("WebIdentityToken=first"), HasSubstr("RoleArn=arn%3Aw")));
    files.write("token", "second");
    clock.advance(std::chrono::hours{1});
    keys->get();
    EXPECT_THAT(http.requests[1].body, HasSubstr("WebIdentityToken=second"));
}

TEST_F(RolesTest, ACircularChainIsReportedStepByStep) {
    const auto keys =
        chain(
            "[profile a]\nrole_arn=x\nsource_profile=b\n[profile b]\nrole_arn=x\nsource_profile=c\n"
            "[profile c]\nrole_arn=x\nsource_profile=b\n",
            "a")
            ->get();
    EXPECT_THAT(keys.error().message, HasSubstr("a -> b -> c -> b"));
    EXPECT_THAT(http.requests, SizeIs(0));
}

TEST_F(RolesTest, ARoleIsAssumedAgainAfterInvalidate) {
    http.answers = {role_keys("ASIAONE", std::chrono::hours{1}),
                    role_keys("ASIATWO", std::chrono::hours{1})};
    const auto one = chain("[profile r]\nrole_arn=arn:r\nsource_profile=base\n", "r");
    EXPECT_EQ(one->get()->access_key_id, "ASIAONE");
    EXPECT_EQ(one->get()->access_key_id, "ASIAONE");
    one->invalidate();
    EXPECT_EQ(one->get()->access_key_id, "ASIATWO");
}

} // namespace

} // namespace credentials_roles_test
