// The progress screen for a person at a terminal, of a drain that runs here or of a task whose log
// is followed. In: a request and the terminal. Out: a reporter that draws.
#pragma once

#include "src/base/text.hpp"
#include "src/cli/session/context.hpp"
#include "src/report/terminal/progress_reporter.hpp"

#include <memory>

namespace snow_white::cli {

// A terminal that can be drawn on, and not a CI job's, whose log would keep each drawing.
inline bool can_be_drawn_on(const Context& context) {
    return !context.json && context.environment.get("CI").empty() &&
           report::can_draw(context.out, context.environment.get("TERM"));
}

// The locale is UTF-8, and the terminal is not Linux's console, whose font lacks most characters.
inline bool can_show_unicode(const Environment& environment) {
    std::string locale =
        environment.get("LC_ALL", environment.get("LC_CTYPE", environment.get("LANG")));
    locale = lower_case(locale);
    return (locale.ends_with("utf-8") || locale.ends_with("utf8")) &&
           environment.get("TERM") != "linux";
}

inline std::unique_ptr<report::ProgressReporter> make_progress_view(const report::RunInfo& run_info,
                                                                    const Context& context) {
    return std::make_unique<report::ProgressReporter>(context.out, context.clock, run_info,
                                                      context.environment.get("NO_COLOR").empty(),
                                                      can_show_unicode(context.environment));
}

} // namespace snow_white::cli
