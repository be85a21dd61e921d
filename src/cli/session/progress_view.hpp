// Somebody who looks on at a terminal while a drain goes on: here, or in a task whose log is
// followed.
#pragma once

#include "src/cli/session/context.hpp"
#include "src/report/terminal/progress_reporter.hpp"

#include <memory>

namespace snow_white::cli {

// A terminal that can be drawn on, and no CI job's: CI keeps what is written to its terminal.
bool can_be_drawn_on(const Context& context);

std::unique_ptr<report::ProgressReporter>
view_for(const Request& request, const report::RunInfo& run_info, const Context& context);

} // namespace snow_white::cli
