// A report as text, the same for the terminal, for Slack and for --json: what is true now, which
// instances are not as asked, what to do next. In: a report, and what was asked for. Pure.
#pragma once

#include "src/base/time_format.hpp"
#include "src/fleet/model/name_filter.hpp"
#include "src/report/names.hpp"

#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::report {

// What was asked for, as the operator typed it: for headlines, and for the command to type next.
struct RunInfo {
    std::string application;
    fleet::NameFilter pattern;
    std::string profile;                  // "shop" or "shop,shop-eu"; empty: unknown
    std::string region;                   // "us-east-1" or "us-east-1,eu-west-1"
    std::string invoker;                  // "alice"; empty: unknown
    std::string reason = {};              // --reason; empty: not given
    std::optional<Instant> deadline = {}; // when the monitor stops waiting
    std::optional<Duration> timeout = {}; // the same, counted from the start of the run
    std::string batch = {};               // of a wake, as it was typed; empty: all at once
    drain::Action action = drain::Action::quiet;
    // Of the command line; an empty one was not given.
    std::string program = "snow-white.sh";
    std::string mode = {};          // "--here" or "--wait"
    std::string typed_timeout = {}; // "2h"
    bool strict = false;            // --strict
    std::string slack_user = {};
    std::string task_url = {}; // of the task in AWS's console; empty: there is no task, or unknown
    std::string log_url = {};  // of its log stream there
};

// What the operator does next: a sentence, and a command that can be typed as it is. Either may be
// empty.
struct NextStep {
    std::string text;
    std::string command;
};
NextStep next_step(const drain::Report& report, const RunInfo& run_info);
std::string in_one_line(const NextStep& next);

struct Summary {
    bool succeeded = false;         // the action succeeded, as far as its commands say
    bool verified = false;          // … and the verification confirmed it for every worker
    std::string state;              // "QUIET", "NOT QUIET"
    std::string sentence;           // why, and after how long
    std::string not_covered = {};   // "2 processes on console-1 take from default"; empty: none
    std::string left_ec2;           // "1 instance left EC2 with 3 running jobs"; empty: none did
    std::string headline;           // state and sentence in one line
    std::vector<std::string> notes; // one line each: warnings, what was not verified
    // Instances that are not as asked, one line each or, of many alike, together; then the notes.
    std::vector<std::string> details;
    NextStep next;
};

// Whether the monitor watched the commands to their end, or to the deadline: then each instance has
// a result.
bool has_results(drain::Verdict verdict);

Summary summarize(const drain::Report& report, const RunInfo& run_info);

// Whether a line, without its time, begins as the headline of such a report does.
bool is_headline(const std::string& line, drain::Action action);

// The command for the action on the same environments.
std::string command_line(drain::Action action, const RunInfo& run_info);

// The command that cancels the action on the same environments.
std::string cancel_line(const RunInfo& run_info);

using snow_white::in_words; // of a duration

} // namespace snow_white::report
