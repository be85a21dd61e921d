// What Slack is told, as data: Block Kit, and the same in plain words for notifications, screen
// readers and a server that takes no blocks. In: an event and what was asked. Out: a message within
// Slack's limits for one instance and for thousands. Pure. Nothing that an instance or a name says
// can forge a part of it. Every message is held against a golden file (tests/unit/golden) and
// against the sandbox's Slack.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/report/slack/block_kit.hpp"
#include "src/report/text/summary.hpp"

namespace snow_white::report {

struct Message {
    std::string text; // escaped; no markup is meant in it
    Json blocks;
};

// What is known of a run while it goes on.
struct RunProgress {
    drain::FleetDiscovered matched;                 // the latest look; empty before there was one
    drain::CommandStarted started;                  // the first command of the action
    std::optional<drain::ProgressChanged> advanced; // of the action; none: nothing has finished
    bool checking = false;                          // every worker is asked, before the end

    // True where it says something new. A report and a note are none of its business.
    bool take(const drain::Event& event);
};

// `matched`: the latest look; empty before there was one.
Message start_message(const drain::CommandStarted& started, const drain::FleetDiscovered& matched,
                      const RunInfo& run_info, drain::Action action);
Message note_message(const std::string& note, const RunInfo& run_info, drain::Action action);
Message end_message(const drain::Report& report, const RunInfo& run_info);

// --- by a bot's token: the start, which is edited as it goes on, and becomes what it was when it
// has ended. `now`: when it is written.
Message progress_message(const RunProgress& run, const RunInfo& run_info, drain::Action action,
                         Instant now);
Message ended_message(const drain::Report& report, const RunProgress& run, const RunInfo& run_info);
// A reply in its thread; `more`: so many more than these.
Message details_message(const std::vector<std::string>& details, std::size_t more);

// Small print under a message: which run it is about.
std::string about(const RunInfo& run_info, drain::Action action);
// Who, what, where and why, in columns.
Json start_fields(const RunProgress& run, const RunInfo& run_info);
std::string_view what_happens(drain::Action action, bool joined);
// Of the end: "✅ QUIET: safe to go on".
std::string title_of(const Summary& summary, const drain::Report& report);
std::string capitalized(std::string_view words);

} // namespace snow_white::report
