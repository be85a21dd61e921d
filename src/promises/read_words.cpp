// Reads lines for people (report/text/text_reporter), as far as the promises need them: the time,
// the fleet, the commands, the end. tests/unit/promises/read_log_test.cpp compares this with what
// report/text/text_reporter writes.
#include "src/base/time_format.hpp"
#include "src/promises/read_event.hpp"
#include "src/report/text/text_reporter.hpp"

#include <algorithm>
#include <charconv>

namespace snow_white::promises {

namespace {

constexpr std::string_view unknown_number = "; an unknown number of instances";
constexpr std::string_view number_of = " instance";
constexpr std::string_view plural_of = " instances";
constexpr std::string_view command_begins = " command ";

// Further lines of an event, and what the operator has typed.
bool is_free(const std::string& words) {
    return words.starts_with(' ') || words.starts_with("reason:") || words.starts_with("warning:");
}

// "2 of acme "workers": acme-workers-1, …; 3 instances"
std::optional<Facts> as_matched(const std::string& words) {
    if (words.starts_with("no environment of ")) return Discovered{};
    const auto begins = words.find(" of ");
    const auto last = words.rfind("; ");
    const auto unit = words.rfind(number_of);
    const bool has_unit = words.ends_with(number_of) || words.ends_with(plural_of);
    if (begins == std::string::npos || last == std::string::npos || !has_unit || unit < last + 2)
        return std::nullopt;
    if (!std::all_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(begins),
                     [](char one) { return one >= '0' && one <= '9'; }))
        return std::nullopt;
    Discovered matched{.several = words.substr(0, last).find('/') != std::string::npos};
    if (words.ends_with(unknown_number)) return matched;
    const std::string number = words.substr(last + 2, unit - last - 2);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), matched.instances);
    if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    return matched;
}

// A command's id, as SSM gives it: 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view text) {
    static constexpr std::string_view shape = "00000000-0000-0000-0000-000000000000";
    return std::ranges::equal(text, shape, [](char one, char wanted) {
        return wanted == '-' ? one == '-'
                             : (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f');
    });
}

// "eu-west-1: quiet command ID sent to 2 environments". Only from the line's begin, so that text
// which the operator has typed is not read as one.
std::optional<Facts> as_started(const std::string& words) {
    const auto command = words.find(command_begins);
    if (command == std::string::npos) return std::nullopt;
    const std::string before = words.substr(0, command);
    const auto place_end = before.rfind(": ");
    const auto begins = place_end == std::string::npos ? 0 : place_end + 2;
    const std::string action = before.substr(begins);
    if (action != "status" && !drain::parse_action(action)) return std::nullopt;
    const std::string place = before.substr(0, begins == 0 ? 0 : place_end);
    if (place.find(' ') != std::string::npos) return std::nullopt;
    const std::string behind = words.substr(command + command_begins.size());
    const auto id_end = behind.find(' ');
    if (id_end == std::string::npos || !is_uuid(std::string_view(behind).substr(0, id_end)))
        return std::nullopt;
    const std::string how = behind.substr(id_end);
    const bool adopted = how.starts_with(" is in flight already");
    if (!adopted && !how.starts_with(" sent to ")) return std::nullopt;
    return Started{action, adopted, place};
}

// "NOT QUIET: the deadline came first; … (after 6 h 0 min)"
std::optional<Facts> as_report(const std::string& words) {
    for (const auto action : drain::all_actions) {
        if (!report::is_headline(words, action) || words.find(" (after ") == std::string::npos)
            continue;
        const bool done = !words.starts_with("NOT ");
        const bool late = words.find(": the deadline came first") != std::string::npos;
        return ReportEnd{.action = action,
                         .verdict = done   ? "done"
                                    : late ? "timed_out"
                                           : "",
                         .regions = {}};
    }
    return std::nullopt;
}

} // namespace

std::optional<Event> read_words(const std::string& line) {
    const std::string words = report::without_time(line);
    if (words.size() == line.size()) return std::nullopt;
    const auto at = parse_timestamp(line.substr(0, line.find(' ')));
    if (!at) return std::nullopt;
    Facts facts = Words{.noted = !words.starts_with("Slack ")}; // Slack's failures may repeat
    for (const auto& read : {as_matched, as_started, as_report}) {
        if (is_free(words)) break;
        if (auto found = read(words)) {
            facts = std::move(*found);
            break;
        }
    }
    return Event{.at = *at, .text = words, .facts = std::move(facts)};
}

} // namespace snow_white::promises
