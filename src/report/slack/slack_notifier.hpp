// Slack messages about a run. In: the run's events. Out: messages to the channel and, if their
// Slack user id is known, to the person who started the run: by a bot's token (bot_notifier.hpp:
// one message that is edited, with a thread) or by an incoming webhook (webhook_notifier.hpp: a
// message each time). A notifier never throws. It never delays a run by more than its patience:
// start_patience while the run goes on, end_patience at the end, and one attempt for a message
// that only shows progress. Token and webhook are secrets: no message and no error contains them.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/http/http.hpp"
#include "src/report/text/summary.hpp"

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

namespace snow_white::report {

inline constexpr std::chrono::seconds start_patience{15};
inline constexpr std::chrono::seconds end_patience{60};
// For one HTTP request.
inline constexpr std::chrono::seconds attempt_patience{5};

struct SlackAccess {
    std::string bot_token; // a secret; empty: none
    std::string webhook;   // a secret; empty: none. Not used where there is a token, which can more
    std::string api_url = "https://slack.com/api/"; // of the Web API: Slack's, or this machine's
    std::string channel;                            // "#deploys"
    std::string refused_channel =
        {}; // one that was asked for and is not allowed; `channel` is used
};

// The person who started the run.
struct Recipient {
    std::function<std::string()> id; // the Slack user id (U…), or empty; called at most once
    std::string email; // a notifier with a token looks the id up by it; empty: unknown
};

class SlackNotifier {
public:
    // `http` and `clock` outlive it.
    SlackNotifier(Http& http, Clock& clock, SlackAccess access, Recipient recipient,
                  RunInfo run_info);
    virtual ~SlackNotifier() = default;

    // Each returns what failed, one line each, for the log.
    virtual std::vector<std::string> handle(const drain::Event& event) = 0;
    virtual std::vector<std::string> write(const std::string& text) = 0;
    // Called at intervals: progress that was held back may be due.
    virtual std::vector<std::string> tick() { return {}; }

protected:
    Http& http_;
    Clock& clock_;
    SlackAccess access_;
    Recipient recipient_;
    RunInfo run_info_;
    bool started_ = false; // the start was posted
};

// Without token and webhook: a notifier that posts nothing.
std::unique_ptr<SlackNotifier> make_slack_notifier(Http& http, Clock& clock, SlackAccess access,
                                                   Recipient recipient, RunInfo run_info);

// Sends a request again until its answer is final, or `give_up` (elapsed time) would pass.
HttpResult try_until(Http& http, Clock& clock, const HttpRequest& request, Duration until,
                     const std::function<bool(const HttpResult&)>& is_final);

// The text of a request's body. Names come from outside: bytes that are no UTF-8 become U+FFFD.
std::string body_text(const nlohmann::json& body);

} // namespace snow_white::report
