// Somebody who looks on at a terminal while a drain goes on: here, or in a task whose log is followed.
#pragma once

#include "src/cli/commands.hpp"
#include "src/drain/model/progress_snapshot.hpp"
#include "src/report/live_view.hpp"

#include <memory>
#include <optional>

namespace snow_white::cli {

// A terminal that can be drawn on, and no CI job's: CI keeps what is written to its terminal.
bool can_be_drawn_on(const Outside& outside);

std::unique_ptr<report::LiveView> view_for(const Request& request, const report::Subject& subject,
                                           const Outside& outside);

// A line of a task's log that says where its drain stands, as --json has it; none for any other line.
std::optional<drain::ProgressSnapshot> parse_standing(const std::string& line);

} // namespace snow_white::cli
