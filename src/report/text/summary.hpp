// A report in words, once, for the terminal and for Slack: what is true now, who is not as asked,
// what to do next.
#pragma once

#include "src/base/time_format.hpp"
#include "src/drain/model/report.hpp"
#include "src/fleet/model/name_filter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::report {

// What was asked, in the operator's own words: for headlines and for the command to type next.
struct RunInfo {
    std::string application;
    fleet::NameFilter pattern;
    std::string profile;     // empty: unknown; several as they are typed: "shop,shop-eu"
    std::string region;      // the same: "us-east-1,eu-west-1"
    std::string invoker;     // "alice"; empty: unknown
    std::string reason = {}; // why, in the operator's words; empty: not given
    std::optional<Instant> deadline = {}; // when the waiting ends
    std::optional<Duration> timeout = {}; // the same, from the moment at which the run begins
    std::string batch = {};               // of a wake, as it was typed; empty: all at once
};

// What to do now: words, and a command that can be typed as it is; either may be empty.
struct NextStep {
    std::string words;
    std::string command;
};
std::string in_one_line(const NextStep& next);

struct Summary {
    bool well = false;
    bool seen = false;              // … and every worker was seen to be as asked
    std::string state;              // "QUIET", "NOT QUIET"
    std::string sentence;           // why that is so, and since when
    std::string left;               // "1 instance left EC2 with 3 running jobs"; empty: none did
    std::string headline;           // both in one line: is it safe now?
    std::vector<std::string> notes; // one line each: warnings, what was not verified
    // One line each: instances that are not as asked, then the notes.
    std::vector<std::string> details;
    NextStep next;
};

Summary summarize(const drain::Report& report, const RunInfo& run_info);

// A line that begins as a report of that action does (a Summary's headline). Without its time.
bool is_headline(const std::string& line, drain::Action action);

// `action` for these environments, as it can be typed.
std::string command_line(drain::Action action, const RunInfo& run_info);

// The words for it in a report; docs/operations.md says what each means and what to do.
std::string_view words_for(drain::Outcome outcome);

// "1 instance", "2 instances"
std::string pluralize(std::size_t count, std::string_view what);

// "2 min 5 s"
std::string in_words(Duration duration);

} // namespace snow_white::report
