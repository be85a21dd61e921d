// Slack, by an incoming webhook. In: events. Out: a message at the start, one for each loud note and one at
// the end (slack_message.hpp), to the channel and, if the invoker's Slack id is known, to that person.
// Time-outs, 429 and 5xx are tried again within a patience; any other refusal is final, but that blocks are
// refused: then the words go alone, and that is complained of, too. It never throws and never holds a drain
// up for longer than that patience. The webhook's URL is a secret: it is in no message and no error.
//
// Sources:
// https://docs.slack.dev/legacy/legacy-custom-integrations/legacy-custom-integrations-incoming-webhooks
// (username, icon_emoji and channel are honoured; interactive messages are all that is named as missing, from
// which it is inferred that blocks work),
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (an app's webhook takes the same
// blocks and ignores those three, without a word: it cannot be told apart from here).
#pragma once

#include "src/aws/http.hpp"
#include "src/drain/state.hpp"
#include "src/report/slack_message.hpp"

#include <functional>

namespace snow_white::report {

class Slack {
public:
    struct Address {
        std::string webhook;                 // empty: no Slack at all
        std::string channel;                 // "#deploys"
        std::function<std::string()> person; // the invoker's user id (U…), or empty; asked at most once
    };

    Slack(aws::Http& http, Clock& clock, Address address, Subject subject, drain::Action action);

    // Gives back what went wrong, one line each, for the log.
    std::vector<std::string> tell(const drain::Event& event);
    std::vector<std::string> say(const std::string& text);

private:
    std::vector<std::string> send(const Message& message, Duration patience);
    std::string post(const std::string& channel, const Message& message, Instant give_up);
    aws::Result<aws::HttpResponse> try_until(const Json& payload, Instant give_up);

    aws::Http& http_;
    Clock& clock_;
    Address address_;
    Subject subject_;
    drain::Action action_;
    std::vector<std::string> channels_;
    drain::Matched matched_; // the latest look
    bool started_ = false;
};

} // namespace snow_white::report
