// The client: which calls it retries, how it classifies errors, to which endpoint it sends, with
// which credentials.
#include "src/aws/client.hpp"
#include "src/aws/credentials/chain.hpp"
#include "src/aws/services/cloudformation.hpp"
#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace client_test {

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using testing::HasSubstr;
using testing::SizeIs;

class ClientTest : public testing::Test {
protected:
    Client client() { return {{settings, http, clock, credentials}, "eu-west-1"}; }

    FakeClock clock;
    test::FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    Settings settings = read_settings(environment, "");
    CredentialsChain credentials{environment, settings, "", http, clock};
};

TEST_F(ClientTest, SignsForTheServiceAndTheRegion) {
    http.answers = {test::FakeHttp::status(
        200, R"({"Commands":[{"CommandId":"c","TargetCount":3,"CompletedCount":2}]})")};
    auto one = client();
    const auto command = get_command(one, {"c"});
    ASSERT_TRUE(command);
    EXPECT_EQ(command->completed, 2);
    EXPECT_EQ(http.requests[0].url, "https://ssm.eu-west-1.amazonaws.com/");
    EXPECT_EQ(http.requests[0].signing->service, "ssm");
    EXPECT_EQ(http.requests[0].signing->region, "eu-west-1");
    EXPECT_EQ(http.requests[0].signing->access_key_id, "AKIA");
}

TEST_F(ClientTest, ThrottlingInBothSpellingsIsRetried) {
    http.answers = {test::FakeHttp::status(
                        400, R"({"__type":"ThrottlingException","message":"Rate exceeded"})"),
                    test::FakeHttp::status(429),
                    test::FakeHttp::status(200, R"({"Command":{"CommandId":"c"}})")};
    auto one = client();
    EXPECT_TRUE(send_command(one, {.document = "d", .targets = {.tag = "t", .values = {"v"}}}));
    EXPECT_THAT(http.requests, SizeIs(3));
}

TEST_F(ClientTest, ASendCommandWhoseAnswerIsLostIsNotSentAgain) {
    auto one = client();
    const auto sent =
        send_command(one, {.document = "d", .targets = {.tag = "t", .values = {"v"}}});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, ErrorKind::transport);
    EXPECT_THAT(http.requests, SizeIs(1));
}

TEST_F(ClientTest, ARunTaskWhoseAnswerIsLostIsRepeatedWithTheSameToken) {
    http.answers = {test::FakeHttp::no_answer(),
                    test::FakeHttp::status(200, R"({"tasks":[{"taskArn":"arn"}],"failures":[]})")};
    auto one = client();
    EXPECT_TRUE(run_task(one, {.client_token = "token"}));
    ASSERT_THAT(http.requests, SizeIs(2));
    EXPECT_EQ(http.requests[0].body, http.requests[1].body);
}

TEST_F(ClientTest, FailuresInAnAnswerOfHttp200AreAnError) {
    http.answers = {test::FakeHttp::status(
        200, R"({"tasks":[],"failures":[{"reason":"RESOURCE:ENI","detail":"no address left"}]})")};
    auto one = client();
    const auto task = run_task(one, {});
    ASSERT_FALSE(task);
    EXPECT_THAT(describe(task.error()), HasSubstr("RESOURCE:ENI: no address left"));
}

TEST_F(ClientTest, ATruncatedAnswerIsMalformedAndRetried) {
    http.answers = {test::FakeHttp::status(200, R"({"Commands":[{"Comm)")};
    auto one = client();
    const auto command = get_command(one, {"c"});
    ASSERT_FALSE(command);
    EXPECT_EQ(command.error().kind, ErrorKind::malformed);
    EXPECT_THAT(http.requests, SizeIs(5));
}

TEST_F(ClientTest, AnAnswerOfAnotherShapeIsMalformedToo) {
    http.answers = {
        test::FakeHttp::status(200, R"({"Commands":[{"CommandId":7,"TargetCount":null}]})")};
    auto one = client();
    const auto command = get_command(one, {"c"});
    ASSERT_FALSE(command);
    EXPECT_EQ(command.error().kind, ErrorKind::malformed);
}

TEST_F(ClientTest, AnAnswerOfAnotherServiceIsNotAnEmptyList) {
    auto one = client();
    http.answers = {test::FakeHttp::status(200, R"({"unexpected":true})"),
                    test::FakeHttp::status(200, R"({"CommandInvocations":[]})")};
    ASSERT_TRUE(list_invocations(one, {"c"}, [](const Invocation&) {}));
    EXPECT_THAT(http.requests, SizeIs(2));
    http.answers = {
        test::FakeHttp::status(200, "<html><head><title>Sign in</title></head><body/></html>")};
    EXPECT_EQ(describe_instances(one, {"acme-workers"}, Ec2States::living).error().kind,
              ErrorKind::malformed);
    EXPECT_EQ(describe_environments(one, "acme").error().kind, ErrorKind::malformed);
    EXPECT_EQ(get_physical_id(one, "snow-white", "QuietSideKiqDocument").error().kind,
              ErrorKind::malformed);
}

TEST_F(ClientTest, AnEnvironmentsTierIsKnownByItsNameOrItsType) {
    auto one = client();
    const auto tier_of = [&](const std::string& tier) {
        http.answers = {test::FakeHttp::status(
            200, "<DescribeEnvironmentsResponse><DescribeEnvironmentsResult><Environments><member>"
                 "<EnvironmentName>a</EnvironmentName>" +
                     tier +
                     "</member></Environments></DescribeEnvironmentsResult></"
                     "DescribeEnvironmentsResponse>")};
        return describe_environments(one, "acme")->at(0).tier;
    };
    EXPECT_EQ(tier_of("<Tier><Name>Cluster</Name><Type>EKS</Type></Tier>"), "Cluster");
    EXPECT_EQ(tier_of("<Tier><Type>EKS</Type></Tier>"), "Cluster");
    EXPECT_EQ(tier_of("<Tier><Name>WebServer</Name><Type>Standard</Type></Tier>"), "WebServer");
    EXPECT_EQ(tier_of(""), "");
}

TEST_F(ClientTest, UsesTheRetriesAndCertificatesOfTheSettings) {
    settings.attempts = 2;
    settings.ca_bundle = "/ca";
    auto one = client();
    EXPECT_FALSE(get_command(one, {"c"}));
    ASSERT_THAT(http.requests, SizeIs(2));
    EXPECT_EQ(http.requests[0].ca_bundle, "/ca");
}

TEST_F(ClientTest, InvalidSettingsStopEachCall) {
    settings.problem = "what?";
    auto one = client();
    EXPECT_EQ(get_command(one, {"c"}).error().message, "what?");
    EXPECT_THAT(http.requests, SizeIs(0));
}

struct ErrorCase {
    int status;
    const char* body;
    ErrorKind kind;
};

class JsonErrors : public ClientTest, public testing::WithParamInterface<ErrorCase> {};

TEST_P(JsonErrors, HaveAKind) {
    http.answers = {test::FakeHttp::status(GetParam().status, GetParam().body)};
    auto one = client();
    EXPECT_EQ(get_command(one, {"c"}).error().kind, GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    All, JsonErrors,
    testing::Values(
        ErrorCase{400, R"({"__type":"com.amazonaws.ssm#InvalidCommandId"})", ErrorKind::not_found},
        ErrorCase{400, R"({"__type":"UnknownOperationException"})", ErrorKind::unknown_action},
        ErrorCase{400, R"({"__type":"AccessDeniedException","Message":"no"})", ErrorKind::denied},
        ErrorCase{400, R"({"__type":"ExpiredTokenException"})", ErrorKind::denied},
        ErrorCase{403, "<html>", ErrorKind::denied}, ErrorCase{500, "", ErrorKind::server},
        ErrorCase{400, R"({"__type":"ValidationException"})", ErrorKind::invalid},
        ErrorCase{400, "what?", ErrorKind::malformed}, ErrorCase{408, "", ErrorKind::malformed},
        ErrorCase{400, R"({"__type":"Thr)", ErrorKind::malformed},
        ErrorCase{403, "", ErrorKind::denied}));

TEST_F(ClientTest, XmlErrorsInBothForms) {
    auto one = client();
    http.answers = {test::FakeHttp::status(
        403, "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>m</"
             "Message></Error><RequestId>r1</RequestId></ErrorResponse>")};
    const auto query = get_caller_arn(one);
    EXPECT_EQ(query.error().kind, ErrorKind::denied);
    EXPECT_EQ(describe(query.error()),
              "sts GetCallerIdentity: InvalidClientTokenId: m (request r1)");
    http.answers = {
        test::FakeHttp::status(400, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></"
                                    "Error></Errors><RequestID>r2</RequestID></Response>")};
    EXPECT_EQ(one.query(operations::describe_instances, {}).error().kind, ErrorKind::throttled);
}

TEST_F(ClientTest, MissingCredentialsAreAnErrorThatSaysWhatToDo) {
    const Environment nothing{{{"HOME", "/nonexistent"}, {"AWS_EC2_METADATA_DISABLED", "true"}}};
    const auto defaults = read_settings(nothing, "");
    CredentialsChain none(nothing, defaults, "", http, clock);
    Client one({defaults, http, clock, none}, "eu-west-1");
    const auto arn = get_caller_arn(one);
    EXPECT_EQ(arn.error().kind, ErrorKind::credentials);
    EXPECT_THAT(arn.error().message, HasSubstr("-f"));
    EXPECT_THAT(http.requests, SizeIs(0));
}

TEST(Endpoints, FollowTheEnvironmentThenThePartition) {
    const Settings none;
    EXPECT_EQ(endpoint_of(none, services::ecs, "us-gov-west-1").url,
              "https://ecs.us-gov-west-1.amazonaws.com/");
    EXPECT_EQ(endpoint_of(none, services::ssm, "cn-north-1").url,
              "https://ssm.cn-north-1.amazonaws.com.cn/");
    EXPECT_EQ(endpoint_of(none, services::iam, "eu-west-1").url, "https://iam.amazonaws.com/");
    EXPECT_EQ(endpoint_of(none, services::iam, "eu-west-1").signing_region, "us-east-1");
    const auto both = read_settings(
        Environment({{"AWS_ENDPOINT_URL", "http://a"}, {"AWS_ENDPOINT_URL_SSM", "http://b/"}}), "");
    EXPECT_EQ(endpoint_of(both, services::ssm, "eu-west-1").url, "http://b/");
    EXPECT_EQ(endpoint_of(both, services::ecs, "eu-west-1").url, "http://a/");
}

TEST(Endpoints, FollowFipsAndDualStackPartitionByPartition) {
    const Settings fips{.fips = true};
    const Settings both{.fips = true, .dual_stack = true};
    EXPECT_EQ(endpoint_of(fips, services::ssm, "us-east-1").url,
              "https://ssm-fips.us-east-1.amazonaws.com/");
    EXPECT_EQ(endpoint_of(fips, services::ssm, "us-gov-west-1").url,
              "https://ssm.us-gov-west-1.amazonaws.com/");
    EXPECT_EQ(endpoint_of(fips, services::ecs, "us-gov-west-1").url,
              "https://ecs-fips.us-gov-west-1.amazonaws.com/");
    EXPECT_EQ(endpoint_of(both, services::ec2, "us-gov-west-1").url,
              "https://ec2-fips.us-gov-west-1.api.aws/");
    EXPECT_EQ(endpoint_of(both, services::iam, "eu-west-1").url,
              "https://iam-fips.global.api.aws/");
    EXPECT_EQ(endpoint_of({.global_sts = true}, services::sts, "eu-west-1").signing_region,
              "us-east-1");
    EXPECT_EQ(endpoint_of({.global_sts = true}, services::sts, "me-central-1").url,
              "https://sts.me-central-1.amazonaws.com/");
}

} // namespace

} // namespace client_test
