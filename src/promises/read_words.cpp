// The lines for people (report/lines), as far as the promises need them: their time; who is concerned; which
// command was sent; how it ended. tests/unit/read_event_test.cpp holds them against what report/lines writes.
#include "src/aws/timestamp.hpp"
#include "src/promises/read_event.hpp"
#include "src/report/lines.hpp"

#include <algorithm>
#include <charconv>

namespace snow_white::promises {

namespace {

constexpr std::string_view unknown_number = "; an unknown number of instances";
constexpr std::string_view number_of = " instances";

// "2 of acme "workers": acme-workers-1, …; 3 instances"
std::optional<Facts> as_matched(const std::string& words) {
    const auto begins = words.find(" of ");
    const auto last = words.rfind("; ");
    if (begins == std::string::npos || last == std::string::npos || !words.ends_with(number_of))
        return std::nullopt;
    if (!std::all_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(begins),
                     [](char one) { return one >= '0' && one <= '9'; }))
        return std::nullopt;
    Matched matched{.several = words.substr(0, last).find('/') != std::string::npos};
    if (words.ends_with(unknown_number)) return matched;
    const std::string number = words.substr(last + 2, words.size() - number_of.size() - last - 2);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), matched.instances);
    if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    return matched;
}

// "eu-west-1: quiet command ID sent to 2 environments"
std::optional<Facts> as_started(const std::string& words) {
    const auto command = words.find(" command ");
    if (command == std::string::npos) return std::nullopt;
    const bool joined = words.find(" is in flight already", command) != std::string::npos;
    if (!joined && words.find(" sent to ", command) == std::string::npos) return std::nullopt;
    const auto place_end = words.substr(0, command).rfind(": ");
    const auto begins = place_end == std::string::npos ? 0 : place_end + 2;
    const std::string action = words.substr(begins, command - begins);
    if (action != "status" && !drain::parse_action(action)) return std::nullopt;
    return Started{action, joined, begins == 0 ? "" : words.substr(0, place_end)};
}

// "NOT QUIET: the deadline came first; … (after 6 h 0 min)"
std::optional<Facts> as_report(const std::string& words) {
    for (const auto action : drain::all_actions) {
        if (!report::is_headline(words, action) || words.find(" (after ") == std::string::npos) continue;
        const bool done = !words.starts_with("NOT ");
        const bool late = words.find(": the deadline came first") != std::string::npos;
        return ReportEnd{.action = action, .verdict = done ? "done" : late ? "timed_out" : "", .places = {}};
    }
    return std::nullopt;
}

} // namespace

std::optional<Event> read_words(const std::string& line) {
    const std::string words = report::without_time(line);
    if (words.size() == line.size()) return std::nullopt;
    const auto at = aws::parse_timestamp(line.substr(0, line.find(' ')));
    if (!at) return std::nullopt;
    Facts facts = Words{.noted = !words.starts_with("Slack ")}; // what Slack did not take is said each time
    for (const auto& read : {as_matched, as_started, as_report})
        if (auto found = read(words)) {
            facts = std::move(*found);
            break;
        }
    return Event{.at = *at, .text = words, .facts = std::move(facts)};
}

} // namespace snow_white::promises
