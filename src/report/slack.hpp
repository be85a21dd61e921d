// Slack, by an incoming webhook. In: events. Out: a message at the start and one at the end, to the channel
// and, if the invoker's Slack id is known, to that person. Time-outs, 429 and 5xx are tried again within a
// patience; any other refusal is final. It never throws and never holds a drain up for longer than that
// patience. The webhook's URL is a secret: it is in no message and no error.
#pragma once

#include "src/aws/http.hpp"
#include "src/drain/state.hpp"
#include "src/report/summary.hpp"

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
    std::vector<std::string> send(const std::string& text, Duration patience);
    std::string post(const std::string& channel, const std::string& text, Instant give_up);

    aws::Http& http_;
    Clock& clock_;
    Address address_;
    Subject subject_;
    drain::Action action_;
    std::vector<std::string> channels_;
    bool started_ = false;
};

// `&`, `<` and `>` are Slack's own, and a line's end would begin another line of the message; whatever came
// from outside goes through this.
std::string escaped(const std::string& text);

} // namespace snow_white::report
