// The messages of a run as Slack takes them: Block Kit, and the same as plain text for
// notifications, screen readers and a server that refuses blocks. In: an event of the run, and what
// was asked for. Out: a message within Slack's limits, for one instance and for thousands. Pure. No
// name and no output of an instance can forge a part of a message. The tests compare each message
// with a golden file (tests/unit/golden) and post it to the sandbox's Slack.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/report/slack/block_kit.hpp"
#include "src/report/text/summary.hpp"

namespace snow_white::report {

struct Message {
    std::string text; // escaped; it contains no markup
    Json blocks;
};

// What the events of a run have shown so far.
struct RunProgress {
    drain::FleetDiscovered matched;                 // the latest one; empty: there was none yet
    drain::CommandStarted started;                  // the first command of the action
    std::optional<drain::ProgressChanged> advanced; // of the action; none: nothing has finished
    bool checking = false;                          // the verification is under way
    drain::SidekiqView sidekiq = {};                // the latest

    // Whether the event changes what a message says. Reports and notices do not.
    bool take(const drain::Event& event);
};

// `matched`: the latest one; empty before there was one.
Message start_message(const drain::CommandStarted& started, const drain::FleetDiscovered& matched,
                      const RunInfo& run_info);
Message note_message(const std::string& note, const RunInfo& run_info);
Message end_message(const drain::Report& report, const RunInfo& run_info);

// --- with a bot's token

// The start message as it is edited during the run. `now`: the time of the edit.
Message progress_message(const RunProgress& run, const RunInfo& run_info, Instant now);
// The start message after the end.
Message ended_message(const drain::Report& report, const RunProgress& run, const RunInfo& run_info);
// A reply in its thread. Some of many details are left out, and their number is said.
Message details_message(const std::vector<std::string>& details, const RunInfo& run_info);

// --- parts of messages

// In small print: which run it is, with its links.
std::string about(const RunInfo& run_info);
// " · log · task", as links to AWS's console; empty where there are none.
std::string links(const RunInfo& run_info);
// "see the log", with a link where there is one. Mrkdwn: not for the text and not in code.
std::string see_log(const RunInfo& run_info);
// "Quiet started"
std::string start_title(drain::Action action, bool adopted);
// Who, where, which environments and why, in columns.
Json start_fields(const RunProgress& run, const RunInfo& run_info);
std::string_view what_happens(drain::Action action, bool adopted);
// "✅ QUIET: safe to go on"
std::string title_of(const Summary& summary, const drain::Report& report);
std::string capitalized(std::string_view words);

} // namespace snow_white::report
