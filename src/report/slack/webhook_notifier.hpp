// Slack by an incoming webhook, which can only add messages: one at the start, one for each loud
// note and one at the end (slack_message.hpp), to the channel and, if their Slack id is known, to
// the person who started it. Time-outs, 429 and 5xx are tried again within the patience; any other
// refusal is final, but that blocks are refused: then the words go alone, and that is complained
// of, too. A webhook that refuses the channel is used without one from then on, and that is said
// once.
//
// Sources:
// https://docs.slack.dev/legacy/legacy-custom-integrations/legacy-custom-integrations-incoming-webhooks
// (username, icon_emoji and channel are honoured; interactive messages are all that is named as
// missing, from which it is inferred that blocks work),
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (an app's webhook takes
// the same blocks and ignores those three, without a word: it cannot be told apart from here),
// https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
// (channel_not_found, channel_is_archived, action_prohibited),
// https://github.com/prometheus/alertmanager/pull/96 ("Invalid channel specified", with HTTP 500).
// Since 2026 some webhooks refuse any channel, people say.
#pragma once

#include "src/report/slack/slack_notifier.hpp"
#include "src/report/slack/start_message.hpp"

namespace snow_white::report {

// As it is posted; `channel` empty: without one.
Json webhook_payload(const std::string& channel, const Message& message);

// It is the channel in the message that is refused, for all that Slack says.
bool refuses_channel(const HttpResponse& answer);

class WebhookNotifier : public SlackNotifier {
public:
    WebhookNotifier(Http& http, Clock& clock, SlackAccess access, Recipient person,
                    RunInfo run_info, drain::Action action);

    std::vector<std::string> handle(const drain::Event& event) override;
    std::vector<std::string> write(const std::string& text) override;

private:
    struct Place {
        std::string channel; // or a person's id; empty: the webhook's own
        bool is_person = false;
        bool closed = false;
    };

    std::vector<std::string> send(const Message& message, Duration patience);
    std::string post(Place& place, const Message& message, Duration give_up);
    HttpResult post(const std::string& channel, const Message& message, Duration give_up,
                    std::string& blocks_refused);
    HttpResult post(const Json& payload, Duration give_up);

    Http& http_;
    Clock& clock_;
    SlackAccess access_;
    Recipient person_;
    RunInfo run_info_;
    drain::Action action_;
    std::vector<Place> places_;
    drain::FleetDiscovered matched_; // the latest look
    bool started_ = false;
};

} // namespace snow_white::report
