// Errors in forms that AWS returns and no API model documents: wrapped in another code, without a
// message, in another shape.
#include "src/aws/credentials/sources.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/fixed_credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace error_formats_test {

namespace {

using namespace snow_white;
using namespace snow_white::aws;
using test::FakeHttp;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class ErrorFormats : public testing::Test {
protected:
    static FakeHttp::Answer refusal(const std::string& code, const std::string& message = "") {
        Json body{{"__type", code}};
        if (!message.empty()) body["message"] = message;
        return FakeHttp::status(400, body.dump());
    }
    static FakeHttp::Answer failure(const Json& one) {
        return FakeHttp::status(200, Json{{"tasks", Json::array()}, {"failures", {one}}}.dump());
    }
    Error error_of_run_task(const FakeHttp::Answer& answer) {
        http.answers = {answer};
        const auto task = run_task(client, {});
        return task ? Error{} : task.error();
    }
    Error error_of_send(const FakeHttp::Answer& answer) {
        http.answers = {answer};
        const auto sent = send_command(client, {.document = "d", .targets = {.ids = {{"i-1"}}}});
        return sent ? Error{} : sent.error();
    }

    FakeClock clock;
    FakeHttp http;
    test::FixedCredentials keys;
    aws::Settings settings;
    Client client{{settings, http, clock, keys}, "eu-west-1"};
};

TEST_F(ErrorFormats, ThrottlingThatEcsWrapsIsRetried) {
    const auto wrapped = [](const std::string& code) {
        return refusal("InvalidParameterException",
                       "Error retrieving security group information for [sg-1]: Rate "
                       "exceeded (ErrorCode: " +
                           code + ")");
    };
    http.answers = {wrapped("Throttling"), wrapped("RequestLimitExceeded"),
                    FakeHttp::status(200, R"({"tasks":[{"taskArn":"arn"}],"failures":[]})")};
    EXPECT_TRUE(run_task(client, {}));
    EXPECT_THAT(http.requests, SizeIs(3));
    EXPECT_EQ(error_of_run_task(wrapped("Throttling")).kind, ErrorKind::throttled);
    EXPECT_EQ(error_of_run_task(wrapped("InvalidSubnetID.NotFound")).kind, ErrorKind::invalid);
    EXPECT_EQ(error_of_run_task(refusal("InvalidParameterException", "Rate exceeded")).kind,
              ErrorKind::invalid);
}

TEST_F(ErrorFormats, AFailureIsReportedWithItsOwnText) {
    EXPECT_EQ(
        describe(error_of_run_task(failure({{"reason", "Capacity is unavailable at this time."}}))),
        "ecs RunTask: Capacity is unavailable at this time.");
    EXPECT_EQ(describe(error_of_run_task(failure({{"reason", "RESOURCE:ENI"}}))),
              "ecs RunTask: RESOURCE:ENI: the cluster has not enough of it left");
    EXPECT_EQ(describe(error_of_run_task(failure({{"arn", "arn:x"}, {"reason", "AGENT"}}))),
              "ecs RunTask: AGENT: arn:x");
    EXPECT_EQ(describe(error_of_run_task(failure({{"arn", "arn:x"}}))),
              "ecs RunTask: no reason given for arn:x");
    EXPECT_EQ(describe(error_of_run_task(failure(Json::object()))), "ecs RunTask: no reason given");
}

TEST_F(ErrorFormats, ACodeWithoutAMessageIsReportedWithItsMeaning) {
    EXPECT_THAT(describe(error_of_send(refusal("InvalidInstanceId"))),
                HasSubstr("InvalidInstanceId: an instance is not running, or its agent is not "
                          "registered with SSM"));
    EXPECT_THAT(describe(error_of_send(refusal("ThrottlingException"))),
                HasSubstr("ThrottlingException: more calls than AWS takes at a time"));
    EXPECT_THAT(describe(error_of_send(refusal("InvalidNextToken"))),
                HasSubstr("InvalidNextToken: the token of the next page is not accepted any more"));
    for (const char* const code :
         {"InvalidInstanceId", "ThrottlingException", "InvalidNextToken", "SomethingNew"})
        EXPECT_THAT(describe(error_of_send(refusal(code))),
                    AllOf(HasSubstr(code), Not(HasSubstr("no further word"))));
    EXPECT_EQ(describe(error_of_send(refusal("SomethingNew"))), "ssm SendCommand: SomethingNew");
}

TEST_F(ErrorFormats, TheMessageIsReadInBothSpellings) {
    for (const char* const member : {"message", "Message"})
        EXPECT_EQ(
            error_of_send(
                FakeHttp::status(
                    400, Json{{"__type", "InvalidDocument"}, {member, "no such document"}}.dump()))
                .message,
            "no such document");
}

TEST_F(ErrorFormats, AQueryServiceMayAnswerInJson) {
    http.answers = {FakeHttp::status(
        403,
        R"({"Error":{"Code":"AccessDenied","Message":"Not by root.","Type":"Sender"},"RequestId":"r-7"})")};
    const Error error = get_caller_arn(client).error();
    EXPECT_EQ(error.kind, ErrorKind::denied);
    EXPECT_EQ(describe(error), "sts GetCallerIdentity: AccessDenied: Not by root. (request r-7)");
}

// A proxy's answer says nothing about what AWS has done.
TEST_F(ErrorFormats, ARedirectIsNoAnswerOfAws) {
    for (const int status : {301, 302, 307, 405, 418})
        EXPECT_EQ(error_of_send(FakeHttp::status(status, "<html>Log in</html>")).kind,
                  ErrorKind::malformed)
            << status;
}

TEST_F(ErrorFormats, TheRequestIdMayBeInResponseMetadata) {
    http.answers = {
        FakeHttp::status(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</"
                              "Message></Error><ResponseMetadata>"
                              "<RequestId>r-8</RequestId></ResponseMetadata></ErrorResponse>")};
    EXPECT_EQ(get_caller_arn(client).error().request_id, "r-8");
}

TEST_F(ErrorFormats, MetadataThatAnswers200WithoutKeysSaysWhy) {
    const Environment nothing;
    http.answers = {FakeHttp::status(200, "session"), FakeHttp::status(200, "acme-instance"),
                    FakeHttp::status(200,
                                     R"({"Code":"AssumeRoleUnauthorizedAccess",)"
                                     R"("Message":"EC2 cannot assume the role acme-instance."})")};
    const auto found = credentials_of_instance({nothing, settings, http, clock, {}, ""}, {});
    ASSERT_FALSE(found);
    EXPECT_THAT(describe(found.error()),
                AllOf(HasSubstr("AssumeRoleUnauthorizedAccess"),
                      HasSubstr("EC2 cannot assume the role acme-instance.")));
}

} // namespace

} // namespace error_formats_test
