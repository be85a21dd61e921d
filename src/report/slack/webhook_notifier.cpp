#include "src/report/slack/webhook_notifier.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

constexpr std::size_t longest_word = 60; // of Slack's; a page of another server's is longer

bool is_final(const HttpResult& answer) {
    return answer && (refuses_channel(*answer) || (answer->status != 429 && answer->status < 500));
}

bool is_taken(const HttpResult& answer) {
    return answer && answer->status == 200;
}

std::string complaint(const HttpResult& answer) {
    if (!answer) return answer.error().message;
    return fmt::format("HTTP {} {}", answer->status, answer->body.substr(0, 80));
}

// Slack's words for it; an answer of another server's is longer.
bool refuses_blocks(const HttpResult& answer) {
    return answer && answer->status == 400 && answer->body.find("blocks") != std::string::npos;
}

} // namespace

Json webhook_payload(const std::string& channel, const Message& message) {
    Json payload{{"username", "Snow White"},
                 {"icon_emoji", ":snowwhite:"},
                 {"text", message.text},
                 {"mrkdwn", false}, // of `text`; the blocks say it for themselves
                 {"blocks", message.blocks}};
    if (!channel.empty()) payload["channel"] = channel; // else where the webhook itself points
    return payload;
}

bool refuses_channel(const HttpResponse& answer) {
    if (answer.status < 400 || answer.body.size() > longest_word) return false;
    std::string word = answer.body;
    std::ranges::transform(word, word.begin(), [](unsigned char byte) {
        return static_cast<char>(std::tolower(byte));
    });
    return word.find("channel") != std::string::npos || word == "action_prohibited";
}

WebhookNotifier::WebhookNotifier(Http& http, Clock& clock, SlackAccess access, Recipient person,
                                 RunInfo run_info, drain::Action action)
    : http_(http), clock_(clock), access_(std::move(access)), person_(std::move(person)),
      run_info_(std::move(run_info)), action_(action) {}

std::vector<std::string> WebhookNotifier::handle(const drain::Event& event) {
    if (const auto* report = std::get_if<drain::Report>(&event))
        return send(end_message(*report, run_info_), end_patience);
    if (const auto* noted = std::get_if<drain::Notice>(&event);
        noted != nullptr && noted->important)
        return send(note_message(noted->what, run_info_, action_), start_patience);
    if (const auto* matched = std::get_if<drain::FleetDiscovered>(&event)) matched_ = *matched;
    const auto* start = std::get_if<drain::CommandStarted>(&event);
    if (start == nullptr || started_) return {};
    started_ = true;
    return send(start_message(*start, matched_, run_info_, action_), start_patience);
}

std::vector<std::string> WebhookNotifier::write(const std::string& text) {
    return send(note_message(text, run_info_, action_), end_patience);
}

std::vector<std::string> WebhookNotifier::send(const Message& message, Duration patience) {
    if (access_.webhook.empty()) return {};
    if (places_.empty()) {
        places_.push_back({.channel = access_.channel});
        if (const std::string person = person_.id(); !person.empty())
            places_.push_back({.channel = person, .is_person = true});
    }
    std::vector<std::string> complaints;
    for (auto& place : places_) {
        if (place.closed) continue;
        const std::string failure = post(place, message, clock_.elapsed() + patience);
        if (!failure.empty()) complaints.push_back(failure);
    }
    return complaints;
}

std::string WebhookNotifier::post(Place& place, const Message& message, Duration give_up) {
    const std::string recipient = place.channel;
    const auto lost = [&recipient](const std::string& why) {
        return fmt::format("Slack did not take the message to {}: {}", recipient, why);
    };
    std::string blocks_refused;
    auto answer = post(place.channel, message, give_up, blocks_refused);
    if (answer && !place.channel.empty() && refuses_channel(*answer)) {
        const std::string refusal = complaint(answer);
        place.closed =
            place.is_person; // else it would come to the webhook's own channel a second time
        if (place.is_person) return lost(refusal + "; no more is sent there");
        answer = post("", message, give_up, blocks_refused);
        if (!is_taken(answer)) return lost(refusal + "; without a channel: " + complaint(answer));
        place.channel.clear();
        return fmt::format(
            "the webhook refuses the channel {} ({}): its messages come to its own channel; "
            "correct SlackChannel, or use a bot's token",
            recipient, refusal);
    }
    if (is_taken(answer))
        return blocks_refused.empty() ? "" : lost(blocks_refused + "; it took the plain words");
    return lost((blocks_refused.empty() ? "" : blocks_refused + "; ") + complaint(answer));
}

// Where the blocks are refused the words go alone.
HttpResult WebhookNotifier::post(const std::string& channel, const Message& message,
                                 Duration give_up, std::string& blocks_refused) {
    Json payload = webhook_payload(channel, message);
    auto answer = post(payload, give_up);
    if (!refuses_blocks(answer)) return answer;
    blocks_refused = complaint(answer);
    payload.erase("blocks");
    return post(payload, give_up);
}

HttpResult WebhookNotifier::post(const Json& payload, Duration give_up) {
    const HttpRequest request{.url = access_.webhook,
                              .headers = {{"Content-Type", "application/json"}},
                              // The channel's name comes from outside and may be no UTF-8.
                              .body = payload.dump(-1, ' ', false, Json::error_handler_t::replace),
                              .timeout = attempt_patience,
                              .even_when_interrupted = true}; // it says that we were
    return try_until(http_, clock_, request, give_up, is_final);
}

} // namespace snow_white::report
