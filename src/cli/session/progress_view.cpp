#include "src/cli/session/progress_view.hpp"

namespace snow_white::cli {

bool can_be_drawn_on(const Context& context) {
    return !context.json && context.environment.get("CI").empty() &&
           report::can_draw(context.out, context.environment.get("TERM"));
}

std::unique_ptr<report::ProgressReporter>
view_for(const Request& request, const report::RunInfo& run_info, const Context& context) {
    return std::make_unique<report::ProgressReporter>(context.out, context.clock, run_info,
                                                      request.action,
                                                      context.environment.get("NO_COLOR").empty());
}

} // namespace snow_white::cli
