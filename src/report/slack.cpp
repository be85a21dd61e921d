#include "src/report/slack.hpp"

#include "src/report/printable.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace snow_white::report {

namespace {

constexpr std::chrono::seconds start_patience{15};
constexpr std::chrono::seconds end_patience{60};
constexpr std::chrono::seconds attempt_patience{5};
constexpr std::chrono::seconds first_pause{1};
constexpr std::chrono::seconds longest_pause{16};
constexpr std::size_t longest_list = 20; // lines of details: the log has them all

bool is_worth_another_try(const aws::Result<aws::HttpResponse>& answer) {
    return !answer || answer->status == 429 || answer->status >= 500;
}

std::string complaint(const aws::Result<aws::HttpResponse>& answer) {
    if (!answer) return answer.error().message;
    return fmt::format("HTTP {} {}", answer->status, answer->body.substr(0, 80));
}

std::string end_text(const Summary& summary) {
    std::string text =
        fmt::format("{} *{}*", summary.well ? ":white_check_mark:" : ":warning:", escaped(summary.headline));
    for (std::size_t i = 0; i < std::min(summary.details.size(), longest_list); ++i)
        text += "\n• " + escaped(summary.details[i]);
    if (summary.details.size() > longest_list)
        text += fmt::format("\n• and {} more: see the log", summary.details.size() - longest_list);
    if (!summary.next.words.empty()) text += "\n" + escaped(in_one_line(summary.next));
    return text;
}

} // namespace

std::string escaped(const std::string& text) {
    std::string safe;
    for (const char byte : printable(text)) {
        if (byte == '&')
            safe += "&amp;";
        else if (byte == '<')
            safe += "&lt;";
        else if (byte == '>')
            safe += "&gt;";
        else
            safe += byte;
    }
    return safe;
}

Slack::Slack(aws::Http& http, Clock& clock, Address address, Subject subject, drain::Action action)
    : http_(http), clock_(clock), address_(std::move(address)), subject_(std::move(subject)),
      action_(action) {}

std::vector<std::string> Slack::tell(const drain::Event& event) {
    if (const auto* report = std::get_if<drain::Report>(&event))
        return send(end_text(summarize(*report, subject_)), end_patience);
    if (const auto* noted = std::get_if<drain::Noted>(&event); noted != nullptr && noted->loud)
        return send(":warning: " + escaped(noted->what), start_patience);
    const auto* start = std::get_if<drain::Started>(&event);
    if (start == nullptr || started_) return {};
    started_ = true;
    const auto& order = start->order;
    const std::string whom = order.environments.empty()
                                 ? counted(order.instances.size(), "instance")
                                 : fmt::format("environment{} {}", order.environments.size() == 1 ? "" : "s",
                                               fmt::join(order.environments, ", "));
    return send(fmt::format(":hourglass_flowing_sand: *{}* {} by {}: {} of {} in {}. The answer comes when "
                            "the last instance has finished.",
                            name_of(action_), start->joined ? "picked up" : "started",
                            escaped(subject_.invoker.empty() ? "somebody" : subject_.invoker), escaped(whom),
                            escaped(subject_.application), escaped(subject_.region)),
                start_patience);
}

std::vector<std::string> Slack::say(const std::string& text) {
    return send(escaped(text), end_patience);
}

std::vector<std::string> Slack::send(const std::string& text, Duration patience) {
    if (address_.webhook.empty()) return {};
    if (channels_.empty()) {
        channels_.push_back(address_.channel);
        if (const std::string person = address_.person(); !person.empty()) channels_.push_back(person);
    }
    std::vector<std::string> complaints;
    for (const auto& channel : channels_) {
        const std::string failure = post(channel, text, clock_.now() + patience);
        if (!failure.empty())
            complaints.push_back(fmt::format("Slack did not take the message to {}: {}", channel, failure));
    }
    return complaints;
}

std::string Slack::post(const std::string& channel, const std::string& text, Instant give_up) {
    nlohmann::json message{{"username", "Snow White"}, {"icon_emoji", ":snowwhite:"}, {"text", text}};
    if (!channel.empty()) message["channel"] = channel; // else where the webhook itself points
    const aws::HttpRequest request{.url = address_.webhook,
                                   .headers = {{"Content-Type", "application/json"}},
                                   // Names come from outside and may be no UTF-8: what is not is replaced.
                                   .body =
                                       message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                                   .timeout = attempt_patience,
                                   .even_when_interrupted = true}; // it says that we were
    for (Duration pause = first_pause;; pause = std::min<Duration>(longest_pause, pause * 2)) {
        const auto answer = http_.send(request);
        if (answer && answer->status == 200) return "";
        const Duration wait = answer && answer->retry_after ? Duration{*answer->retry_after} : pause;
        if (!is_worth_another_try(answer) || clock_.interrupted() || clock_.now() + wait > give_up)
            return complaint(answer);
        clock_.wait(wait);
    }
}

} // namespace snow_white::report
