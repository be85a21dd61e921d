#include "src/report/terminal/jobs_screen.hpp"

#include "src/base/printable.hpp"
#include "src/base/time_format.hpp"
#include "src/report/terminal/wrapped_lines.hpp"
#include "src/report/text/summary.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

constexpr std::size_t least_lines = 12; // a screen with fewer shows sums and jobs alone
constexpr std::size_t most_sums = 2;    // lines
constexpr std::size_t width_of_mark = 2;
constexpr std::size_t widest_rows = 500; // jobs whose cells decide the columns' widths

} // namespace

JobsScreen::JobsScreen(std::string source, Duration interval)
    : source_(std::move(source)), interval_(interval) {}

void JobsScreen::take(sidekiq::Snapshot snapshot) {
    if (snapshot_) changes_ = changes_between(*snapshot_, snapshot);
    snapshot_ = std::move(snapshot);
    failure_.clear();
    widths_ = widths_of(*snapshot_, {.width = 0, .most_rows = widest_rows, .at_least = widths_});
}

void JobsScreen::fail(const std::string& why) {
    failure_ = why + "; asking on";
}

std::vector<std::string> JobsScreen::sums(const Screen& screen) const {
    if (!snapshot_) return {};
    const auto lines = wrapped_words(jobs_sentence(*snapshot_), screen.width);
    if (lines.size() <= (screen.height < least_lines ? 1 : most_sums)) return lines;
    return limited(wrapped(brief_jobs_sums(*snapshot_), ", ", screen.width),
                   screen.height < least_lines ? 1 : most_sums, ", ", screen.width);
}

std::string JobsScreen::title(std::size_t width) const {
    const std::string at = snapshot_ ? fmt::format(" at {} UTC", time_of_day(snapshot_->at)) : "";
    const std::string end = "; Ctrl-C ends it";
    return first_fitting({fmt::format("{}{}, each {}{}", source_, at, in_words(interval_), end),
                          source_ + at + end, source_ + at, source_},
                         width);
}

// The failure is never left out; of the notes the last ones are, so that rows have room.
std::vector<std::string> JobsScreen::notes(const Screen& screen) const {
    std::vector<std::string> lines;
    if (!failure_.empty())
        lines = limited(wrapped_words(failure_, screen.width), 2, " ", screen.width);
    if (!snapshot_ || screen.height < least_lines) return lines;
    const std::size_t most = lines.size() + screen.height / 4;
    for (const auto& note : jobs_notes(*snapshot_)) {
        const auto more = limited(wrapped_words(note, screen.width), 2, " ", screen.width);
        if (lines.size() + more.size() > most) break;
        lines.insert(lines.end(), more.begin(), more.end());
    }
    return lines;
}

void JobsScreen::add_table(const Screen& screen, std::vector<std::string>& lines) const {
    const bool has_heading = screen.height >= least_lines;
    const std::size_t room = screen.height - std::min(screen.height, lines.size());
    const std::size_t for_rows = has_heading ? room - std::min<std::size_t>(room, 1) : room;
    const std::size_t count = snapshot_->jobs.size();
    const std::size_t shown = rows_shown(count, for_rows);
    const auto table =
        jobs_table(*snapshot_, {.width = screen.width - std::min(screen.width, width_of_mark),
                                .most_rows = shown,
                                .at_least = widths_});
    if (has_heading && count > 0) lines.push_back("  " + table.front());
    for (std::size_t i = 0; i < shown; ++i)
        lines.push_back(
            fmt::format("{} {}", changes_.marks.empty() ? ' ' : changes_.marks[i], table[i + 1]));
    if (shown == count) return;
    const std::string more = fmt::format("and {} more", count - shown);
    lines.push_back(
        first_fitting({more + ": " + class_counts(*snapshot_, shown), more}, screen.width));
}

std::vector<std::string> JobsScreen::draw(const Screen& screen) const {
    std::vector<std::string> lines = sums(screen);
    if (screen.height >= least_lines || !snapshot_) lines.push_back(title(screen.width));
    if (screen.height >= least_lines && !changes_.sentence.empty())
        lines.push_back(truncate_ascii(changes_.sentence, screen.width));
    for (auto& line : notes(screen))
        lines.push_back(std::move(line));
    if (snapshot_) add_table(screen, lines);
    lines.resize(std::min(lines.size(), screen.height));
    for (auto& line : lines)
        line = truncate_ascii(line, screen.width);
    return lines;
}

std::vector<std::string> JobsScreen::whole(std::size_t width) const {
    std::vector<std::string> lines;
    if (snapshot_) {
        lines.push_back(fmt::format("{} at {}", source_, iso_time(snapshot_->at)));
        lines.push_back(jobs_sentence(*snapshot_));
        const auto notes = jobs_notes(*snapshot_);
        lines.insert(lines.end(), notes.begin(), notes.end());
    }
    if (!failure_.empty()) lines.push_back(failure_);
    if (snapshot_ && !snapshot_->jobs.empty()) {
        const auto table = jobs_table(*snapshot_, {.width = width});
        lines.insert(lines.end(), table.begin(), table.end());
    }
    return lines;
}

} // namespace snow_white::report
