// The client when AWS, the credentials or the clock fail: what it does once, and what its error
// says.
#include "src/aws/services/ec2.hpp"
#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/aws/services/ssm.hpp"
#include "src/aws/services/sts.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace client_faults_test {

namespace {

using namespace std::chrono_literals;
using namespace snow_white;
using namespace snow_white::aws;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// Returns other credentials after each invalidate(), as a role's endpoint does.
class RefreshableCredentials : public CredentialsProvider {
public:
    Result<Credentials> get() override {
        return Credentials{.access_key_id = "AKIA" + std::to_string(forgotten),
                           .secret_access_key = "s"};
    }
    void invalidate() override { ++forgotten; }

    int forgotten = 0;
};

class ClientFaults : public testing::Test {
protected:
    static test::FakeHttp::Answer json_error(const std::string& code,
                                             const std::string& message = "") {
        return test::FakeHttp::status(400, Json{{"__type", code}, {"message", message}}.dump());
    }
    static test::FakeHttp::Answer query_error(const std::string& code,
                                              const std::string& message = "") {
        return test::FakeHttp::status(403, "<ErrorResponse><Error><Code>" + code +
                                               "</Code><Message>" + message +
                                               "</Message></Error></ErrorResponse>");
    }
    test::FakeHttp::Answer at(Duration ahead, test::FakeHttp::Answer answer) const {
        answer->date = std::chrono::time_point_cast<std::chrono::seconds>(clock.now() + ahead);
        return answer;
    }

    const std::string one_command = R"({"Commands":[{"CommandId":"c"}]})";
    FakeClock clock;
    test::FakeHttp http;
    RefreshableCredentials keys;
    aws::Settings settings;
    Client client{{settings, http, clock, keys}, "eu-west-1"};
};

TEST_F(ClientFaults, ExpiredCredentialsAreRefreshedAndTheCallIsRepeated) {
    for (const std::string code : {"ExpiredTokenException", "ExpiredToken", "RequestExpired"}) {
        http.requests.clear();
        http.answers = {json_error(code), test::FakeHttp::status(200, one_command)};
        EXPECT_TRUE(get_command(client, {"c"})) << code;
        ASSERT_THAT(http.requests, SizeIs(2));
        EXPECT_NE(http.requests[0].signing->access_key_id, http.requests[1].signing->access_key_id);
    }
}

TEST_F(ClientFaults, AnUnrepeatableCallIsRepeatedWhenItWasRefused) {
    http.answers = {json_error("ExpiredTokenException"),
                    test::FakeHttp::status(200, R"({"Command":{"CommandId":"c"}})")};
    EXPECT_TRUE(send_command(client, {.document = "d", .targets = {.tag = "t", .values = {"v"}}}));
}

TEST_F(ClientFaults, AnUnrepeatableCallIsNotRetriedAfterASuspension) {
    class SuspendedOnce : public Http {
    public:
        explicit SuspendedOnce(FakeClock& clock) : clock_(clock) {}
        HttpResult send(const HttpRequest&) override {
            if (++asked == 1) clock_.advance(8h);
            return tl::unexpected(HttpError{.message = "no route"});
        }
        int asked = 0;

    private:
        FakeClock& clock_;
    };
    SuspendedOnce suspended(clock);
    Client other({settings, suspended, clock, keys}, "eu-west-1");
    EXPECT_FALSE(send_command(other, {.document = "d", .targets = {.tag = "t", .values = {"v"}}}));
    EXPECT_EQ(suspended.asked, 1);
    EXPECT_FALSE(get_command(other, {"c"})); // a read, which may be repeated
    EXPECT_GT(suspended.asked, 2);
}

TEST_F(ClientFaults, CredentialsThatAreRefusedAfterARefreshAreReported) {
    http.answers = {
        query_error("ExpiredToken", "The security token included in the request is expired")};
    const auto arn = get_caller_arn(client);
    ASSERT_FALSE(arn);
    EXPECT_THAT(http.requests, SizeIs(2));
    EXPECT_EQ(arn.error().kind, ErrorKind::denied);
    EXPECT_THAT(arn.error().message,
                HasSubstr("is expired; AWS rejected freshly loaded keys, too; log in again"));
}

TEST_F(ClientFaults, AWrongClockIsReportedInOneLine) {
    const std::string late =
        "Signature expired: 20261124T000000Z is now earlier than 20261124T000700Z";
    const std::string reported = "this machine's clock is 12 minutes behind AWS's: set it";
    for (const auto& answer :
         {query_error("SignatureDoesNotMatch", late), query_error("RequestExpired")}) {
        http.requests.clear();
        http.answers = {at(12min, answer)};
        EXPECT_THAT(get_caller_arn(client).error().message, HasSubstr(reported));
        EXPECT_THAT(http.requests, SizeIs(1)) << "the clock will not be right a moment later";
    }
    for (const auto& answer :
         {json_error("InvalidSignatureException", late), json_error("RequestTimeTooSkewed")}) {
        http.answers = {at(12min, answer)};
        EXPECT_EQ(get_command(client, {"c"}).error().kind, ErrorKind::denied);
        EXPECT_THAT(get_command(client, {"c"}).error().message, HasSubstr(reported));
    }
    http.answers = {
        at(-61min, query_error("SignatureDoesNotMatch", "Signature not yet current: …"))};
    EXPECT_THAT(get_caller_arn(client).error().message,
                HasSubstr("clock is 61 minutes ahead of AWS's"));
}

TEST_F(ClientFaults, AWrongSecretIsNotReportedAsClockSkew) {
    http.answers = {
        at(2s, query_error("SignatureDoesNotMatch", "Check your AWS Secret Access Key"))};
    EXPECT_THAT(get_caller_arn(client).error().message, Not(HasSubstr("clock")));
    http.answers = {at(12min, query_error("AccessDenied", "no"))};
    EXPECT_THAT(get_caller_arn(client).error().message, Not(HasSubstr("clock")));
}

TEST_F(ClientFaults, RetryAfterIsHonouredWithinTheLongestPause) {
    auto limited = test::FakeHttp::status(503);
    limited->retry_after = 7s;
    auto forever = test::FakeHttp::status(503);
    forever->retry_after = 86'400s;
    http.answers = {limited, forever, test::FakeHttp::status(200, one_command)};
    const auto start = clock.now();
    EXPECT_TRUE(get_command(client, {"c"}));
    EXPECT_GE(clock.now() - start, 15s);
    EXPECT_LE(clock.now() - start, 16s);
}

TEST_F(ClientFaults, UnderThrottlingTheSessionsRetriesRunOut) {
    http.answers = {json_error("ThrottlingException")};
    for (int call = 0; call < 300; ++call)
        EXPECT_FALSE(get_command(client, {"c"}));
    EXPECT_LE(http.requests.size(), 300U + 100U);
    http.answers = {test::FakeHttp::status(200, one_command)};
    for (int call = 0; call < 20; ++call)
        EXPECT_TRUE(get_command(client, {"c"}));
    http.answers = {json_error("ThrottlingException"), test::FakeHttp::status(200, one_command)};
    EXPECT_TRUE(get_command(client, {"c"})) << "successes give retries back";
}

// Each answer names a further page; after 3,000 pages the test gives up.
class EndlessPages : public Http {
public:
    explicit EndlessPages(std::function<std::string(int)> body) : body_(std::move(body)) {}
    HttpResult send(const HttpRequest&) override {
        return ++asked > 3'000 ? test::FakeHttp::status(500)
                               : test::FakeHttp::status(200, body_(asked));
    }

    int asked = 0;

private:
    std::function<std::string(int)> body_;
};

template <class List>
void expect_an_end(const Session& session, List list, EndlessPages& pages, int most) {
    Client client({session.settings, pages, session.clock, session.credentials}, "eu-west-1");
    const auto listed = list(client);
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().kind, ErrorKind::malformed);
    EXPECT_THAT(listed.error().message, HasSubstr("page"));
    EXPECT_LE(pages.asked, most);
}

TEST_F(ClientFaults, ARepeatedPageTokenEndsTheListing) {
    const Session session{settings, http, clock, keys};
    const auto invocations = [](Client& one) {
        return list_invocations(one, {"c"}, [](const Invocation&) {});
    };
    const auto environments = [](Client& one) { return describe_environments(one, "a"); };
    const auto instances = [](Client& one) {
        return describe_instances(one, {"e"}, Ec2States::living);
    };
    EndlessPages same([](int) { return R"({"CommandInvocations":[],"NextToken":"t"})"; });
    expect_an_end(session, invocations, same, 2);
    EndlessPages circle([](int asked) {
        return R"({"CommandInvocations":[],"NextToken":")" + std::to_string(asked % 3) + "\"}";
    });
    expect_an_end(session, invocations, circle, 4);
    EndlessPages eb([](int) {
        return "<R><DescribeEnvironmentsResult><NextToken>t</NextToken></"
               "DescribeEnvironmentsResult></R>";
    });
    expect_an_end(session, environments, eb, 2);
    EndlessPages ec2([](int) { return "<R><reservationSet/><nextToken>t</nextToken></R>"; });
    expect_an_end(session, instances, ec2, 2);
}

TEST_F(ClientFaults, AnEndlessListingIsEnded) {
    const Session session{settings, http, clock, keys};
    EndlessPages endless([](int asked) {
        return R"({"Commands":[],"NextToken":")" + std::to_string(asked) + "\"}";
    });
    expect_an_end(
        session, [](Client& one) { return list_executing_commands(one, "d"); }, endless, 1'000);
}

int most_within_a_minute(const std::vector<Instant>& calls) {
    std::ptrdiff_t most = 0;
    for (auto first = calls.begin(); first != calls.end(); ++first)
        most = std::max(most, std::lower_bound(first, calls.end(), *first + 60s) - first);
    return static_cast<int>(most);
}

TEST_F(ClientFaults, CallsWithoutPausesAreRateLimited) {
    http.answers = {test::FakeHttp::status(200, one_command)};
    std::vector<Instant> calls;
    Client elsewhere = client.in("eu-west-2"); // all clients of a session share one rate limit
    while (calls.size() < 500) {
        EXPECT_TRUE(get_command(calls.size() % 2 == 0 ? client : elsewhere, {"c"}));
        calls.push_back(clock.now());
    }
    EXPECT_EQ(calls[RateLimit::burst - 1], calls[0]);
    EXPECT_EQ(most_within_a_minute(calls), RateLimit::most_calls_within(60s));
    EXPECT_LE(RateLimit::most_calls_within(60s), 150); // as docs/design.md promises
}

TEST_F(ClientFaults, AClockThatIsSetBackDelaysNothing) {
    http.answers = {test::FakeHttp::status(200, one_command)};
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(get_command(client, {"c"}));
    clock.set_wall_ahead(-24h);
    const auto before = clock.elapsed();
    EXPECT_TRUE(get_command(client, {"c"}));
    EXPECT_LE(clock.elapsed() - before, RateLimit::interval * 2);
}

TEST_F(ClientFaults, FurtherPagesAreNotRateLimited) {
    const auto before = clock.now();
    EndlessPages pages([](int asked) {
        return asked == 200 ? std::string(R"({"Commands":[]})")
                            : R"({"Commands":[],"NextToken":")" + std::to_string(asked) + "\"}";
    });
    Client other({settings, pages, clock, keys}, "eu-west-1");
    EXPECT_TRUE(list_executing_commands(other, "d"));
    EXPECT_EQ(pages.asked, 200);
    EXPECT_EQ(clock.now(), before);
}

TEST_F(ClientFaults, AnInterruptionEndsTheRetries) {
    clock.interrupt_at(clock.now() + 1ms);
    EXPECT_FALSE(get_command(client, {"c"}));
    EXPECT_LE(http.requests.size(), 2U);
}

TEST_F(ClientFaults, ADeeplyNestedAnswerIsMalformed) {
    const std::string deep =
        R"({"Commands":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
    http.answers = {test::FakeHttp::status(200, deep)};
    EXPECT_EQ(get_command(client, {"c"}).error().kind, ErrorKind::malformed);
}

TEST_F(ClientFaults, InvalidUtf8DoesNotEndTheRun) {
    http.answers = {test::FakeHttp::status(200, R"({"Command":{"CommandId":"c"}})")};
    EXPECT_TRUE(send_command(
        client, {.document = "d", .targets = {.tag = "t", .values = {"acme-\xff\xfe"}}}));
}

} // namespace

} // namespace client_faults_test
