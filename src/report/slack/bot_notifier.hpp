// Slack messages by a bot's token. They go to the channel and, if the user id is known, to the
// person who started the run. Each gets one message for the run, which is edited as the run goes on
// and at its end. What happens meanwhile is posted as replies in the message's thread; important
// notices are shown in the channel too. The end is a message of its own, because an edit notifies
// nobody (docs/decisions.md).
//
// A message is edited at most four times a minute, and gets replies as often. Slack allows 50 edits
// a minute (tier 3, https://docs.slack.dev/apis/web-api/rate-limits). An edit that fails is not
// retried: the next one says more. While Slack does not answer the pauses grow to five minutes.
#pragma once

#include "src/report/slack/notice_groups.hpp"
#include "src/report/slack/start_message.hpp"
#include "src/report/slack/web_api.hpp"

namespace snow_white::report {

class BotNotifier : public SlackNotifier {
public:
    using SlackNotifier::SlackNotifier;

    std::vector<std::string> handle(const drain::Event& event) override;
    std::vector<std::string> write(const std::string& text) override;
    std::vector<std::string> tick() override;

private:
    // A channel or a person, and the run's message there.
    struct Destination {
        std::string name;    // "#deploys", "U0ALICE00"
        std::string channel; // its id, from Slack's answer
        std::string ts;      // the message's id; empty: Slack has not accepted one yet
        bool closed = false; // Slack refuses edits there for good
    };
    enum class Placement { top_level, thread, thread_and_channel };

    void find_destinations();
    void handle_notice(const drain::Notice& notice);
    void end(const drain::Report& report);
    void show_progress(Duration patience);
    void post_details();
    void show(Destination& destination, const Message& message, Duration patience);
    void post_everywhere(const Message& message, Placement placement, Duration patience);
    WebApi::Answer post(const Destination& destination, const Message& message, Placement placement,
                        Duration patience);
    WebApi::Answer send(const std::string& method, nlohmann::json arguments, const Message& message,
                        Duration patience);
    void slow_down(const SlackError& error);
    void report_failure(const Destination& destination, const std::string& what);
    std::vector<std::string> take_failures();

    WebApi api_{http_, clock_, access_.api_url, access_.bot_token};
    std::vector<Destination> destinations_;
    bool knows_destinations_ = false;
    RunProgress run_;
    bool changed_ = false; // since the last edit
    NoticeGroups details_;
    Duration next_edit_{}; // elapsed time, as the next one
    Duration next_details_{};
    Duration pause_ = shortest_pause; // between edits
    bool reported_edit_failure_ = false;
    std::vector<std::string> failures_;

    static constexpr std::chrono::seconds shortest_pause{15};
};

} // namespace snow_white::report
