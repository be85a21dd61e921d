// Credentials from a container's endpoint and from an instance's metadata: which requests are made,
// and which are not.
#include "src/aws/credentials/sources.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/temporary_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace credentials_metadata_test {

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using Variables = std::map<std::string, std::string>;

constexpr const char* document =
    R"({"AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-24T06:00:00Z"})";

class MetadataTest : public testing::Test {
protected:
    OptionalCredentials container(const Variables& variables) {
        const Environment environment(variables);
        return credentials_of_container({environment, settings, http, clock, {}, ""});
    }
    OptionalCredentials instance(const Variables& variables, const Profile& profile = {}) {
        const Environment environment(variables);
        return credentials_of_instance({environment, settings, http, clock, {}, ""}, profile);
    }

    test::TemporaryFiles files;
    Settings settings;
    FakeClock clock;
    test::FakeHttp http;
};

using ContainerTest = MetadataTest;

TEST_F(ContainerTest, IsNotRequestedWithoutAnEndpoint) {
    EXPECT_EQ(container({}), std::nullopt);
    EXPECT_THAT(http.requests, SizeIs(0));
}

TEST_F(ContainerTest, TheRelativeUriOfEcsPrecedesTheFullUri) {
    http.answers = {test::FakeHttp::status(200, document)};
    const auto keys = container({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/id"},
                                 {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x"}});
    EXPECT_EQ((*keys)->session_token, "t");
    EXPECT_EQ(http.requests[0].url, "http://169.254.170.2/v2/credentials/id");
    EXPECT_EQ(http.requests[0].method, "GET");
    EXPECT_TRUE(http.requests[0].bypass_proxy);
    EXPECT_FALSE(http.requests[0].signing);
}

TEST_F(ContainerTest, TheTokenFilePrecedesTheTokenAndMayEndInANewline) {
    http.answers = {test::FakeHttp::status(200, document)};
    container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
               {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this"},
               {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", files.write("token", "Bearer abc\n")}});
    EXPECT_THAT(http.requests[0].headers, Contains(Pair("Authorization", "Bearer abc")));
}

TEST_F(ContainerTest, ATokenCannotAddHeaders) {
    const auto keys = container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x"},
                                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "secret\r\nX-Other: 1"}});
    EXPECT_THAT(keys.error().message, Not(HasSubstr("secret")));
    EXPECT_THAT(http.requests, SizeIs(0));
}

TEST_F(ContainerTest, IsRequestedThreeTimes) {
    http.answers = {test::FakeHttp::no_answer(), test::FakeHttp::status(503),
                    test::FakeHttp::status(200, document)};
    EXPECT_TRUE(container({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c"}}));
    http.answers = {test::FakeHttp::status(503)};
    http.requests.clear();
    const auto keys = container({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c"}});
    EXPECT_THAT(keys.error().message, HasSubstr("503"));
    EXPECT_THAT(http.requests, SizeIs(3));
}

struct UriCase {
    const char* uri;
    bool asked;
};

class FullUri : public MetadataTest, public testing::WithParamInterface<UriCase> {};

TEST_P(FullUri, PlainHttpIsAllowedOnlyForThisHost) {
    http.answers = {test::FakeHttp::status(200, document)};
    EXPECT_EQ(container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", GetParam().uri}}).has_value(),
              GetParam().asked);
    EXPECT_THAT(http.requests, SizeIs(GetParam().asked ? 1 : 0));
}

INSTANTIATE_TEST_SUITE_P(
    All, FullUri,
    testing::Values(
        UriCase{"http://127.0.0.1:80/x", true}, UriCase{"http://127.9.9.9/x", true},
        UriCase{"http://localhost:9/x", true}, UriCase{"http://[::1]:9/x", true},
        UriCase{"http://169.254.170.2/x", true}, UriCase{"http://169.254.170.23/x", true},
        UriCase{"http://[fd00:ec2::23]/x", true}, UriCase{"https://keys.example/x", true},
        UriCase{"http://keys.example/x", false}, UriCase{"http://127.0.0.1.example/x", false},
        UriCase{"http://127.0.0.1@keys.example/x", false},
        UriCase{"http://169.254.169.254/x", false}, UriCase{"http://keys.example/127.0.0.1", false},
        UriCase{"ftp://127.0.0.1/x", false}, UriCase{"127.0.0.1/x", false}));

TEST_F(ContainerTest, ATokenFileThatIsAFolderIsAnErrorLikeAMissingOne) {
    const std::string uri = "http://127.0.0.1/x";
    for (const std::string path : {"/", "/nonexistent"})
        EXPECT_THAT(container({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", uri},
                               {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path}})
                        .error()
                        .message,
                    HasSubstr("cannot be read"));
}

using InstanceTest = MetadataTest;

TEST_F(InstanceTest, ASessionTokenIsRequestedFirst) {
    http.answers = {test::FakeHttp::status(200, "session"),
                    test::FakeHttp::status(200, "worker-role"),
                    test::FakeHttp::status(200, document)};
    EXPECT_EQ((*instance({}))->access_key_id, "ASIA");
    ASSERT_THAT(http.requests, SizeIs(3));
    EXPECT_EQ(http.requests[0].method, "PUT");
    EXPECT_EQ(http.requests[0].url, "http://169.254.169.254/latest/api/token");
    EXPECT_THAT(http.requests[0].headers,
                Contains(Pair("x-aws-ec2-metadata-token-ttl-seconds", "21600")));
    EXPECT_EQ(http.requests[2].url,
              "http://169.254.169.254/latest/meta-data/iam/security-credentials/worker-role");
    EXPECT_THAT(http.requests[2].headers, Contains(Pair("x-aws-ec2-metadata-token", "session")));
    for (const auto& request : http.requests)
        EXPECT_TRUE(request.bypass_proxy && request.timeout <= std::chrono::seconds{1});
}

TEST_F(InstanceTest, WithoutMetadataTheRequestTimesOutQuickly) {
    http.answers = {tl::unexpected(HttpError{.message = "no route"})};
    EXPECT_EQ(instance({}), std::nullopt);
    EXPECT_THAT(http.requests, SizeIs(1));
    http.answers = {test::FakeHttp::no_answer()};
    http.requests.clear();
    EXPECT_EQ(instance({}), std::nullopt);
    EXPECT_THAT(http.requests, SizeIs(2)) << "a second each";
}

TEST_F(InstanceTest, CanBeDisabled) {
    EXPECT_EQ(instance({{"AWS_EC2_METADATA_DISABLED", "True"}}), std::nullopt);
    EXPECT_THAT(http.requests, SizeIs(0));
    http.answers = {test::FakeHttp::status(404)};
    EXPECT_EQ(instance({{"AWS_EC2_METADATA_V1_DISABLED", "true"}}), std::nullopt);
    EXPECT_THAT(http.requests, SizeIs(1));
}

TEST_F(InstanceTest, TheEndpointOfTheEnvironmentPrecedesTheProfiles) {
    const Profile profile{{"ec2_metadata_service_endpoint", "http://b"},
                          {"ec2_metadata_service_endpoint_mode", "IPv6"}};
    instance({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://a/x/"}}, profile);
    EXPECT_EQ(http.requests.front().url, "http://a/x/latest/api/token");
    http.requests.clear();
    instance({}, profile);
    EXPECT_EQ(http.requests.front().url, "http://b/latest/api/token");
    http.requests.clear();
    instance({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6"}});
    EXPECT_EQ(http.requests.front().url, "http://[fd00:ec2::254]/latest/api/token");
}

TEST_F(InstanceTest, AnInstanceWithoutARoleIsNoError) {
    http.answers = {test::FakeHttp::status(200, "session"), test::FakeHttp::status(404)};
    EXPECT_EQ(instance({}), std::nullopt);
}

} // namespace

} // namespace credentials_metadata_test
