// Slack, for the people who are not looking. In: events. Out: messages to the channel and, if their
// Slack id is known, to the person who started it: by a bot's token (slack_bot.hpp: one message
// that is edited, a thread) or by a webhook (slack_webhook.hpp: milestones). It never throws, and
// never holds a drain up for longer than its patience: start_patience while it goes on,
// end_patience at the end, a single try for what merely shows progress. Token and webhook are
// secrets: they are in no message and no error.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/http/http.hpp"
#include "src/report/text/summary.hpp"

#include <functional>
#include <memory>

namespace snow_white::report {

inline constexpr std::chrono::seconds start_patience{15};
inline constexpr std::chrono::seconds end_patience{60};

// How Slack is reached.
struct SlackAccess {
    std::string bot_token; // a secret; empty: none
    std::string webhook;   // a secret; empty: none. A token does more: beside one it is not used
    std::string api_url = "https://slack.com/api/"; // for the token; Slack's own, or this machine's
    std::string channel;                            // "#deploys"
    std::string refused_channel = {}; // that was asked for and is not allowed: `channel` is told
};

// What a word with which Slack refuses means, and what to do; {} stands for the channel or the
// person.
struct RefusalMeaning {
    const char* word;
    const char* what;
    const char* fix;
};

// The person who started it.
struct Recipient {
    std::function<std::string()> id; // the Slack user id (U…), or empty; asked at most once
    std::string email;               // where there is no id: a token can look it up; empty: unknown
};

class SlackNotifier {
public:
    virtual ~SlackNotifier() = default;

    // Each gives back what went wrong, one line each, for the log.
    virtual std::vector<std::string> handle(const drain::Event& event) = 0;
    virtual std::vector<std::string> write(const std::string& text) = 0;
    // Time has passed: progress that was held back may be due.
    virtual std::vector<std::string> tick() { return {}; }
};

// Without token and webhook: one that says nothing. `http` and `clock` outlive it.
std::unique_ptr<SlackNotifier> make_slack_notifier(Http& http, Clock& clock, SlackAccess access,
                                                   Recipient person, RunInfo run_info,
                                                   drain::Action action);

// A request to Slack, tried again until `give_up` (elapsed time) while the answer is not final.
// `is_final` is asked of each.
HttpResult try_until(Http& http, Clock& clock, const HttpRequest& request, Duration give_up,
                     const std::function<bool(const HttpResult&)>& is_final);

// One attempt takes no longer.
inline constexpr std::chrono::seconds attempt_patience{5};

} // namespace snow_white::report
