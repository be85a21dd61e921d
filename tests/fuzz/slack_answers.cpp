// Slack's Web API answers to a bot's token, from the start of a run to its end, and a webhook's
// answer to the check without a message.
#include "src/report/slack/slack_notifier.hpp"
#include "src/report/slack/webhook_check.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

namespace {

using namespace snow_white;

constexpr const char* token = "xoxb-s3cret";

} // namespace

void fuzz::slack_answers(const std::string& bytes) {
    for (const int status : {200, 400, 503}) {
        test::FakeHttp http;
        http.answers = {test::FakeHttp::status(status, bytes)};
        const auto tried =
            report::check_webhook(http, "https://hooks.slack.com/services/s3cret", "#ops");
        if (!tried) expect(tried.error().size() < 300, "a complaint is a line that can be read");
    }
    for (const int status : {200, 429}) {
        FakeClock clock;
        test::FakeHttp http;
        http.answers = {test::FakeHttp::status(status, bytes)};
        const auto slack =
            report::make_slack_notifier(http, clock, {.bot_token = token, .channel = "#ops"},
                                        {.id = [] { return ""; }, .email = "alice@example.com"},
                                        {"acme", "workers", "staging", "us-east-1", "alice"});
        for (const drain::Event& event :
             {drain::Event(
                  drain::CommandStarted{.spec = {.environments = {"acme-workers"}}, .id = {"c-1"}}),
              drain::Event(drain::ProgressChanged{
                  .purpose = drain::Purpose::act, .completed = 1, .targeted = 2}),
              drain::Event(drain::Notice{.what = "its SSM agent has lost the connection"}),
              drain::Event(drain::Notice{.what = "the deadline comes", .important = true}),
              drain::Event(drain::Report{.may_have_sent = true})}) {
            clock.wait(std::chrono::minutes{1});
            for (const auto& complaint : slack->handle(event)) {
                expect(complaint.size() < 500, "a complaint is a line that can be read");
                expect(complaint.find(token) == std::string::npos, "the token is in no complaint");
            }
        }
        for (const auto& request : http.requests)
            expect(request.body.find(token) == std::string::npos, "the token is in no body");
    }
}
