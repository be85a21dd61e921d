// A drain as a picture for a terminal. In: where it stands, and words, as they come; then a moment
// and a screen. Out: lines, never more than the screen has and none wider than it: ASCII, each byte
// a column, but for colours. What does not fit is folded and counted. Pure.
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
    ProgressScreen(RunInfo run_info, drain::Action action, Instant begun);

    void take(const drain::ProgressSnapshot& standing) { standing_ = standing; }
    void note(const std::string& words, Instant at);

    // The first line says whether it is safe to go on, and is right until the answer comes.
    std::vector<std::string> draw(Instant now, const Screen& screen) const;

private:
    RunInfo run_info_;
    drain::Action action_;
    Instant begun_;
    std::optional<drain::ProgressSnapshot> standing_;
    std::vector<std::string> notes_; // the oldest first
};

} // namespace snow_white::report
