#include "src/cli/session/progress_view.hpp"

namespace snow_white::cli {

bool can_be_drawn_on(const Outside& outside) {
    return !outside.json && outside.environment.get("CI").empty() &&
           report::can_draw(outside.out, outside.environment.get("TERM"));
}

std::unique_ptr<report::LiveView> view_for(const Request& request, const report::Subject& subject,
                                           const Outside& outside) {
    return std::make_unique<report::LiveView>(outside.out, outside.clock, subject, request.action,
                                              outside.environment.get("NO_COLOR").empty());
}

} // namespace snow_white::cli
