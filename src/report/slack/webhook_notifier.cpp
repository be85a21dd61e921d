#include "src/report/slack/webhook_notifier.hpp"

#include "src/base/text.hpp"
#include "src/report/slack/slack_errors.hpp"

#include <fmt/format.h>

namespace snow_white::report {

namespace {

constexpr std::size_t longest_error_code = 60; // of Slack's; another server's page is longer

bool is_final(const HttpResult& answer) {
    return answer && (refuses_channel(*answer) || (answer->status != 429 && answer->status < 500));
}

bool is_accepted(const HttpResult& answer) {
    return answer && answer->status == 200;
}

std::string error_text(const HttpResult& answer) {
    if (!answer) return answer.error().message;
    return fmt::format("HTTP {} {}", answer->status, answer->body.substr(0, 80));
}

// With the meaning, where it is known.
std::string explained(const HttpResult& answer) {
    const std::string text = error_text(answer);
    const std::string known = answer ? explain_webhook_error(answer->body, text) : "";
    return known.empty() ? text : known;
}

bool refuses_blocks(const HttpResult& answer) {
    return answer && answer->status == 400 && answer->body.find("blocks") != std::string::npos;
}

} // namespace

Json webhook_payload(const std::string& channel, const Message& message) {
    Json payload{{"username", "Snow White"},
                 {"icon_emoji", ":snowwhite:"},
                 {"text", message.text},
                 {"mrkdwn", false}, // of `text`; each block has its own type
                 {"blocks", message.blocks}};
    if (!channel.empty()) payload["channel"] = channel;
    return payload;
}

HttpRequest webhook_request(const std::string& webhook, const Json& payload) {
    return {.url = webhook,
            .headers = {{"Content-Type", "application/json"}},
            .body = body_text(payload),
            .timeout = attempt_patience};
}

bool refuses_channel(const HttpResponse& answer) {
    if (answer.status < 400 || answer.body.size() > longest_error_code) return false;
    const std::string error = lower_case(answer.body);
    return error.find("channel") != std::string::npos || error == "action_prohibited";
}

std::vector<std::string> WebhookNotifier::handle(const drain::Event& event) {
    if (const auto* report = std::get_if<drain::Report>(&event))
        return send(end_message(*report, run_info_), end_patience);
    if (const auto* notice = std::get_if<drain::Notice>(&event);
        notice != nullptr && notice->important)
        return send(note_message(notice->what, run_info_), start_patience);
    if (const auto* matched = std::get_if<drain::FleetDiscovered>(&event)) matched_ = *matched;
    const auto* start = std::get_if<drain::CommandStarted>(&event);
    if (start == nullptr || started_) return {};
    started_ = true;
    return send(start_message(*start, matched_, run_info_), start_patience);
}

std::vector<std::string> WebhookNotifier::write(const std::string& text) {
    return send(note_message(text, run_info_), end_patience);
}

std::vector<std::string> WebhookNotifier::send(const Message& message, Duration patience) {
    if (access_.webhook.empty()) return {};
    if (destinations_.empty()) {
        destinations_.push_back({.channel = access_.channel});
        if (const std::string person = recipient_.id(); !person.empty())
            destinations_.push_back({.channel = person, .is_person = true});
    }
    std::vector<std::string> failures;
    for (auto& destination : destinations_) {
        if (destination.closed) continue;
        const std::string failure = post(destination, message, clock_.elapsed() + patience);
        if (!failure.empty()) failures.push_back(failure);
    }
    return failures;
}

std::string WebhookNotifier::post(Destination& destination, const Message& message,
                                  Duration until) {
    const std::string channel = destination.channel;
    const auto failed = [&channel](const std::string& why) {
        return fmt::format("Slack did not take the message to {}: {}", channel, why);
    };
    std::string blocks_refused;
    auto answer = post(channel, message, until, blocks_refused);
    if (answer && !channel.empty() && refuses_channel(*answer)) {
        const std::string refusal = error_text(answer);
        // Without a channel this message would go to the webhook's own channel a second time.
        destination.closed = destination.is_person;
        if (destination.is_person) return failed(refusal + "; nothing more is sent there");
        answer = post("", message, until, blocks_refused);
        if (!is_accepted(answer))
            return failed(refusal + "; without a channel: " + explained(answer));
        destination.channel.clear();
        return fmt::format(
            "the webhook refuses the channel {} ({}): its messages come to its own channel; "
            "correct SlackChannel, or use a bot's token",
            channel, refusal);
    }
    if (is_accepted(answer))
        return blocks_refused.empty() ? "" : failed(blocks_refused + "; it was sent as plain text");
    return failed((blocks_refused.empty() ? "" : blocks_refused + "; ") + explained(answer));
}

// If Slack refuses the blocks, sends the text alone; `blocks_refused` is then Slack's answer.
HttpResult WebhookNotifier::post(const std::string& channel, const Message& message, Duration until,
                                 std::string& blocks_refused) {
    Json payload = webhook_payload(channel, message);
    const auto send_payload = [&] {
        HttpRequest request = webhook_request(access_.webhook, payload);
        request.even_when_interrupted = true; // the last message says that the run was interrupted
        return try_until(http_, clock_, request, until, is_final);
    };
    auto answer = send_payload();
    if (!refuses_blocks(answer)) return answer;
    blocks_refused = error_text(answer);
    payload.erase("blocks");
    return send_payload();
}

} // namespace snow_white::report
