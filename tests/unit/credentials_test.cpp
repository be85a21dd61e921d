// Whose keys sign: the sources in their order, and how long their keys are used.
#include "src/aws/config_file.hpp"
#include "src/aws/credentials_chain.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <filesystem>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using testing::HasSubstr;
using testing::SizeIs;

class CredentialsTest : public testing::Test {
protected:
    CredentialsTest()
        : folder_(std::filesystem::temp_directory_path() / fmt::format("snow-white-test-{}", getpid())) {
        std::filesystem::create_directories(folder_);
    }
    ~CredentialsTest() override { std::filesystem::remove_all(folder_); }

    aws::Environment environment(const std::string& config, const std::string& credentials,
                                 std::map<std::string, std::string> more = {}) {
        std::ofstream(folder_ / "config") << config;
        std::ofstream(folder_ / "credentials") << credentials;
        more["AWS_CONFIG_FILE"] = folder_ / "config";
        more["AWS_SHARED_CREDENTIALS_FILE"] = folder_ / "credentials";
        more["HOME"] = folder_;
        return aws::Environment(more);
    }

    Result<Credentials> get(const aws::Environment& from, const std::string& profile = "") {
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
    std::filesystem::path folder_;
};

TEST_F(CredentialsTest, AProfileAskedForByNameComesBeforeTheEnvironment) {
    const auto from = environment("[profile staging]\nregion = us-east-1\n",
                                  "[staging]\naws_access_key_id = AKSTAGING\naws_secret_access_key=s\n",
                                  {{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "e"}});
    EXPECT_EQ(get(from, "staging")->access_key_id, "AKSTAGING");
    EXPECT_EQ(get(from)->access_key_id, "AKENV");
}

TEST_F(CredentialsTest, TheDefaultProfileServesWhereNothingElseIs) {
    EXPECT_EQ(get(environment("", "[default]\naws_access_key_id=AKDEFAULT\naws_secret_access_key=s\n"))
                  ->access_key_id,
              "AKDEFAULT");
}

TEST_F(CredentialsTest, ConfigFilesOddities) {
    const auto from =
        environment("# comment\n[profile \"two words\"]\n  aws_access_key_id = nested, not a "
                    "setting\n\n[default]\nregion=x\n[preview]\na=b\n",
                    "[two words]\r\naws_access_key_id=AK2\r\naws_secret_access_key = s=s/+ \r\n");
    const auto profiles = read_profiles(from);
    EXPECT_EQ(names_of(profiles), "default, two words");
    EXPECT_EQ(get(from, "two words")->secret_access_key, "s=s/+");
}

TEST_F(CredentialsTest, AnUnknownProfileIsNamedWithThoseThatExist) {
    const auto found = get(environment("[profile production]\n", ""), "prodcution");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("prodcution"));
    EXPECT_THAT(found.error().message, HasSubstr("production"));
}

TEST_F(CredentialsTest, ACredentialProcessIsRun) {
    const auto from = environment("[profile p]\ncredential_process = echo "
                                  "'{\"Version\":1,\"AccessKeyId\":\"AKP\",\"SecretAccessKey\":\"s\"}'\n",
                                  "");
    EXPECT_EQ(get(from, "p")->access_key_id, "AKP");
}

TEST_F(CredentialsTest, ACredentialProcessThatFailsSaysWhy) {
    const auto found =
        get(environment("[profile p]\ncredential_process = echo 'vault is sealed' >&2; exit 3\n", ""), "p");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("vault is sealed"));
}

TEST_F(CredentialsTest, TheContainersKeysAreRenewedBeforeTheyExpire) {
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

TEST_F(CredentialsTest, KeysThatCannotBeRenewedServeUntilTheyExpire) {
    const auto from = environment("", "", {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/creds"}});
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

} // namespace
