// Slack messages by an incoming webhook, which can only add messages: one at the start, one for
// each important notice and one at the end (start_message.hpp). They go to the channel and, if
// their Slack user id is known, to the person who started the run.
//
// Timeouts, HTTP 429 and 5xx are retried within the patience. Any other refusal is final, with two
// exceptions. If Slack refuses the blocks, the message is sent as plain text and the log says so.
// If Slack refuses the channel, the webhook is used without a channel from then on, and the log
// says so once.
//
// Sources:
// https://docs.slack.dev/legacy/legacy-custom-integrations/legacy-custom-integrations-incoming-webhooks
// (username, icon_emoji and channel are honoured; interactive messages are all that is named as
// missing, from which we infer that blocks work),
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (the webhook of an app
// takes the same blocks and ignores those three without an error, so it cannot be told apart here),
// https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
// (channel_not_found, channel_is_archived, action_prohibited),
// https://github.com/prometheus/alertmanager/pull/96 ("Invalid channel specified", with HTTP 500).
// Users report that since 2026 some webhooks refuse any channel.
#pragma once

#include "src/report/slack/slack_notifier.hpp"
#include "src/report/slack/start_message.hpp"

namespace snow_white::report {

// The body of a post. An empty `channel`: the message names none, and goes to the webhook's own.
Json webhook_payload(const std::string& channel, const Message& message);
HttpRequest webhook_request(const std::string& webhook, const Json& payload);

// Whether the answer refuses the channel that the message names, as far as Slack says so.
bool refuses_channel(const HttpResponse& answer);

class WebhookNotifier : public SlackNotifier {
public:
    using SlackNotifier::SlackNotifier;

    std::vector<std::string> handle(const drain::Event& event) override;
    std::vector<std::string> write(const std::string& text) override;

private:
    struct Destination {
        std::string channel; // or a Slack user id; empty: the webhook's own channel
        bool is_person = false;
        bool closed = false; // nothing more is sent there
    };

    std::vector<std::string> send(const Message& message, Duration patience);
    std::string post(Destination& destination, const Message& message, Duration until);
    HttpResult post(const std::string& channel, const Message& message, Duration until,
                    std::string& blocks_refused);

    std::vector<Destination> destinations_;
    drain::FleetDiscovered matched_; // the latest one
};

} // namespace snow_white::report
