// The screen of `-a jobs --watch`. In: a snapshot after the other; then the screen's size. Out:
// lines, never more than the screen has and none wider: ASCII. The sums are always there; what does
// not fit is counted. Pure.
#pragma once

#include "src/report/terminal/alternate_screen.hpp"
#include "src/report/text/jobs_summary.hpp"
#include "src/report/text/jobs_table.hpp"

#include <optional>

namespace snow_white::report {

class JobsScreen {
public:
    // `source`: the server, as its title names it. `interval`: between two looks.
    JobsScreen(std::string source, Duration interval);

    void take(sidekiq::Snapshot snapshot);
    // A look failed: the one before it stays.
    void fail(const std::string& why);

    // What the last look found different from the one before it; empty after the first.
    const std::string& changes() const { return changes_.sentence; }

    std::vector<std::string> draw(const Screen& screen) const;

    // When it was, the sums, what to know beside them, and all jobs, for a terminal of this width.
    std::vector<std::string> whole(std::size_t width) const;

private:
    std::vector<std::string> sums(const Screen& screen) const;
    std::string title(std::size_t width) const;
    std::vector<std::string> notes(const Screen& screen) const;
    void add_table(const Screen& screen, std::vector<std::string>& lines) const;

    std::string source_;
    Duration interval_;
    std::optional<sidekiq::Snapshot> snapshot_;
    JobsChanges changes_; // after the first look: neither marks nor a sentence
    JobWidths widths_ = {};
    std::string failure_; // of the last look; empty: it was read
};

} // namespace snow_white::report
