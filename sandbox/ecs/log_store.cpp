#include "sandbox/ecs/log_store.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"

#include "sandbox/wire/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

namespace sandbox {

namespace {

constexpr std::size_t largest_answer = 1'048'576;
constexpr std::size_t event_overhead = 26; // bytes that CloudWatch counts for each event
constexpr std::size_t place_digits = 56;

// "f/<place>/s": what comes at and after the place; "b/<place>/s": what comes before it.
// "f/<place>/t": the empty page before it was given.
std::string token(char direction, std::size_t place, char state = 's') {
    return fmt::format("{}/{:056d}/{}", direction, place, state);
}

std::size_t place_in(const std::string& text) {
    const bool has_form = text.size() == place_digits + 4 && (text[0] == 'f' || text[0] == 'b') &&
                          text[1] == '/' && (text.ends_with("/s") || text.ends_with("/t"));
    const auto place =
        has_form ? parse_number<std::size_t>(text.substr(2, place_digits)) : std::nullopt;
    if (!place) throw AwsError("InvalidParameterException", "The specified nextToken is invalid.");
    return *place;
}

} // namespace

// arn:aws:logs:REGION:ACCOUNT:log-group:NAME, with or without ":*" at its end.
std::string LogStore::group_of(const Json& parameters) {
    const bool by_name = parameters.contains("logGroupName");
    if (by_name == parameters.contains("logGroupIdentifier"))
        throw AwsError("InvalidParameterException",
                       "Exactly one of logGroupName and logGroupIdentifier is needed.");
    std::string group = parameters[by_name ? "logGroupName" : "logGroupIdentifier"];
    if (const auto at = group.find(":log-group:"); at != std::string::npos)
        group = group.substr(at + 11);
    return group.substr(0, group.find(':'));
}

void LogStore::create_group(const std::string& group) {
    const std::scoped_lock guard(mutex_);
    groups_[group];
}

void LogStore::create_stream(const std::string& group, const std::string& stream) {
    const std::scoped_lock guard(mutex_);
    groups_[group][stream];
}

void LogStore::put(const std::string& group, const std::string& stream, const std::string& line,
                   Instant at) {
    const std::scoped_lock guard(mutex_);
    groups_[group][stream].push_back({at, line});
}

const LogStore::Streams& LogStore::streams_of(const std::string& group) const {
    if (const Streams* const streams = find_key(groups_, group)) return *streams;
    throw AwsError("ResourceNotFoundException", "The specified log group does not exist.");
}

const LogStore::Stream& LogStore::find(const std::string& group, const std::string& stream) const {
    if (const Stream* const found = find_key(streams_of(group), stream)) return *found;
    throw AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
}

void LogStore::deliver_late(Lateness lateness) {
    const std::scoped_lock guard(mutex_);
    late_ = lateness;
}

Json LogStore::get_log_events(const Json& parameters, Instant now) const {
    const std::scoped_lock guard(mutex_);
    const Stream& all = find(group_of(parameters), parameters.at("logStreamName"));
    const auto is_there = [&](const Event& event) {
        return !late_ || event.at + late_->lag <= now;
    };
    const std::span<const Event> events(all.begin(), std::ranges::find_if_not(all, is_there));
    const std::string given = parameters.value("nextToken", "");
    const bool forward = given.empty() ? parameters.value("startFromHead", false) : given[0] == 'f';
    const std::size_t place =
        given.empty() ? (forward ? 0 : events.size()) : std::min(place_in(given), events.size());
    const long long from = parameters.value("startTime", 0LL);
    const long long until = parameters.value("endTime", std::numeric_limits<long long>::max());
    const std::size_t limit =
        std::min(parameters.value("limit", most_events), late_ ? late_->page : most_events);
    if (late_ && forward && place < events.size() && !given.ends_with("/t"))
        return {{"events", Json::array()},
                {"nextForwardToken", token('f', place, 't')},
                {"nextBackwardToken", token('b', place)}};
    std::size_t first = place;
    std::size_t last = place; // one behind
    std::vector<const Event*> page;
    std::size_t bytes = 0;
    const auto take = [&](const Event& event) {
        if (event.milliseconds() < from || event.milliseconds() >= until) return true;
        bytes += event.message.size() + event_overhead;
        if (page.size() == limit || (bytes > largest_answer && !page.empty())) return false;
        page.push_back(&event);
        return true;
    };
    if (forward)
        while (last < events.size() && take(events[last]))
            ++last;
    else
        while (first > 0 && take(events[first - 1]))
            --first;
    if (!forward) std::ranges::reverse(page);
    Json shown = Json::array();
    for (const Event* const event : page)
        shown.push_back({{"timestamp", event->milliseconds()},
                         {"message", event->message},
                         {"ingestionTime", event->milliseconds()}});
    return {
        {"events", std::move(shown)},
        {"nextForwardToken", last == place && !given.empty() && forward ? given : token('f', last)},
        {"nextBackwardToken", token('b', first)}};
}

} // namespace sandbox
