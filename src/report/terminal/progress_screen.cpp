#include "src/report/terminal/progress_screen.hpp"

#include "src/base/chunk.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/report/terminal/progress_holders.hpp"
#include "src/report/terminal/progress_lines.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <span>

namespace snow_white::report {

namespace {

using drain::ProgressSnapshot;
using drain::UnfinishedInstance;

constexpr std::size_t widest_bar = 50;
constexpr std::size_t narrowest_bar = 5;
constexpr std::size_t widest_name = 40;   // EB's names are no longer
constexpr std::size_t tiny = 6;           // a screen of fewer lines has no line for a job count
constexpr std::size_t low = 12;           // a screen of fewer lines shows only what changes
constexpr std::size_t thin = 30;          // a tiny screen of fewer columns has no bar
constexpr std::size_t scarce = 10;        // with fewer lines left, one bar stands for all
constexpr std::size_t most_notes = 50;    // that are kept; as many are shown as fit
constexpr std::size_t room_for_notes = 3; // where at least `low` lines are left

constexpr const char* bold = "\x1b[1m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* green = "\x1b[32m";
constexpr const char* red = "\x1b[31m";
constexpr const char* plain = "\x1b[0m";

// One a second: the program is alive.
constexpr std::string_view spinner[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::string_view ascii_spinner[] = {"|", "/", "-", "\\"};
// The last block of a bar, in eighths.
constexpr std::string_view blocks[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

template <std::size_t count>
std::string frame_of(const std::string_view (&frames)[count], Instant now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    return std::string(frames[static_cast<std::size_t>(second) % count]);
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

// The part of a bar of `width` columns that is filled, and the rest. Full only where `done` is all.
std::pair<std::string, std::string> bar(std::size_t done, std::size_t all, std::size_t width,
                                        bool unicode) {
    const std::size_t eighths = all == 0 ? width * 8 : width * 8 * done / all;
    const std::size_t whole = eighths / 8;
    if (!unicode) return {std::string(whole, '#'), std::string(width - whole, '-')};
    const std::size_t rest = width - whole - (eighths % 8 == 0 ? 0 : 1);
    return {repeated("█", whole) + std::string(blocks[eighths % 8]), repeated("░", rest)};
}

class ScreenBuilder {
public:
    ScreenBuilder(const Screen& screen, Instant now) : screen_(screen), now_(now) {}

    void add(const std::string& text, const std::string& colour = "") {
        if (lines_.size() < screen_.height)
            lines_.push_back(coloured(colour, truncate_ascii(text, screen_.width)));
    }

    // `text` is ASCII.
    void add_with_spinner(const std::string& text) {
        if (text.size() + 2 > screen_.width || lines_.size() >= screen_.height) return add(text);
        lines_.push_back(
            text + " " +
            (screen_.unicode ? frame_of(spinner, now_) : frame_of(ascii_spinner, now_)));
    }

    // One line of several is that of all environments.
    void add_bars(const ProgressSnapshot& snapshot, std::size_t lines) {
        if (lines == 0) return;
        std::vector<drain::EnvironmentProgress> rows = snapshot.environments;
        const std::size_t count = rows.size() + snapshot.omitted_environments;
        for (auto& row : rows)
            if (row.name.empty()) row.name = "(environment not known)";
        if (count > 1) rows.insert(rows.begin(), snapshot.all);
        if (count > 1) rows.front().name = fmt::format("all {} environments", count);
        const std::size_t all_rows = count > 1 ? count + 1 : count;
        if (lines < all_rows) rows.resize(std::min(rows.size(), lines < 3 ? 1 : lines - 1));
        measure(rows);
        for (const auto& row : rows)
            add_bar(row);
        if (rows.size() > 1 && rows.size() < all_rows)
            add(fmt::format("and {} more environments", all_rows - rows.size()));
    }

    // The jobs by name get what the instances in trouble leave, and the other instances the rest.
    void add_holders(const ProgressSnapshot& snapshot, std::size_t lines) {
        const Holders holders(snapshot);
        const std::size_t jobs = holders.named_jobs.wanted();
        const std::size_t least = lines < 4 ? lines / 2 : std::max<std::size_t>(2, lines / 3);
        const std::size_t for_trouble =
            std::min(holders.troubled.wanted(), std::max(least, lines - std::min(lines, jobs)));
        const auto& list = snapshot.unfinished;
        const bool has_other_counts = !snapshot.sidekiq.longest.empty();
        add_instances(holders.troubled, list, has_other_counts, for_trouble);
        const std::size_t for_jobs = std::min(jobs, lines - for_trouble);
        add_jobs(holders.named_jobs, snapshot.sidekiq, for_jobs);
        const std::size_t rest = lines - for_trouble - for_jobs;
        if (jobs == 0 || rest > 1)
            add_instances(holders.others, rest_of(list, holders.troubled.listed), has_other_counts,
                          rest);
    }

    std::size_t room() const { return screen_.height - std::min(lines_.size(), screen_.height); }
    std::vector<std::string> take() { return std::move(lines_); }

private:
    void add_heading(const Block& block) {
        add(first_fitting({block.heading, block.brief}, screen_.width), bold);
    }

    void add_jobs(const Block& block, const drain::SidekiqView& view, std::size_t lines) {
        const std::size_t count = block.shown(lines);
        if (count > 0 && lines > 1) add_heading(block);
        for (std::size_t i = 0; i < count; ++i)
            add(named_job_line(view.longest[i], now_, screen_.width));
        if (count < block.count && count + 1 < lines)
            add(more_jobs_line(view, count, screen_.width));
    }

    void add_instances(const Block& block, std::span<const UnfinishedInstance> list,
                       bool has_other_counts, std::size_t lines) {
        const std::size_t count = block.shown(lines);
        if (count > 0 && lines > 1) add_heading(block);
        for (const auto& one : list.first(count))
            add(unfinished_line(one, has_other_counts, now_, screen_.width),
                is_trouble(one) ? red : "");
        if (count > 0 && count < block.count && count + 1 < lines)
            add(fmt::format("  and {} more", block.count - count));
    }

    static std::string count_of(const drain::EnvironmentProgress& row) {
        return fmt::format("{} of {}", row.as_asked, row.instances - row.gone);
    }

    void measure(const std::vector<drain::EnvironmentProgress>& rows) {
        for (const auto& row : rows) {
            name_width_ = std::max(name_width_, row.name.size());
            count_width_ = std::max(count_width_, count_of(row).size());
        }
        name_width_ = std::min({name_width_, widest_name, screen_.width * 2 / 5});
        const std::size_t others = name_width_ + count_width_ + 4; // with blanks and brackets
        bar_width_ = std::min(widest_bar, screen_.width - std::min(screen_.width, others));
    }

    // The bar is full only when the count is.
    void add_bar(const drain::EnvironmentProgress& row) {
        const std::string name =
            fmt::format("{:<{}} ", truncate_ascii(row.name, name_width_), name_width_);
        if (bar_width_ < narrowest_bar) return add(name + count_of(row));
        const std::size_t all = row.instances - row.gone;
        if (lines_.size() >= screen_.height) return;
        const auto [filled, rest] = bar(row.as_asked, all, bar_width_, screen_.unicode);
        lines_.push_back(name + "[" + coloured(green, filled) + rest + "] " +
                         fmt::format("{:>{}}", count_of(row), count_width_));
    }

    std::string coloured(const std::string& colour, const std::string& text) const {
        return screen_.colour && !colour.empty() && !text.empty() ? colour + text + plain : text;
    }

    const Screen& screen_;
    Instant now_;
    std::vector<std::string> lines_;
    std::size_t name_width_ = 0;
    std::size_t count_width_ = 0;
    std::size_t bar_width_ = 0;
};

// Who holds the run up gets half of the lines, or those that the environments leave if they are
// more; all but one where there are few. So many notes come before bars of single environments.
void add_fleet(ScreenBuilder& builder, const ProgressSnapshot& snapshot, const Screen& screen,
               std::size_t lines, std::size_t notes) {
    const std::size_t environments = snapshot.environments.size() + snapshot.omitted_environments;
    const std::size_t bars = environments > 1 ? environments + 1 : environments;
    const bool has_bar = lines > 1 && (screen.width >= thin || screen.height >= low);
    const std::size_t least = lines < scarce ? (has_bar ? 1 : 0) : lines / 2;
    const std::size_t for_holders = std::min(
        Holders(snapshot).wanted(), std::max(lines - least, lines - std::min(lines, bars)));
    const std::size_t before = builder.room();
    const std::size_t rest = lines - for_holders;
    builder.add_bars(snapshot, std::max(rest - std::min(rest, notes), std::min(rest, least)));
    builder.add_holders(snapshot, lines - (before - builder.room()));
}

// The jobs have a line of their own where they do not fit, unless a list below says their number.
void add_counts(ScreenBuilder& builder, const std::optional<ProgressSnapshot>& snapshot,
                const RunInfo& run_info, const Screen& screen) {
    std::string count = count_line(snapshot, run_info.action, screen.width);
    if (run_info.action == drain::Action::wake && !run_info.batch.empty())
        count += fmt::format("; {} at a time", run_info.batch);
    const std::string jobs = snapshot ? running_line(*snapshot, screen.width) : "";
    const bool fits = !jobs.empty() && count.size() + 2 + jobs.size() <= screen.width;
    builder.add(fits ? count + "; " + jobs : count);
    if (!fits && !jobs.empty() && screen.height >= tiny && snapshot->sidekiq.longest.empty())
        builder.add(jobs);
}

} // namespace

ProgressScreen::ProgressScreen(RunInfo run_info, Instant begun)
    : run_info_(std::move(run_info)), begun_(begun) {}

void ProgressScreen::note(const std::string& text, Instant at) {
    notes_.push_back(time_of_day(at) + " " + text);
    if (notes_.size() > most_notes) notes_.erase(notes_.begin());
}

std::vector<std::string> ProgressScreen::draw(Instant now, const Screen& screen) const {
    ScreenBuilder builder(screen, now);
    const auto action = run_info_.action;
    builder.add(verdict_line(action, screen.width), std::string(bold) + yellow);
    add_counts(builder, snapshot_, run_info_, screen);
    builder.add_with_spinner(time_line(snapshot_, begun_, now, screen.width));
    if (screen.height >= low) {
        builder.add(fmt::format("{} \"{}\" of {} in {}", name_of(action),
                                in_brief(run_info_.pattern), run_info_.application,
                                run_info_.region));
        builder.add(interruption_line(run_info_, snapshot_));
        for (const auto& line : cancel_lines(run_info_, screen))
            builder.add(line);
    }
    const std::size_t room = builder.room();
    const std::size_t kept = room < low ? 0 : std::min(notes_.size(), room_for_notes);
    if (snapshot_)
        add_fleet(builder, *snapshot_, screen, room - kept, room < low ? notes_.size() : 0);
    const std::size_t skipped = notes_.size() - std::min(notes_.size(), builder.room());
    for (const auto& note : rest_of(notes_, skipped))
        builder.add(note);
    return builder.take();
}

} // namespace snow_white::report
