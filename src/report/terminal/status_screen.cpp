#include "src/report/terminal/status_screen.hpp"

#include "src/base/chunk.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/report/terminal/wrapped_lines.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

constexpr std::size_t few_lines = 12;     // a screen with fewer shows sums and rows alone
constexpr std::size_t least_for_jobs = 8; // a screen with fewer names no job
constexpr std::size_t least_for_queues = 16;
constexpr std::size_t lines_of_sums = 2;
constexpr std::size_t mark_width = 2;

int jobs_in(const std::vector<StatusRow>& rows) {
    int jobs = 0;
    for (const auto& row : rows)
        if (row.worker) jobs += row.worker->busy;
    return jobs;
}

// "1 unknown, 31 jobs, 2 running, 12 idle": what matters most is first. Then the scripts.
std::vector<std::string> brief_sums(const std::vector<StatusRow>& rows,
                                    const std::vector<std::string>& scripts, std::size_t width) {
    std::vector<std::string> parts = state_counts(count_states(rows));
    const bool has_unknown = !rows.empty() && rows.front().state == RowState::unknown;
    parts.insert(parts.begin() + (has_unknown ? 1 : 0), pluralize(jobs_in(rows), "job"));
    std::vector<std::string> lines = wrapped(parts, ", ", width);
    lines.insert(lines.end(), scripts.begin(), scripts.end());
    return limited(std::move(lines), lines_of_sums, ", ", width);
}

// "and 17 more, all idle", "and 17 more: 5 quiet, 12 idle"
std::string hidden_text(const std::vector<StatusRow>& rows, std::size_t shown, std::size_t width) {
    const auto states = state_counts(count_states(rows, shown));
    const std::string more = fmt::format("{} more", rows.size() - shown);
    const bool is_one = states.size() == 1;
    const std::string which = is_one ? fmt::format(", all {}", name_of(rows.back().state))
                                     : fmt::format(": {}", fmt::join(states, ", "));
    return first_fitting({"and " + more + which, more + which, "and " + more, more}, width);
}

} // namespace

StatusScreen::StatusScreen(RunInfo run_info, Duration interval)
    : run_info_(std::move(run_info)), interval_(interval) {}

void StatusScreen::take(const std::vector<InstanceStatus>& statuses,
                        std::vector<std::string> not_seen, bool lists_all, Instant at,
                        std::vector<std::string> sidekiq) {
    StatusLook look{.at = at, .rows = status_rows(statuses), .lists_all = lists_all};
    if (has_look_) changes_ = changes_between(look_, look);
    has_look_ = true;
    look_ = std::move(look);
    sentence_ = status_sentence(statuses);
    scripts_ = running_scripts(statuses);
    sidekiq_ = std::move(sidekiq);
    caveats_ = std::move(not_seen);
    widths_ = widths_of(look_.rows, {.width = 0, .ages_at = at, .at_least = widths_});
}

void StatusScreen::fail(const std::string& why) {
    caveats_ = {why + "; trying again"};
}

std::vector<std::string> StatusScreen::sums(const Screen& screen) const {
    if (!has_look_) return {};
    const auto lines = wrapped_words(sentence_, screen.width);
    if (lines.size() <= (screen.height < few_lines ? 1 : lines_of_sums)) return lines;
    return brief_sums(look_.rows, scripts_, screen.width);
}

std::string StatusScreen::title(std::size_t width) const {
    const std::string what =
        fmt::format("\"{}\" of {}", in_brief(run_info_.pattern), run_info_.application);
    const std::string at =
        has_look_ ? fmt::format(" at {} UTC", time_of_day(look_.at)) : std::string();
    const std::string end = "; Ctrl-C ends it";
    return first_fitting(
        {fmt::format("{} in {}{}, each {}{}", what, run_info_.region, at, in_words(interval_), end),
         what + at + end, what + end},
        width);
}

// The first sentence gets more lines than the others, and is the last to be left out.
void StatusScreen::add_sidekiq(const Screen& screen, std::vector<std::string>& lines) const {
    if (screen.height < least_for_jobs) return;
    const std::size_t shown = screen.height < few_lines          ? 1
                              : screen.height < least_for_queues ? 2
                                                                 : sidekiq_.size();
    const std::size_t each = screen.height < few_lines ? 1 : screen.height < 2 * few_lines ? 2 : 4;
    for (std::size_t i = 0; i < std::min(shown, sidekiq_.size()); ++i) {
        const auto more =
            limited(wrapped_words(sidekiq_[i], screen.width),
                    i == 0 ? each : std::max<std::size_t>(each / 2, 1), " ", screen.width);
        lines.insert(lines.end(), more.begin(), more.end());
    }
}

void StatusScreen::add_caveats(const Screen& screen, std::vector<std::string>& lines) const {
    const std::size_t most = screen.height < few_lines ? 1 : screen.height / 4;
    const std::size_t shown = rows_shown(caveats_.size(), most);
    const auto first = first_of(caveats_, shown);
    lines.insert(lines.end(), first.begin(), first.end());
    if (shown < caveats_.size())
        lines.push_back(fmt::format("{}{} not seen", caveats_.size() - shown,
                                    shown == 0 ? " things" : " more things"));
}

void StatusScreen::add_table(const Screen& screen, std::vector<std::string>& lines) const {
    const bool has_heading = screen.height >= few_lines;
    const std::size_t room = screen.height - std::min(screen.height, lines.size());
    const std::size_t for_rows = has_heading ? room - std::min<std::size_t>(room, 1) : room;
    const auto& rows = look_.rows;
    const std::size_t shown = rows_shown(rows.size(), for_rows);
    const auto first = first_of(rows, shown);
    const auto table = status_table({first.begin(), first.end()},
                                    {.width = screen.width - std::min(screen.width, mark_width),
                                     .ages_at = look_.at,
                                     .at_least = widths_});
    if (has_heading) lines.push_back("  " + table.front());
    for (std::size_t i = 0; i < shown; ++i)
        lines.push_back(
            fmt::format("{} {}", changes_.marks.empty() ? ' ' : changes_.marks[i], table[i + 1]));
    if (shown < rows.size()) lines.push_back(hidden_text(rows, shown, screen.width));
}

std::vector<std::string> StatusScreen::draw(const Screen& screen) const {
    std::vector<std::string> lines = sums(screen);
    add_sidekiq(screen, lines);
    if (screen.height >= few_lines || !has_look_) lines.push_back(title(screen.width));
    if (screen.height >= few_lines && !changes_.sentence.empty()) {
        const auto changes = limited(wrapped_words(changes_.sentence, screen.width),
                                     screen.height < 2 * few_lines ? 1 : 2, " ", screen.width);
        lines.insert(lines.end(), changes.begin(), changes.end());
    }
    add_caveats(screen, lines);
    if (has_look_) add_table(screen, lines);
    lines.resize(std::min(lines.size(), screen.height));
    for (auto& line : lines)
        line = truncate_ascii(line, screen.width);
    return lines;
}

std::vector<std::string> StatusScreen::whole(std::size_t width) const {
    std::vector<std::string> lines;
    if (has_look_) lines = status_table(look_.rows, {.width = width});
    if (has_look_) lines.push_back(sentence_);
    lines.insert(lines.end(), sidekiq_.begin(), sidekiq_.end());
    lines.insert(lines.end(), caveats_.begin(), caveats_.end());
    return lines;
}

} // namespace snow_white::report
