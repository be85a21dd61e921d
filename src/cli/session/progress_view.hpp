// The progress screen for a person at a terminal, of a drain that runs here or of a task whose log
// is followed. In: a request and the terminal. Out: a reporter that draws.
#pragma once

#include "src/cli/session/context.hpp"
#include "src/report/terminal/progress_reporter.hpp"

#include <memory>

namespace snow_white::cli {

// A terminal that can be drawn on, and not a CI job's, whose log would keep each drawing.
inline bool can_be_drawn_on(const Context& context) {
    return !context.json && context.environment.get("CI").empty() &&
           report::can_draw(context.out, context.environment.get("TERM"));
}

inline std::unique_ptr<report::ProgressReporter> make_progress_view(const report::RunInfo& run_info,
                                                                    const Context& context) {
    return std::make_unique<report::ProgressReporter>(context.out, context.clock, run_info,
                                                      context.environment.get("NO_COLOR").empty());
}

} // namespace snow_white::cli
