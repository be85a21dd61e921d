// Which credentials sign: the order of the sources, and how long their credentials are used.
#include "src/aws/config/config_file.hpp"
#include "src/aws/credentials/chain.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/temporary_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace credentials_test {

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using testing::HasSubstr;
using testing::SizeIs;

class CredentialsTest : public testing::Test {
protected:
    Environment environment(const std::string& config, const std::string& credentials,
                            std::map<std::string, std::string> more = {}) {
        return files_.environment(config, credentials, std::move(more));
    }

    Result<Credentials> get(const Environment& from, const std::string& profile = "") {
        const auto settings = read_settings(from, profile);
        return CredentialsChain(from, settings, profile, http, clock).get();
    }

    std::string document(std::chrono::seconds lifetime) {
        return fmt::format(
            R"({{"AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"{:%Y-%m-%dT%H:%M:%SZ}"}})",
            fmt::gmtime(std::chrono::system_clock::to_time_t(clock.now() + lifetime)));
    }

    FakeClock clock;
    test::FakeHttp http;

private:
    test::TemporaryFiles files_;
};

TEST_F(CredentialsTest, ANamedProfilePrecedesTheEnvironment) {
    const auto from =
        environment("[profile staging]\nregion = us-east-1\n",
                    "[staging]\naws_access_key_id = AKSTAGING\naws_secret_access_key=s\n",
                    {{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "e"}});
    EXPECT_EQ(get(from, "staging")->access_key_id, "AKSTAGING");
    EXPECT_EQ(get(from)->access_key_id, "AKENV");
}

TEST_F(CredentialsTest, TheDefaultProfileIsUsedWithoutAnyOtherSource) {
    EXPECT_EQ(
        get(environment("", "[default]\naws_access_key_id=AKDEFAULT\naws_secret_access_key=s\n"))
            ->access_key_id,
        "AKDEFAULT");
}

TEST_F(CredentialsTest, UnusualSyntaxOfConfigFiles) {
    const auto from =
        environment("# comment\n[profile \"two words\"]\n  aws_access_key_id = nested, not a "
                    "setting\n\n[default]\nregion=x\n[preview]\na=b\n",
                    "[two words]\r\naws_access_key_id=AK2\r\naws_secret_access_key = s=s/+ \r\n");
    const auto profiles = read_profiles(from);
    EXPECT_EQ(names_of(profiles), "default, two words");
    EXPECT_EQ(get(from, "two words")->secret_access_key, "s=s/+");
}

TEST_F(CredentialsTest, WhatCannotBeReadIsNamedWithItsReason) {
    const auto problem = [](const Environment& from) { return read_profiles(from).problem; };
    EXPECT_EQ(problem(environment("[default]\n", "")), "");
    const auto broken = environment("[default]\n\n[profile x\nregion = eu-west-1\n", "");
    EXPECT_THAT(problem(broken), testing::EndsWith("line 3: \"[profile x\" has no ]"));
    EXPECT_EQ(setting(read_profiles(broken).named("default"), "region"), "")
        << "not of the section before";
    const auto found = get(broken, "x");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message,
                testing::MatchesRegex("profile x was not found: .* has no ]"));
    const auto at = [](const std::string& path) {
        return Environment(std::map<std::string, std::string>{
            {"AWS_CONFIG_FILE", path}, {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"}});
    };
    EXPECT_EQ(problem(at("/tmp")), "/tmp is a folder");
    EXPECT_EQ(problem(at("/nonexistent/config")), "");
    EXPECT_EQ(problem(Environment(std::map<std::string, std::string>{})), "HOME is not set");
}

TEST_F(CredentialsTest, AnUnknownProfileIsReportedWithTheExistingOnes) {
    const auto found = get(environment("[profile production]\n", ""), "prodcution");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("prodcution"));
    EXPECT_THAT(found.error().message, HasSubstr("production"));
}

TEST_F(CredentialsTest, ACredentialProcessIsRun) {
    const auto from =
        environment("[profile p]\ncredential_process = echo "
                    "'{\"Version\":1,\"AccessKeyId\":\"AKP\",\"SecretAccessKey\":\"s\"}'\n",
                    "");
    EXPECT_EQ(get(from, "p")->access_key_id, "AKP");
}

TEST_F(CredentialsTest, ACredentialProcessThatFailsSaysWhy) {
    const auto found = get(
        environment("[profile p]\ncredential_process = echo 'vault is sealed' >&2; exit 3\n", ""),
        "p");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("vault is sealed"));
}

TEST_F(CredentialsTest, TheContainersCredentialsAreRefreshedBeforeTheyExpire) {
    const auto from = environment("", "",
                                  {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/creds"},
                                   {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "tok"}});
    http.answers = {test::FakeHttp::status(200, document(std::chrono::hours{1}))};
    const auto settings = read_settings(from, "");
    CredentialsChain chain(from, settings, "", http, clock);
    EXPECT_EQ(chain.get()->session_token, "t");
    clock.advance(std::chrono::minutes{50});
    EXPECT_TRUE(chain.get());
    EXPECT_THAT(http.requests, SizeIs(1));
    EXPECT_THAT(http.requests[0].headers, testing::Contains(testing::Pair("Authorization", "tok")));
    clock.advance(std::chrono::minutes{6});
    EXPECT_TRUE(chain.get());
    EXPECT_THAT(http.requests, SizeIs(2));
}

TEST_F(CredentialsTest, CredentialsThatCannotBeRefreshedAreUsedUntilTheyExpire) {
    const auto from =
        environment("", "", {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/creds"}});
    http.answers = {test::FakeHttp::status(200, document(std::chrono::hours{1})),
                    test::FakeHttp::no_answer()};
    const auto settings = read_settings(from, "");
    CredentialsChain chain(from, settings, "", http, clock);
    EXPECT_TRUE(chain.get());
    clock.advance(std::chrono::minutes{57});
    EXPECT_TRUE(chain.get());
    clock.advance(std::chrono::minutes{4});
    EXPECT_FALSE(chain.get());
}

TEST_F(CredentialsTest, AProfileWithoutCredentialsSaysHowToGetSome) {
    const auto found = get(environment("[profile empty]\nregion=x\n", ""), "empty");
    EXPECT_THAT(found.error().message, HasSubstr("aws configure --profile empty"));
}

TEST_F(CredentialsTest, AnExpirationMayHaveAnOffset) {
    const auto from = environment(
        "[profile p]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKP\","
        "\"SecretAccessKey\":\"s\",\"Expiration\":\"2026-11-24T02:30:00.5+01:30\"}'\n",
        "");
    EXPECT_EQ(get(from, "p")->expires, clock.now() + std::chrono::hours{1});
}

TEST_F(CredentialsTest, SettingsComeFromTheEnvironmentThenFromTheProfile) {
    const auto from =
        environment("[profile p]\nregion=eu-west-1\nmax_attempts=7\nca_bundle=/ca\n"
                    "use_fips_endpoint=true\nendpoint_url=http://file\n",
                    "", {{"AWS_MAX_ATTEMPTS", "3"}, {"AWS_ENDPOINT_URL_SSM", "http://ssm"}});
    const auto settings = read_settings(from, "p");
    EXPECT_EQ(settings.region, "eu-west-1");
    EXPECT_EQ(settings.attempts, 3);
    EXPECT_EQ(settings.ca_bundle, "/ca");
    EXPECT_TRUE(settings.fips);
    EXPECT_EQ(settings.endpoint_urls.at("SSM"), "http://ssm");
    EXPECT_EQ(settings.endpoint_urls.at(""), "http://file");
    EXPECT_EQ(settings.problem, "");
    EXPECT_EQ(read_settings(from, "other").region, "");
}

TEST_F(CredentialsTest, InvalidSettingsAreReportedAndNothingIsSent) {
    EXPECT_THAT(read_settings(environment("", "", {{"AWS_MAX_ATTEMPTS", "0"}}), "").problem,
                HasSubstr("\"0\""));
    EXPECT_THAT(read_settings(environment("[default]\nservices = gone\n", ""), "").problem,
                HasSubstr("[services gone]"));
}

} // namespace

} // namespace credentials_test
