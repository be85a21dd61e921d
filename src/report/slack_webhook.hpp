// Slack by an incoming webhook, which can only add messages: one at the start, one for each loud note and one
// at the end (slack_message.hpp), to the channel and, if their Slack id is known, to the person who started
// it. Time-outs, 429 and 5xx are tried again within the patience; any other refusal is final, but that blocks
// are refused: then the words go alone, and that is complained of, too.
//
// Sources:
// https://docs.slack.dev/legacy/legacy-custom-integrations/legacy-custom-integrations-incoming-webhooks
// (username, icon_emoji and channel are honoured; interactive messages are all that is named as missing, from
// which it is inferred that blocks work),
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (an app's webhook takes the same
// blocks and ignores those three, without a word: it cannot be told apart from here).
#pragma once

#include "src/report/slack.hpp"
#include "src/report/slack_message.hpp"

namespace snow_white::report {

class SlackWebhook : public Slack {
public:
    SlackWebhook(aws::Http& http, Clock& clock, SlackAccess access, SlackPerson person, Subject subject,
                 drain::Action action);

    std::vector<std::string> tell(const drain::Event& event) override;
    std::vector<std::string> say(const std::string& text) override;

private:
    std::vector<std::string> send(const Message& message, Duration patience);
    std::string post(const std::string& channel, const Message& message, Duration give_up);
    aws::Result<aws::HttpResponse> post(const Json& payload, Duration give_up);

    aws::Http& http_;
    Clock& clock_;
    SlackAccess access_;
    SlackPerson person_;
    Subject subject_;
    drain::Action action_;
    std::vector<std::string> channels_;
    drain::FleetDiscovered matched_; // the latest look
    bool started_ = false;
};

} // namespace snow_white::report
