// What Slack is told, as data: Block Kit, and the same in plain words for notifications, screen readers and a
// server that takes no blocks. In: an event and what was asked. Out: a message within Slack's limits for one
// instance and for thousands. Pure. Nothing that an instance or a name says can forge a part of it.
// Every message is held against a golden file (tests/unit/golden) and against the sandbox's Slack.
#pragma once

#include "src/drain/state.hpp"
#include "src/report/block_kit.hpp"
#include "src/report/summary.hpp"

namespace snow_white::report {

struct Message {
    std::string text; // escaped; no markup is meant in it
    Json blocks;
};

// `matched`: the latest look; empty before there was one.
Message start_message(const drain::Started& started, const drain::Matched& matched, const Subject& subject,
                      drain::Action action);
Message note_message(const std::string& note, const Subject& subject, drain::Action action);
Message end_message(const drain::Report& report, const Subject& subject);

// Small print under a message: which run it is about.
std::string about(const Subject& subject, drain::Action action);
std::string capitalized(std::string_view words);

} // namespace snow_white::report
