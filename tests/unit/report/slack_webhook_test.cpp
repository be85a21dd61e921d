// Slack by webhook: what is retried and what is not, who gets the message, and what must not be in
// it.
#include "src/report/slack/webhook_notifier.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace slack_webhook_test {

namespace {

using namespace snow_white;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class SlackWebhookTest : public testing::Test {
protected:
    report::WebhookNotifier
    slack(const std::string& person = "",
          const std::string& webhook = "https://hooks.example/services/s3cret") {
        return {http,
                clock,
                {.webhook = webhook, .channel = "#ops"},
                {.id = [person] { return person; }},
                {"acme", "workers", "staging", "us-east-1", "alice"}};
    }

    std::string text_of(std::size_t i) {
        return nlohmann::json::parse(http.requests.at(i).body).at("text");
    }
    std::string channel_of(std::size_t i) {
        return nlohmann::json::parse(http.requests.at(i).body).at("channel");
    }

    FakeClock clock;
    test::FakeHttp http;
};

TEST_F(SlackWebhookTest, RetriesAfterTimeoutsThrottlingAndServerErrors) {
    auto limited = test::FakeHttp::status(429, "rate_limited");
    limited->retry_after = std::chrono::seconds{7};
    http.answers = {test::FakeHttp::no_answer(), limited, test::FakeHttp::status(503),
                    test::FakeHttp::status(200, "ok")};
    const auto start = clock.now();
    EXPECT_THAT(slack().write("hello"), IsEmpty());
    EXPECT_THAT(http.requests, SizeIs(4));
    EXPECT_GE(clock.now() - start, std::chrono::seconds{7}); // as Retry-After asked
}

TEST_F(SlackWebhookTest, OtherRefusalsAreFinalAndDoNotRevealTheWebhook) {
    http.answers = {test::FakeHttp::status(404, "no_service")};
    const auto complaints = slack().write("hello");
    EXPECT_THAT(http.requests, SizeIs(1));
    ASSERT_THAT(complaints, SizeIs(1));
    EXPECT_THAT(complaints[0], HasSubstr("no_service"));
    EXPECT_THAT(complaints[0], Not(HasSubstr("s3cret")));
}

TEST_F(SlackWebhookTest, AnOutageOfSlackDelaysLittle) {
    const auto start = clock.now();
    EXPECT_THAT(slack().write("hello"), SizeIs(1));
    EXPECT_LE(clock.now() - start, std::chrono::seconds{60});
}

TEST_F(SlackWebhookTest, WithoutAWebhookNothingIsSent) {
    EXPECT_THAT(slack("U1", "").write("hello"), IsEmpty());
    EXPECT_THAT(http.requests, IsEmpty());
}

TEST_F(SlackWebhookTest, ThePersonGetsItTooAndAnUnknownPersonDoesNotAffectTheChannel) {
    http.answers = {test::FakeHttp::status(200), test::FakeHttp::status(400, "user_not_found")};
    const auto complaints = slack("U0ALICE00").write("hello");
    EXPECT_EQ(channel_of(0), "#ops");
    EXPECT_EQ(channel_of(1), "U0ALICE00");
    ASSERT_THAT(complaints, SizeIs(1));
    EXPECT_THAT(complaints[0],
                HasSubstr("to U0ALICE00: Slack knows no such user (HTTP 400 user_not_found); "
                          "correct the id where it was set: --slack-user, "));
}

TEST_F(SlackWebhookTest, OnlyTheFirstCommandIsAStart) {
    http.answers = {test::FakeHttp::status(200)};
    auto one = slack();
    one.handle(drain::CommandStarted{.spec = {.environments = {"acme-workers"}}, .id = {"c-1"}});
    one.handle(drain::CommandStarted{.spec = {.instances = {{"i-1"}}}, .id = {"c-2"}});
    one.handle(
        drain::ProgressChanged{.purpose = drain::Purpose::act, .completed = 1, .targeted = 2});
    ASSERT_THAT(http.requests, SizeIs(1));
    EXPECT_THAT(text_of(0),
                HasSubstr("quiet started by alice: environment acme-workers of acme in us-east-1"));
}

TEST_F(SlackWebhookTest, WhatComesFromOutsideCannotForgeMarkup) {
    http.answers = {test::FakeHttp::status(200)};
    slack().handle(drain::Report{.verdict = drain::Verdict::partial,
                                 .instances = {{.id = {"i-1"},
                                                .outcome = drain::Outcome::failed,
                                                .note = "<!channel> & <http://x|y>"}}});
    EXPECT_THAT(text_of(0), HasSubstr("&lt;!channel&gt; &amp; &lt;http://x|y&gt;"));
}

TEST_F(SlackWebhookTest, AThousandInstancesMakeAShortMessage) {
    http.answers = {test::FakeHttp::status(200)};
    drain::Report report{.verdict = drain::Verdict::partial};
    for (int i = 0; i < 1000; ++i)
        report.instances.push_back({.id = {"i-" + std::to_string(i)},
                                    .outcome = drain::Outcome::failed,
                                    .note = "exit code " + std::to_string(i)});
    slack().handle(report);
    EXPECT_THAT(text_of(0), HasSubstr("and 980 more"));
    EXPECT_LT(text_of(0).size(), 4000U);
}

TEST_F(SlackWebhookTest, WhenBlocksAreRefusedTheTextIsPostedAlone) {
    http.answers = {test::FakeHttp::status(400, "invalid_blocks"),
                    test::FakeHttp::status(200, "ok")};
    EXPECT_THAT(slack().handle(drain::Report{}),
                testing::ElementsAre(
                    testing::AllOf(HasSubstr("invalid_blocks"), HasSubstr("sent as plain text"))));
    ASSERT_THAT(http.requests, SizeIs(2));
    EXPECT_TRUE(nlohmann::json::parse(http.requests[0].body).contains("blocks"));
    EXPECT_FALSE(nlohmann::json::parse(http.requests[1].body).contains("blocks"));
    EXPECT_EQ(text_of(0), text_of(1));
}

TEST_F(SlackWebhookTest, AWebhookThatRefusesTheChannelIsUsedWithoutIt) {
    const std::vector<std::pair<int, std::string>> refusals{{404, "channel_not_found"},
                                                            {500, "Invalid channel specified"},
                                                            {400, "invalid_channel"},
                                                            {403, "action_prohibited"},
                                                            {410, "channel_is_archived"}};
    for (const auto& [status, word] : refusals) {
        http.requests.clear();
        http.answers = {test::FakeHttp::status(status, word), test::FakeHttp::status(200, "ok")};
        auto one = slack();
        EXPECT_THAT(one.write("first"),
                    testing::ElementsAre(
                        testing::AllOf(HasSubstr("the webhook refuses the channel #ops (HTTP "),
                                       HasSubstr(word), HasSubstr("its own channel"))));
        EXPECT_THAT(one.write("second"), IsEmpty()) << "told once";
        ASSERT_THAT(http.requests, SizeIs(3)) << "and the channel is not tried again";
        EXPECT_EQ(channel_of(0), "#ops");
        for (const std::size_t later : {1U, 2U})
            EXPECT_FALSE(nlohmann::json::parse(http.requests[later].body).contains("channel"));
    }
}

TEST_F(SlackWebhookTest, RefusalsWithAndWithoutTheChannelAreBothReported) {
    http.answers = {test::FakeHttp::status(404, "channel_not_found"),
                    test::FakeHttp::status(404, "no_service")};
    EXPECT_THAT(slack().write("hello"),
                testing::ElementsAre(
                    testing::AllOf(HasSubstr("channel_not_found"), HasSubstr("no_service"))));
}

TEST_F(SlackWebhookTest, ThePersonGetsNoMessageInTheWebhooksOwnChannel) {
    http.answers = {
        test::FakeHttp::status(404, "channel_not_found"), test::FakeHttp::status(200, "ok"),
        test::FakeHttp::status(404, "channel_not_found"), test::FakeHttp::status(200, "ok")};
    auto one = slack("U0ALICE00");
    EXPECT_THAT(one.write("first"), SizeIs(2));
    EXPECT_THAT(one.write("second"), IsEmpty());
    EXPECT_THAT(http.requests, SizeIs(4)) << "channel, own channel, person; own channel";
}

TEST_F(SlackWebhookTest, TheLatestDiscoveryCountsTheInstances) {
    http.answers = {test::FakeHttp::status(200)};
    auto one = slack();
    one.handle(drain::FleetDiscovered{.environments = {{"acme-workers", "Ready"}}, .instances = 3});
    one.handle(drain::CommandStarted{.spec = {.environments = {"acme-workers"}}, .id = {"c-1"}});
    EXPECT_THAT(text_of(0), HasSubstr("environment acme-workers (3 instances) of acme"));
}

TEST_F(SlackWebhookTest, OnlyImportantNoticesArePosted) {
    http.answers = {test::FakeHttp::status(200)};
    auto one = slack();
    one.handle(drain::Notice{"i-1 (acme-workers): its SSM agent answers again"});
    one.handle(drain::Notice{"AWS has not answered for 610 s now", true});
    ASSERT_THAT(http.requests, SizeIs(1));
    EXPECT_THAT(text_of(0), HasSubstr("610 s"));
}

TEST_F(SlackWebhookTest, InvalidUtf8DoesNoHarm) {
    http.answers = {test::FakeHttp::status(200)};
    EXPECT_THAT(slack().write("\xff\xfe"), IsEmpty());
}

} // namespace

} // namespace slack_webhook_test
