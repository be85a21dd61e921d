// Checking a webhook without posting a message: what Slack's answers mean, and that no error
// contains the URL.
#include "src/report/slack/webhook_check.hpp"
#include "src/report/slack/webhook_notifier.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace webhook_check_test {

namespace {

using namespace snow_white;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* webhook = "https://hooks.slack.com/services/T0/B0/s3cret";

tl::expected<report::WebhookCheck, std::string> tried(int status, const std::string& body) {
    test::FakeHttp http;
    http.answers = {test::FakeHttp::status(status, body)};
    auto result = report::check_webhook(http, webhook, "");
    EXPECT_THAT(http.requests, SizeIs(1)) << "it is asked once";
    EXPECT_EQ(http.requests.at(0).url, webhook);
    const auto message = nlohmann::json::parse(http.requests.at(0).body);
    EXPECT_EQ(message.at("text"), "") << "nothing that could be posted";
    EXPECT_FALSE(message.contains("blocks") || message.contains("attachments"));
    return result;
}

TEST(WebhookCheck, SendsWhatARunWouldSend) {
    test::FakeHttp http;
    http.answers = {test::FakeHttp::status(400, "no_text")};
    EXPECT_EQ(report::check_webhook(http, webhook, "#ops")->channel_refused, "");
    auto run = report::webhook_payload("#ops", {"words", report::Json::array()});
    run.erase("blocks");
    run["text"] = "";
    EXPECT_EQ(nlohmann::json::parse(http.requests.at(0).body), run);
}

TEST(WebhookCheck, ARefusedChannelIsReportedAndTheWebhookTriedWithoutIt) {
    test::FakeHttp http;
    http.answers = {test::FakeHttp::status(500, "Invalid channel specified"),
                    test::FakeHttp::status(400, "no_text")};
    EXPECT_EQ(report::check_webhook(http, webhook, "#ops")->channel_refused, "HTTP 500");
    ASSERT_THAT(http.requests, SizeIs(2));
    EXPECT_FALSE(nlohmann::json::parse(http.requests.at(1).body).contains("channel"));
    http.answers = {test::FakeHttp::status(404, "channel_not_found")};
    EXPECT_THAT(report::check_webhook(http, webhook, "#ops").error(), HasSubstr("channel is gone"))
        << "its own, too";
}

TEST(WebhookCheck, AWorkingWebhookRefusesAnEmptyMessage) {
    EXPECT_TRUE(tried(400, "no_text"));
    EXPECT_TRUE(tried(400, "invalid_payload"));
    EXPECT_TRUE(tried(500, "missing_text_or_fallback_or_attachments"));
}

TEST(WebhookCheck, EachRefusalNamesTheFix) {
    for (const char* const word : {"no_service", "no_service_id", "no_active_hooks",
                                   "invalid_token", "no_team", "team_disabled"})
        EXPECT_THAT(tried(404, word).error(),
                    AllOf(HasSubstr("does not know this webhook (HTTP 404 "), HasSubstr(word),
                          HasSubstr("make a new one, and set SLACK_WEBHOOK")));
    for (const char* const word : {"channel_not_found", "channel_is_archived"})
        EXPECT_THAT(tried(410, word).error(),
                    AllOf(HasSubstr("channel is gone"), HasSubstr("make a new one")));
    for (const char* const word : {"action_prohibited", "posting_to_general_channel_denied"})
        EXPECT_THAT(tried(403, word).error(), HasSubstr("ask its administrators"));
    EXPECT_THAT(tried(429, "rate_limited").error(), HasSubstr("try again later"));
    EXPECT_THAT(tried(500, "rollup_error").error(),
                HasSubstr("Slack does not work (HTTP 500 rollup_error)"));
}

TEST(WebhookCheck, AnotherServersAnswerIsNotRepeated) {
    EXPECT_THAT(tried(404, "<p>no /services/T0/B0/s3cret here").error(),
                AllOf(HasSubstr("no answer of Slack's (HTTP 404)"), Not(HasSubstr("s3cret"))));
    EXPECT_THAT(tried(200, "ok").error(), HasSubstr("no answer of Slack's (HTTP 200 ok)"));
    test::FakeHttp http;
    http.answers = {test::FakeHttp::no_answer()};
    EXPECT_THAT(report::check_webhook(http, webhook, "").error(),
                AllOf(HasSubstr("check SLACK_WEBHOOK, the network"), Not(HasSubstr("s3cret"))));
}

} // namespace

} // namespace webhook_check_test
