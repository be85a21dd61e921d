#include "src/report/slack/bot_notifier.hpp"

#include "src/base/json.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace snow_white::report {

namespace {

constexpr std::chrono::minutes longest_pause_between_edits{5};
constexpr std::chrono::seconds longest_retry_after{3'600};
constexpr Duration one_attempt{0};
// What the drain says in one step comes in one reply.
constexpr std::chrono::seconds gathering{2};

} // namespace

std::vector<std::string> BotNotifier::handle(const drain::Event& event) {
    if (const auto* report = std::get_if<drain::Report>(&event))
        end(*report);
    else if (const auto* notice = std::get_if<drain::Notice>(&event))
        handle_notice(*notice);
    else
        changed_ = run_.take(event) || changed_;
    if (std::holds_alternative<drain::CommandStarted>(event) && !std::exchange(started_, true)) {
        find_destinations();
        show_progress(start_patience);
    }
    return tick();
}

std::vector<std::string> BotNotifier::write(const std::string& text) {
    post_everywhere(note_message(text, run_info_), Placement::thread_and_channel, end_patience);
    return take_failures();
}

std::vector<std::string> BotNotifier::tick() {
    if (changed_ && clock_.elapsed() >= next_edit_) show_progress(one_attempt);
    if (!details_.empty() && clock_.elapsed() >= next_details_) post_details();
    return take_failures();
}

void BotNotifier::find_destinations() {
    if (std::exchange(knows_destinations_, true)) return;
    if (!access_.channel.empty()) destinations_.push_back({.name = access_.channel});
    std::string person = recipient_.id();
    if (person.empty() && !recipient_.email.empty()) {
        const auto found = api_.user_with(recipient_.email, start_patience);
        if (found)
            person = *found;
        else
            failures_.push_back(
                fmt::format("no direct message: Slack could not look up the address {}: {}",
                            recipient_.email, found.error().message));
    }
    if (!person.empty()) destinations_.push_back({.name = person});
    if (destinations_.empty())
        failures_.emplace_back("Slack has no recipient: set SlackChannel (at the prompt "
                               "NOTIFY_SLACK_CHANNEL), or --slack-user");
}

void BotNotifier::handle_notice(const drain::Notice& notice) {
    if (notice.heartbeat) {
        changed_ = true; // the message shows the time of its last edit
    } else if (notice.important) {
        post_everywhere(note_message(notice.what, run_info_), Placement::thread_and_channel,
                        start_patience);
    } else {
        if (details_.empty())
            next_details_ = std::max<Duration>(next_details_, clock_.elapsed() + gathering);
        details_.add(notice.what);
    }
}

void BotNotifier::end(const drain::Report& report) {
    post_everywhere(end_message(report, run_info_), Placement::top_level, end_patience);
    if (!started_) return;
    const Message message = ended_message(report, run_, run_info_);
    for (auto& destination : destinations_)
        if (!destination.ts.empty()) show(destination, message, start_patience);
    changed_ = false;
    details_.take();
}

void BotNotifier::show_progress(Duration patience) {
    changed_ = false;
    next_edit_ = clock_.elapsed() + pause_;
    const Message message = progress_message(run_, run_info_, clock_.now());
    for (auto& destination : destinations_)
        show(destination, message, patience);
}

// Edits the run's message, or posts it where there is none yet.
void BotNotifier::show(Destination& destination, const Message& message, Duration patience) {
    if (destination.closed) return;
    const bool first = destination.ts.empty();
    const auto answer =
        first ? post(destination, message, Placement::top_level, patience)
              : send("chat.update", {{"channel", destination.channel}, {"ts", destination.ts}},
                     message, patience);
    if (answer) {
        if (first) {
            destination.channel = text_of(*answer, "channel");
            destination.ts = text_of(*answer, "ts");
        }
        pause_ = shortest_pause;
        reported_edit_failure_ = false;
        return;
    }
    destination.closed = !answer.error().retryable;
    if (answer.error().retryable) slow_down(answer.error());
    if (destination.closed || !std::exchange(reported_edit_failure_, true))
        report_failure(destination, first ? answer.error().message
                                          : "its progress is not shown: " + answer.error().message);
}

void BotNotifier::slow_down(const SlackError& error) {
    changed_ = true;
    pause_ = std::min<Duration>(longest_pause_between_edits, pause_ * 2);
    const Duration asked_for =
        std::min(longest_retry_after, error.retry_after.value_or(std::chrono::seconds{0}));
    next_edit_ = clock_.elapsed() + std::max(pause_, asked_for);
}

// Not retried: the log has the details, and the report repeats those that still hold.
void BotNotifier::post_details() {
    next_details_ = clock_.elapsed() + pause_;
    const Message message = details_message(details_.take(), run_info_);
    for (auto& destination : destinations_)
        if (!destination.ts.empty()) {
            const auto answer = post(destination, message, Placement::thread, one_attempt);
            if (!answer && !std::exchange(reported_edit_failure_, true))
                report_failure(destination, answer.error().message);
        }
}

void BotNotifier::post_everywhere(const Message& message, Placement placement, Duration patience) {
    find_destinations();
    for (auto& destination : destinations_) {
        auto answer = post(destination, message, placement, patience);
        // The thread may have been deleted or locked.
        if (!answer && !answer.error().retryable && placement != Placement::top_level &&
            !destination.ts.empty())
            answer = post(destination, message, Placement::top_level, patience);
        if (!answer) report_failure(destination, answer.error().message);
    }
}

WebApi::Answer BotNotifier::post(const Destination& destination, const Message& message,
                                 Placement placement, Duration patience) {
    nlohmann::json arguments{{"channel", destination.name},
                             {"mrkdwn", false}, // of `text`; each block has its own type
                             {"unfurl_links", false}};
    if (placement != Placement::top_level && !destination.ts.empty()) {
        arguments["channel"] = destination.channel;
        arguments["thread_ts"] = destination.ts;
        arguments["reply_broadcast"] = placement == Placement::thread_and_channel;
    }
    return send("chat.postMessage", std::move(arguments), message, patience);
}

// If Slack refuses the blocks, sends the text alone.
WebApi::Answer BotNotifier::send(const std::string& method, nlohmann::json arguments,
                                 const Message& message, Duration patience) {
    arguments["text"] = message.text;
    arguments["blocks"] = message.blocks;
    auto answer = api_.call(method, arguments, patience);
    if (answer || answer.error().code.find("blocks") == std::string::npos) return answer;
    failures_.push_back("Slack refused the blocks of a message (" + answer.error().code +
                        "): it is sent again as plain text");
    arguments.erase("blocks");
    return api_.call(method, arguments, patience);
}

void BotNotifier::report_failure(const Destination& destination, const std::string& what) {
    failures_.push_back(
        fmt::format("Slack did not take the message to {}: {}", destination.name, what));
}

std::vector<std::string> BotNotifier::take_failures() {
    return std::exchange(failures_, {});
}

} // namespace snow_white::report
