// The screen that shows the progress of a run. In: snapshots and notes as they come; then a time
// and the screen's size. Out: lines, never more than the screen has and none wider. All is
// ASCII but for colours and, where the screen can show them, a bar's blocks and the spinner. What
// does not fit is counted. Pure.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"
#include "src/report/terminal/alternate_screen.hpp"
#include "src/report/text/summary.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::report {

class ProgressScreen {
public:
    ProgressScreen(RunInfo run_info, Instant begun);

    // An older task's log has the instances in another order.
    void take(const drain::ProgressSnapshot& snapshot) { trim(snapshot_.emplace(snapshot)); }
    void note(const std::string& text, Instant at);

    // The first line says that it is not safe to go on, which is true until the report comes.
    std::vector<std::string> draw(Instant now, const Screen& screen) const;

private:
    RunInfo run_info_;
    Instant begun_;
    std::optional<drain::ProgressSnapshot> snapshot_;
    std::vector<std::string> notes_; // the oldest first
};

} // namespace snow_white::report
