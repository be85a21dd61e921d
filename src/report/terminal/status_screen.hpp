// The screen of `-a status --watch`. In: a look after the other; then the screen's size. Out:
// lines, never more than the screen has and none wider: ASCII. The sums are always there; what does
// not fit is counted. Pure.
#pragma once

#include "src/report/terminal/alternate_screen.hpp"
#include "src/report/text/status_changes.hpp"

namespace snow_white::report {

class StatusScreen {
public:
    // Of the run: the application, the patterns and the regions. `interval`: between two looks.
    StatusScreen(RunInfo run_info, Duration interval);

    // `not_seen`: sentences about what is missing. `lists_all`: as in StatusLook. `sidekiq`: what
    // Sidekiq's Redis says, the most important sentence first.
    void take(const std::vector<InstanceStatus>& statuses, std::vector<std::string> not_seen,
              bool lists_all, Instant at, std::vector<std::string> sidekiq = {});
    // A look failed: the one before it stays.
    void fail(const std::string& why);

    // What the last look found different from the one before it; empty after the first.
    const std::string& changes() const { return changes_.sentence; }

    std::vector<std::string> draw(const Screen& screen) const;

    // All rows, for a terminal of this width, and below them the sums and what was not seen.
    std::vector<std::string> whole(std::size_t width) const;

private:
    std::vector<std::string> sums(const Screen& screen) const;
    std::string title(std::size_t width) const;
    void add_sidekiq(const Screen& screen, std::vector<std::string>& lines) const;
    void add_caveats(const Screen& screen, std::vector<std::string>& lines) const;
    void add_table(const Screen& screen, std::vector<std::string>& lines) const;

    RunInfo run_info_;
    Duration interval_;
    bool has_look_ = false;
    StatusLook look_;
    std::string sentence_;             // the sums
    std::vector<std::string> scripts_; // that still run
    std::vector<std::string> sidekiq_; // what Redis says
    std::vector<std::string> caveats_; // what was not seen, or why the last look failed
    StatusChanges changes_;            // after the first look: neither marks nor a sentence
    StatusWidths widths_ = {};
};

} // namespace snow_white::report
