// Slack by a bot's token, against the sandbox's Slack: one message that is edited, its thread, the
// end; the rate, the retries, and the error when Slack refuses.
#include "sandbox/slack/web_api.hpp"
#include "src/report/slack/bot_notifier.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slack_bot_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The sandbox's Slack as Http; counts the calls of each method.
class SandboxSlackHttp : public Http {
public:
    explicit SandboxSlackHttp(Clock& clock) : clock_(clock) {}

    HttpResult send(const HttpRequest& request) override {
        sandbox::HttpRequest received;
        received.path = request.url.substr(request.url.find("/api/"));
        for (const auto& header : request.headers)
            received.headers.emplace(header);
        received.body = request.body;
        calls.push_back(received.path.substr(5));
        last = request;
        if (silent) return test::FakeHttp::no_answer();
        const auto answer = api.call(received, clock_.now());
        HttpResponse response{.status = answer.status, .body = answer.body};
        if (const auto after = answer.headers.find("Retry-After"); after != answer.headers.end())
            response.retry_after = std::chrono::seconds(std::stoi(after->second));
        return response;
    }

    std::size_t count(const std::string& method) const {
        return static_cast<std::size_t>(std::ranges::count(calls, method));
    }

    sandbox::SlackInbox inbox;
    sandbox::SlackWebApi api{inbox};
    std::vector<std::string> calls;
    HttpRequest last;
    bool silent = false;

private:
    Clock& clock_;
};

class SlackBotTest : public testing::Test {
protected:
    report::BotNotifier bot(const std::string& person = "", const std::string& channel = "#ops",
                            const std::string& email = "",
                            const std::string& token = sandbox::bot_token) {
        return {http,
                clock,
                {.bot_token = token, .api_url = "http://127.0.0.1:1/api/", .channel = channel},
                {.id = [person] { return person; }, .email = email},
                {"acme", "workers", "staging", "us-east-1", "alice"}};
    }

    static drain::CommandStarted started() {
        return {.spec = {.environments = {"acme-workers"}}, .id = {"c-1"}};
    }
    static drain::ProgressChanged advanced(int completed) {
        return {.purpose = drain::Purpose::act, .completed = completed, .targeted = 40};
    }
    static drain::Report report() {
        return {.environments = {"acme-workers"}, .may_have_sent = true};
    }

    void fail(const std::string& json) { http.inbox.fail({.body = json}); }
    const sandbox::Json& message(std::size_t i) { return http.inbox.messages().at(i); }
    std::string header_of(std::size_t i) {
        return message(i)["payload"]["blocks"][0]["text"]["text"];
    }

    FakeClock clock;
    SandboxSlackHttp http{clock};
};

TEST_F(SlackBotTest, OneMessageIsEditedAndTheEndIsASeparateOne) {
    auto slack = bot();
    EXPECT_THAT(slack.handle(drain::FleetDiscovered{.instances = 40}), IsEmpty());
    EXPECT_THAT(slack.handle(started()), IsEmpty());
    EXPECT_EQ(header_of(0), "⏳ Quiet started");
    clock.wait(20s);
    EXPECT_THAT(slack.handle(advanced(12)), IsEmpty());
    ASSERT_THAT(http.inbox.messages(), SizeIs(1));
    EXPECT_EQ(header_of(0), "⏳ Quiet: 12 of 40 instances finished");
    EXPECT_THAT(slack.handle(report()), IsEmpty());
    ASSERT_THAT(http.inbox.messages(), SizeIs(2));
    EXPECT_EQ(header_of(0), "✅ QUIET: safe to go on");
    EXPECT_EQ(header_of(1), "✅ QUIET: safe to go on");
    EXPECT_FALSE(message(1).contains("thread_ts")) << "an edit notifies nobody, a reply few";
}

TEST_F(SlackBotTest, EditsAreAtMostFourAMinuteAndTheLatestIsShown) {
    auto slack = bot();
    slack.handle(started());
    for (int i = 0; i < 40; ++i) {
        clock.wait(3s);
        slack.handle(advanced(i + 1));
    }
    EXPECT_LE(http.count("chat.update"), 8U);
    clock.wait(15s);
    EXPECT_THAT(slack.tick(), IsEmpty());
    EXPECT_EQ(header_of(0), "⏳ Quiet: 40 of 40 instances finished");
    const auto edits = http.count("chat.update");
    clock.wait(10min);
    slack.tick();
    EXPECT_EQ(http.count("chat.update"), edits) << "nothing has changed";
}

TEST_F(SlackBotTest, DetailsAreCollectedRepliesAndOnlyImportantOnesReachTheChannel) {
    auto slack = bot();
    slack.handle(started());
    clock.wait(20s);
    slack.handle(drain::Notice{"i-1 (acme-workers): its SSM agent has lost the connection"});
    for (int i = 10; i < 40; ++i)
        slack.handle(drain::Notice{"i-" + std::to_string(i) + " (acme-workers): a word"});
    clock.wait(20s);
    slack.tick();
    for (int i = 0; i < 30; ++i)
        slack.handle(drain::Notice{"the " + std::to_string(i) + "th word"});
    clock.wait(20s);
    slack.tick();
    slack.handle(drain::Notice{.what = "the deadline comes in 6 min", .important = true});
    ASSERT_THAT(http.inbox.messages(), SizeIs(4));
    EXPECT_EQ(message(1)["text"],
              "i-1 (acme-workers): its SSM agent has lost the connection\n"
              "30 instances: a word: i-10 (acme-workers), i-11 (acme-workers), and 28 more");
    EXPECT_THAT(message(2)["text"].get<std::string>(), HasSubstr("… and 20 more: see the log"));
    for (std::size_t i = 1; i < 4; ++i)
        EXPECT_EQ(message(i)["thread_ts"], message(0)["ts"]);
    EXPECT_FALSE(message(2)["payload"]["reply_broadcast"].get<bool>());
    EXPECT_TRUE(message(3)["payload"]["reply_broadcast"].get<bool>());
}

TEST_F(SlackBotTest, LostAgentsAreOneReplyInTheChannelAndToThePerson) {
    auto slack = bot(sandbox::known_user);
    slack.handle(started());
    clock.wait(20s);
    for (int i = 10; i < 30; ++i)
        slack.handle(drain::Notice{"i-" + std::to_string(i) +
                                   " (acme-workers): its SSM agent has lost the connection"});
    EXPECT_THAT(http.inbox.messages(), SizeIs(2)) << "the step may not be over";
    for (int i = 0; i < 60; ++i) {
        clock.wait(1s);
        slack.tick();
    }
    ASSERT_THAT(http.inbox.messages(), SizeIs(4)) << "one reply in each thread";
    for (const std::size_t i : {2U, 3U})
        EXPECT_EQ(message(i)["text"], "20 SSM agents have lost the connection: "
                                      "i-10 (acme-workers), i-11 (acme-workers), and 18 more");
}

TEST_F(SlackBotTest, AHeartbeatIsAnEditAndNoReply) {
    auto slack = bot();
    slack.handle(started());
    clock.wait(15min);
    slack.handle(drain::Notice{.what = "still 0 of 40 finished", .heartbeat = true});
    EXPECT_THAT(http.inbox.messages(), SizeIs(1));
    EXPECT_EQ(http.count("chat.update"), 1U);
}

TEST_F(SlackBotTest, ThePersonGetsTheSameByTheirIdOrByTheirAddress) {
    for (const bool by_address : {false, true}) {
        http.inbox = {};
        auto slack = bot(by_address ? "" : sandbox::known_user, "#ops",
                         by_address ? sandbox::known_email : "");
        EXPECT_THAT(slack.handle(started()), IsEmpty());
        clock.wait(20s);
        EXPECT_THAT(slack.handle(advanced(3)), IsEmpty())
            << "an edit names the direct message by its own id";
        ASSERT_THAT(http.inbox.messages(), SizeIs(2));
        EXPECT_EQ(message(1)["channel"], sandbox::known_user);
        EXPECT_EQ(header_of(1), "⏳ Quiet: 3 of 40 instances finished");
    }
    EXPECT_EQ(http.count("users.lookupByEmail"), 1U);
}

TEST_F(SlackBotTest, AnUnknownAddressIsReportedOnceAndTheChannelGetsAll) {
    auto slack = bot("", "#ops", "nobody@example.com");
    EXPECT_THAT(slack.handle(started()), ElementsAre(AllOf(HasSubstr("no direct message"),
                                                           HasSubstr("nobody@example.com"))));
    EXPECT_THAT(slack.handle(report()), IsEmpty());
    EXPECT_THAT(http.inbox.messages(), SizeIs(2));
}

TEST_F(SlackBotTest, AMissingRecipientIsReported) {
    EXPECT_THAT(bot("", "").handle(started()), ElementsAre(HasSubstr("SlackChannel")));
}

struct Refused {
    std::string error, said;
};
class SlackBotRefused : public SlackBotTest, public testing::WithParamInterface<Refused> {};

TEST_P(SlackBotRefused, IsOneLineWithTheFixAndNeverWithTheToken) {
    auto slack = bot();
    fail(R"({"times": 1, "error": ")" + GetParam().error + "\"}");
    const auto complaints = slack.handle(started());
    ASSERT_THAT(complaints, SizeIs(1));
    EXPECT_THAT(complaints[0], AllOf(HasSubstr("Slack did not take the message to #ops"),
                                     HasSubstr(GetParam().said), HasSubstr(GetParam().error),
                                     Not(HasSubstr("xoxb"))));
    EXPECT_EQ(complaints[0].find('\n'), std::string::npos);
    EXPECT_EQ(http.calls.size(), 1U) << "a refusal is final";
    clock.wait(20s);
    EXPECT_THAT(slack.handle(advanced(1)), IsEmpty()) << "and is said once";
    EXPECT_THAT(slack.handle(report()), IsEmpty());
    EXPECT_THAT(http.inbox.messages(), SizeIs(1)) << "the end is tried all the same";
}

INSTANTIATE_TEST_SUITE_P(Words, SlackBotRefused,
                         testing::Values(Refused{"invalid_auth", "SLACK_BOT_TOKEN"},
                                         Refused{"token_revoked", "revoked"},
                                         Refused{"not_in_channel", "/invite"},
                                         Refused{"channel_not_found", "private channel"},
                                         Refused{"is_archived", "archived"},
                                         Refused{"missing_scope", "install the app again"},
                                         Refused{"restricted_action", "administrators"},
                                         Refused{"who_knows", "Slack says"}),
                         [](const auto& test) { return test.param.error; });

TEST_F(SlackBotTest, AScopeThatIsMissingIsNamed) {
    EXPECT_THAT(bot("", "#ops", "", sandbox::token_without_scopes).handle(started()),
                ElementsAre(HasSubstr("lacks the scope chat:write")));
}

TEST_F(SlackBotTest, TheScopeForAddressesIsNamedWithTheOneThatItNeeds) {
    const auto complaints =
        bot("", "#ops", "alice@example.com", sandbox::token_without_scopes).handle(started());
    EXPECT_THAT(complaints,
                testing::Contains(
                    AllOf(HasSubstr("lacks the scope users:read.email"),
                          HasSubstr("add it, together with users:read (OAuth & Permissions)"))));
}

TEST_F(SlackBotTest, AnOutageOfSlackDelaysNothing) {
    auto slack = bot();
    http.silent = true;
    const auto begun = clock.now();
    EXPECT_THAT(slack.handle(started()), SizeIs(1));
    EXPECT_LE(clock.now() - begun, 20s);
    std::size_t complaints = 0;
    const auto before = http.calls.size();
    for (int i = 0; i < 600; ++i) {
        clock.wait(1s);
        complaints += slack.handle(advanced(i % 40)).size();
    }
    EXPECT_LE(http.calls.size() - before, 6U) << "the pauses grow";
    EXPECT_EQ(complaints, 0U) << "it was said at the start";
    http.silent = false;
    clock.wait(5min);
    slack.tick();
    ASSERT_THAT(http.inbox.messages(), SizeIs(1));
    EXPECT_EQ(header_of(0), "⏳ Quiet: 39 of 40 instances finished");
}

TEST_F(SlackBotTest, RateLimitsAreAwaitedAsLongAsSlackSays) {
    auto slack = bot();
    slack.handle(started());
    clock.wait(20s);
    fail(R"({"status": 429, "times": 1, "retry_after": 120})");
    slack.handle(advanced(1));
    clock.wait(100s);
    slack.tick();
    EXPECT_EQ(http.count("chat.update"), 1U);
    clock.wait(25s);
    slack.tick();
    EXPECT_EQ(http.count("chat.update"), 2U);
    EXPECT_EQ(header_of(0), "⏳ Quiet: 1 of 40 instances finished");
}

TEST_F(SlackBotTest, TheEndIsRetried) {
    auto slack = bot();
    slack.handle(started());
    fail(R"({"status": 503, "times": 3})");
    EXPECT_THAT(slack.handle(report()), IsEmpty());
    EXPECT_THAT(http.inbox.messages(), SizeIs(2));
}

TEST_F(SlackBotTest, ADeletedMessageIsNotEditedAndImportantNoticesGoToTheChannel) {
    auto slack = bot();
    slack.handle(started());
    fail(R"({"error": "message_not_found", "times": 1})");
    clock.wait(20s);
    EXPECT_THAT(slack.handle(advanced(1)), ElementsAre(HasSubstr("the message was deleted")));
    clock.wait(20s);
    EXPECT_THAT(slack.handle(advanced(2)), IsEmpty());
    EXPECT_EQ(http.count("chat.update"), 1U);
    fail(R"({"error": "thread_not_found", "times": 1})");
    EXPECT_THAT(slack.handle(drain::Notice{.what = "the deadline comes", .important = true}),
                IsEmpty());
    EXPECT_FALSE(http.inbox.messages().back().contains("thread_ts"));
}

TEST_F(SlackBotTest, WhenBlocksAreRefusedTheTextIsPostedAlone) {
    auto slack = bot();
    fail(R"({"error": "invalid_blocks", "times": 1})");
    EXPECT_THAT(slack.handle(started()),
                ElementsAre(AllOf(HasSubstr("invalid_blocks"), HasSubstr("plain text"))));
    EXPECT_FALSE(message(0)["payload"].contains("blocks"));
}

TEST_F(SlackBotTest, WithoutAStartTheEndIsPostedAlone) {
    auto slack = bot();
    EXPECT_THAT(slack.handle(drain::Report{.verdict = drain::Verdict::nothing_matched}), IsEmpty());
    EXPECT_EQ(http.calls, std::vector<std::string>{"chat.postMessage"});
}

TEST_F(SlackBotTest, TheTokenIsInItsHeaderAndNowhereElse) {
    bot().handle(started());
    EXPECT_EQ(http.last.body.find("xoxb"), std::string::npos);
    EXPECT_EQ(http.last.url.find("xoxb"), std::string::npos);
    EXPECT_THAT(http.last.headers,
                testing::Contains(testing::Pair("Authorization", "Bearer " + sandbox::bot_token)));
    EXPECT_TRUE(http.last.bypass_proxy) << "to this machine through no proxy";
}

TEST_F(SlackBotTest, AnAnswerOfAnotherServerIsNoSuccess) {
    test::FakeHttp other;
    other.answers = {test::FakeHttp::status(200, "<html>sign in</html>")};
    report::BotNotifier slack(other, clock, {.bot_token = "xoxb-1", .channel = "#ops"},
                              {.id = [] { return ""; }},
                              {"acme", "workers", "staging", "us-east-1", "alice"});
    EXPECT_THAT(slack.handle(started()), ElementsAre(HasSubstr("no answer of Slack's")));
}

TEST_F(SlackBotTest, InvalidUtf8DoesNoHarm) {
    EXPECT_THAT(bot("", "#ops\xff").write("\xff\xfe"), IsEmpty());
}

} // namespace

} // namespace slack_bot_test
