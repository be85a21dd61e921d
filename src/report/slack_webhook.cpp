#include "src/report/slack_webhook.hpp"

#include <fmt/format.h>

namespace snow_white::report {

namespace {

bool is_final(const aws::Result<aws::HttpResponse>& answer) {
    return answer && answer->status != 429 && answer->status < 500;
}

std::string complaint(const aws::Result<aws::HttpResponse>& answer) {
    if (!answer) return answer.error().message;
    return fmt::format("HTTP {} {}", answer->status, answer->body.substr(0, 80));
}

// Slack's words for it; an answer of another server's is longer.
bool refuses_blocks(const aws::Result<aws::HttpResponse>& answer) {
    return answer && answer->status == 400 && answer->body.find("blocks") != std::string::npos;
}

} // namespace

SlackWebhook::SlackWebhook(aws::Http& http, Clock& clock, SlackAccess access, SlackPerson person,
                           Subject subject, drain::Action action)
    : http_(http), clock_(clock), access_(std::move(access)), person_(std::move(person)),
      subject_(std::move(subject)), action_(action) {}

std::vector<std::string> SlackWebhook::tell(const drain::Event& event) {
    if (const auto* report = std::get_if<drain::Report>(&event))
        return send(end_message(*report, subject_), end_patience);
    if (const auto* noted = std::get_if<drain::Notice>(&event); noted != nullptr && noted->important)
        return send(note_message(noted->what, subject_, action_), start_patience);
    if (const auto* matched = std::get_if<drain::FleetDiscovered>(&event)) matched_ = *matched;
    const auto* start = std::get_if<drain::CommandStarted>(&event);
    if (start == nullptr || started_) return {};
    started_ = true;
    return send(start_message(*start, matched_, subject_, action_), start_patience);
}

std::vector<std::string> SlackWebhook::say(const std::string& text) {
    return send(note_message(text, subject_, action_), end_patience);
}

std::vector<std::string> SlackWebhook::send(const Message& message, Duration patience) {
    if (access_.webhook.empty()) return {};
    if (channels_.empty()) {
        channels_.push_back(access_.channel);
        if (const std::string person = person_.id(); !person.empty()) channels_.push_back(person);
    }
    std::vector<std::string> complaints;
    for (const auto& channel : channels_) {
        const std::string failure = post(channel, message, clock_.elapsed() + patience);
        if (!failure.empty())
            complaints.push_back(fmt::format("Slack did not take the message to {}: {}", channel, failure));
    }
    return complaints;
}

std::string SlackWebhook::post(const std::string& channel, const Message& message, Duration give_up) {
    Json payload{{"username", "Snow White"},
                 {"icon_emoji", ":snowwhite:"},
                 {"text", message.text},
                 {"mrkdwn", false}, // of `text`; the blocks say it for themselves
                 {"blocks", message.blocks}};
    if (!channel.empty()) payload["channel"] = channel; // else where the webhook itself points
    auto answer = post(payload, give_up);
    if (!refuses_blocks(answer)) return answer && answer->status == 200 ? "" : complaint(answer);
    const std::string refusal = complaint(answer);
    payload.erase("blocks");
    answer = post(payload, give_up);
    return refusal +
           (answer && answer->status == 200 ? "; it took the plain words" : "; " + complaint(answer));
}

aws::Result<aws::HttpResponse> SlackWebhook::post(const Json& payload, Duration give_up) {
    const aws::HttpRequest request{.url = access_.webhook,
                                   .headers = {{"Content-Type", "application/json"}},
                                   // The channel's name comes from outside and may be no UTF-8.
                                   .body = payload.dump(-1, ' ', false, Json::error_handler_t::replace),
                                   .timeout = attempt_patience,
                                   .even_when_interrupted = true}; // it says that we were
    return try_until(http_, clock_, request, give_up, is_final);
}

} // namespace snow_white::report
