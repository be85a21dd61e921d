// Slack by a bot's token. To the channel and, if they are known, to the person who started it: one
// message for the run, which is edited as it goes on and at its end; what happens meanwhile as
// replies in its thread, of which those that people have to see are shown in the channel, too; and
// the end as a message of its own, since an edit notifies nobody (docs/decisions.md). A message is
// edited four times a minute at most, and answered as often with what happens meanwhile; Slack
// takes 50 edits a minute (tier 3, https://docs.slack.dev/apis/web-api/rate-limits). An edit that
// Slack does not take in time is not tried again, the next one says more; while Slack does not
// answer the pauses grow to five minutes.
#pragma once

#include "src/report/slack/start_message.hpp"
#include "src/report/slack/web_api.hpp"

namespace snow_white::report {

class BotNotifier : public SlackNotifier {
public:
    BotNotifier(Http& http, Clock& clock, SlackAccess access, Recipient person, RunInfo run_info,
                drain::Action action);

    std::vector<std::string> handle(const drain::Event& event) override;
    std::vector<std::string> write(const std::string& text) override;
    std::vector<std::string> tick() override;

private:
    // Where it is told, and the run's message there.
    struct Place {
        std::string name;    // "#deploys", "U0ALICE00"
        std::string channel; // by Slack's answer: its id
        std::string ts;      // of the message; empty: Slack has not taken it yet
        bool closed = false; // Slack takes no edit there, for good
    };
    enum class Threads { none, reply, broadcast };

    void find_places();
    void end(const drain::Report& report);
    void note(const drain::Notice& noted);
    void show_progress(Duration patience);
    void tell_details();
    void show(Place& place, const Message& message, Duration patience);
    void post_everywhere(const Message& message, Threads threads, Duration patience);
    WebApi::Answer post(Place& place, const Message& message, Threads threads, Duration patience);
    WebApi::Answer send(const std::string& method, nlohmann::json arguments, const Message& message,
                        Duration patience);
    void wait_longer(const SlackError& refusal);
    void complain(const Place& place, const std::string& what);
    std::vector<std::string> complaints();

    Clock& clock_;
    WebApi api_;
    SlackAccess access_;
    Recipient person_;
    RunInfo run_info_;
    drain::Action action_;

    std::vector<Place> places_;
    bool knows_places_ = false;
    RunProgress run_;
    bool started_ = false;
    bool changed_ = false; // since it was shown last
    std::vector<std::string> details_;
    std::size_t untold_details_ = 0; // of which there is no room
    Duration next_edit_{};           // by elapsed time, as the next
    Duration next_details_{};
    Duration pause_; // between edits
    bool said_that_edits_fail_ = false;
    std::vector<std::string> complaints_;
};

} // namespace snow_white::report
