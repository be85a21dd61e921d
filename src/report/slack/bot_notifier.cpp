#include "src/report/slack/bot_notifier.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace snow_white::report {

namespace {

constexpr std::chrono::seconds edit_interval{15};
constexpr std::chrono::minutes longest_interval{5};
constexpr std::chrono::seconds longest_wait{3'600}; // that Slack asks for
constexpr Duration once{0};
constexpr std::size_t most_details = 10; // in one reply

bool refuses_blocks(const WebApi::Answer& answer) {
    return !answer && answer.error().error.find("blocks") != std::string::npos;
}

} // namespace

BotNotifier::BotNotifier(Http& http, Clock& clock, SlackAccess access, Recipient person,
                         RunInfo run_info, drain::Action action)
    : clock_(clock), api_(http, clock, access.api_url, access.bot_token),
      access_(std::move(access)), person_(std::move(person)), run_info_(std::move(run_info)),
      action_(action), pause_(edit_interval) {}

std::vector<std::string> BotNotifier::handle(const drain::Event& event) {
    if (const auto* report = std::get_if<drain::Report>(&event))
        end(*report);
    else if (const auto* noted = std::get_if<drain::Notice>(&event))
        note(*noted);
    else
        changed_ = run_.take(event) || changed_;
    if (std::holds_alternative<drain::CommandStarted>(event) && !std::exchange(started_, true)) {
        find_places();
        show_progress(start_patience);
    }
    return tick();
}

std::vector<std::string> BotNotifier::write(const std::string& text) {
    post_everywhere(note_message(text, run_info_, action_), Threads::broadcast, end_patience);
    return complaints();
}

std::vector<std::string> BotNotifier::tick() {
    if (changed_ && clock_.elapsed() >= next_edit_) show_progress(once);
    if (!details_.empty() && clock_.elapsed() >= next_details_) tell_details();
    return complaints();
}

void BotNotifier::find_places() {
    if (std::exchange(knows_places_, true)) return;
    if (!access_.channel.empty()) places_.push_back({.name = access_.channel});
    std::string person = person_.id();
    if (person.empty() && !person_.email.empty()) {
        const auto found = api_.user_with(person_.email, start_patience);
        if (found)
            person = *found;
        else
            complaints_.push_back(
                fmt::format("no direct message: Slack does not say who has the address {}: {}",
                            person_.email, found.error().words));
    }
    if (!person.empty()) places_.push_back({.name = person});
    if (places_.empty())
        complaints_.emplace_back("Slack has nobody to be told: set SlackChannel (at the prompt "
                                 "NOTIFY_SLACK_CHANNEL), or --slack-user");
}

void BotNotifier::note(const drain::Notice& noted) {
    if (noted.heartbeat) {
        changed_ = true; // it is still watched: the message says when it was written
    } else if (noted.important) {
        post_everywhere(note_message(noted.what, run_info_, action_), Threads::broadcast,
                        start_patience);
    } else if (details_.size() < most_details) {
        details_.push_back(noted.what);
    } else {
        ++untold_details_;
    }
}

void BotNotifier::end(const drain::Report& report) {
    post_everywhere(end_message(report, run_info_), Threads::none, end_patience);
    if (!started_) return;
    const Message message = ended_message(report, run_, run_info_);
    for (auto& place : places_)
        if (!place.ts.empty()) show(place, message, start_patience);
    changed_ = false;
    details_.clear();
}

void BotNotifier::show_progress(Duration patience) {
    changed_ = false;
    next_edit_ = clock_.elapsed() + pause_;
    const Message message = progress_message(run_, run_info_, action_, clock_.now());
    for (auto& place : places_)
        show(place, message, patience);
}

// The message that there is, or a first one.
void BotNotifier::show(Place& place, const Message& message, Duration patience) {
    if (place.closed) return;
    const bool first = place.ts.empty();
    const auto answer = first ? post(place, message, Threads::none, patience)
                              : send("chat.update", {{"channel", place.channel}, {"ts", place.ts}},
                                     message, patience);
    if (answer) {
        if (first) {
            place.channel = text_in(*answer, "channel");
            place.ts = text_in(*answer, "ts");
        }
        pause_ = edit_interval;
        said_that_edits_fail_ = false;
        return;
    }
    place.closed = !answer.error().passing;
    if (answer.error().passing) wait_longer(answer.error());
    if (place.closed || !std::exchange(said_that_edits_fail_, true))
        complain(place, first ? answer.error().words
                              : "its progress is not shown: " + answer.error().words);
}

void BotNotifier::wait_longer(const SlackError& refusal) {
    changed_ = true;
    pause_ = std::min<Duration>(longest_interval, pause_ * 2);
    const Duration asked_for =
        std::min(longest_wait, refusal.retry_after.value_or(std::chrono::seconds{0}));
    next_edit_ = clock_.elapsed() + std::max(pause_, asked_for);
}

// Not tried again: the log has them, and the end says what matters of them.
void BotNotifier::tell_details() {
    next_details_ = clock_.elapsed() + pause_;
    const Message message = details_message(details_, std::exchange(untold_details_, 0));
    details_.clear();
    for (auto& place : places_)
        if (!place.ts.empty()) {
            const auto answer = post(place, message, Threads::reply, once);
            if (!answer && !std::exchange(said_that_edits_fail_, true))
                complain(place, answer.error().words);
        }
}

void BotNotifier::post_everywhere(const Message& message, Threads threads, Duration patience) {
    find_places();
    for (auto& place : places_) {
        auto answer = post(place, message, threads, patience);
        // The thread may be gone, or locked.
        if (!answer && !answer.error().passing && threads != Threads::none && !place.ts.empty())
            answer = post(place, message, Threads::none, patience);
        if (!answer) complain(place, answer.error().words);
    }
}

WebApi::Answer BotNotifier::post(Place& place, const Message& message, Threads threads,
                                 Duration patience) {
    nlohmann::json arguments{{"channel", place.name},
                             {"mrkdwn", false}, // of `text`; the blocks say it for themselves
                             {"unfurl_links", false}};
    if (threads != Threads::none && !place.ts.empty()) {
        arguments["channel"] = place.channel;
        arguments["thread_ts"] = place.ts;
        arguments["reply_broadcast"] = threads == Threads::broadcast;
    }
    return send("chat.postMessage", std::move(arguments), message, patience);
}

// Where blocks are refused the words go alone.
WebApi::Answer BotNotifier::send(const std::string& method, nlohmann::json arguments,
                                 const Message& message, Duration patience) {
    arguments["text"] = message.text;
    arguments["blocks"] = message.blocks;
    auto answer = api_.call(method, arguments, patience);
    if (!refuses_blocks(answer)) return answer;
    complaints_.push_back("Slack refused the blocks of a message (" + answer.error().error +
                          "): it gets the plain words");
    arguments.erase("blocks");
    return api_.call(method, arguments, patience);
}

void BotNotifier::complain(const Place& place, const std::string& what) {
    complaints_.push_back(
        fmt::format("Slack did not take the message to {}: {}", place.name, what));
}

std::vector<std::string> BotNotifier::complaints() {
    return std::exchange(complaints_, {});
}

} // namespace snow_white::report
