#include "src/report/terminal/progress_screen.hpp"

#include "src/base/chunk.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/drain/model/sidekiq_text.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

using drain::ProgressSnapshot;
using drain::Stage;
using drain::UnfinishedInstance;

constexpr std::size_t widest_bar = 50;
constexpr std::size_t narrowest_bar = 5;
constexpr std::size_t widest_name = 40;   // EB's names are no longer
constexpr std::size_t low = 12;           // a screen of fewer lines shows only what changes
constexpr std::size_t narrow = 60;        // a screen of fewer columns has smaller gaps
constexpr std::size_t most_notes = 50;    // that are kept; as many are shown as fit
constexpr std::size_t room_for_notes = 3; // on a screen that is not low
constexpr std::chrono::seconds fresh{60}; // the age of a younger count of jobs is not shown

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

// "18:00:00 UTC"; of another day "2026-12-02 18:00 UTC".
std::string moment_text(Instant at, Instant now) {
    const std::string text = iso_time(at);
    if (text.substr(0, 10) == iso_time(now).substr(0, 10)) return time_of_day(at) + " UTC";
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

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

std::string verdict_line(drain::Action action, std::size_t width) {
    const std::string not_yet = fmt::format("NOT YET {}", goal_text(action));
    if (action == drain::Action::wake) return not_yet;
    return first_fitting({not_yet + ": NOT SAFE to go on", not_yet + ": NOT SAFE"}, width);
}

std::string jobs_text(const std::optional<ProgressSnapshot>& snapshot) {
    if (!snapshot || snapshot->stage != Stage::waiting || snapshot->counted == 0) return "";
    const bool all = snapshot->counted >= snapshot->all.not_as_asked();
    return fmt::format("{}{} running", all ? "" : "at least ", pluralize(snapshot->jobs, "job"));
}

std::string count_line(const std::optional<ProgressSnapshot>& snapshot, drain::Action action) {
    if (!snapshot || snapshot->stage == Stage::discovering)
        return "listing the instances; nothing is sent yet";
    if (snapshot->stage == Stage::verifying && snapshot->targeted == 0)
        return "asking each worker what it does now";
    if (snapshot->stage == Stage::verifying)
        return fmt::format("asking each worker what it does now: {} of {} answered",
                           snapshot->completed, pluralize(snapshot->targeted, "instance"));
    const auto& all = snapshot->all;
    if (all.instances == 0 && snapshot->targeted == 0)
        return "command sent; SSM has not said yet how many instances it reaches";
    const std::string instances = pluralize(all.instances - all.gone, "instance");
    const std::string_view is = all.as_asked == 1 ? "is" : "are";
    // SSM's counts are newer than the answers that were read.
    const auto finished = static_cast<std::size_t>(snapshot->completed);
    if (finished > all.as_asked + all.gone)
        return fmt::format("{} of {} have finished; {} {} known to be {}", finished - all.gone,
                           instances, all.as_asked, is, goal_text(action));
    return fmt::format("{} of {} {} {}", all.as_asked, instances, is, goal_text(action));
}

std::string time_line(const std::optional<ProgressSnapshot>& snapshot, Instant begun, Instant now,
                      std::size_t width) {
    const Instant since = snapshot ? snapshot->begun : begun;
    const std::string elapsed = in_words(std::max<Duration>(now - since, Duration{0}));
    if (!snapshot) return "elapsed " + elapsed;
    const Duration left = snapshot->deadline - now;
    if (left <= Duration{0})
        return first_fitting(
            {"elapsed " + elapsed + "; deadline reached; checking the workers once more",
             elapsed + "; deadline reached"},
            width);
    const Duration rounding{left < std::chrono::hours{1} ? std::chrono::seconds{0}
                                                         : std::chrono::seconds{59}};
    const std::string both = fmt::format("{}; deadline in {}", elapsed, in_words(left + rounding));
    return first_fitting(
        {fmt::format("elapsed {} ({})", both, moment_text(snapshot->deadline, now)),
         "elapsed " + both, both},
        width);
}

bool is_trouble(const UnfinishedInstance& one) {
    return one.outcome != drain::Outcome::pending;
}

std::string unfinished_line(const UnfinishedInstance& one, Instant now, const Screen& screen) {
    const std::string gap = screen.width < narrow ? " " : "  ";
    std::string line =
        gap + one.id.text + gap + in_words(std::max<Duration>(now - one.since, Duration{0}));
    if (is_trouble(one)) {
        line[0] = '!'; // colours alone would not show it to everybody
        line += gap + std::string(text_for(one.outcome));
    } else if (one.last_count) {
        line +=
            gap + (one.last_count->jobs == 0 ? "no job" : pluralize(one.last_count->jobs, "job"));
    }
    if (one.last_count && now - one.last_count->at > fresh && screen.width >= narrow)
        line += fmt::format(" ({} ago)", in_words(now - one.last_count->at));
    return line + gap + (one.environment.empty() ? "(environment not known)" : one.environment);
}

// How many of `count` items are shown in so many lines, if the last line says how many are not.
std::size_t shown(std::size_t count, std::size_t lines) {
    return count <= lines ? count : std::max<std::size_t>(lines, 1) - 1;
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

    void add_bars(const ProgressSnapshot& snapshot, std::size_t lines) {
        std::vector<drain::EnvironmentProgress> rows = snapshot.environments;
        const std::size_t count = rows.size() + snapshot.omitted_environments;
        for (auto& row : rows)
            if (row.name.empty()) row.name = "(environment not known)";
        if (count > 1) rows.insert(rows.begin(), snapshot.all);
        if (count > 1) rows.front().name = fmt::format("all {} environments", count);
        const std::size_t all_rows = rows.size() + snapshot.omitted_environments;
        const std::size_t fit = std::min(shown(all_rows, lines), rows.size());
        rows.resize(fit);
        measure(rows);
        for (const auto& row : rows)
            add_bar(row);
        if (fit < all_rows && lines > 0)
            add(fmt::format("and {} more environments", all_rows - fit));
    }

    // The jobs by name, of Sidekiq's Redis.
    void add_jobs(const drain::SidekiqView& view, std::size_t lines) {
        if (lines < 2 || view.longest.empty()) return;
        const auto count = static_cast<std::size_t>(view.jobs);
        add(fmt::format("running, the longest first: {}", pluralize(count, "job")), bold);
        const std::size_t fit = std::min(shown(count, lines - 1), view.longest.size());
        for (std::size_t i = 0; i < fit; ++i)
            add("  " + job_text(view.longest[i], now_));
        if (fit < count) add(fmt::format("  and {} more", count - fit));
    }

    void add_unfinished(const ProgressSnapshot& snapshot, std::size_t lines) {
        const std::size_t count = snapshot.all.not_as_asked();
        if (lines < 2 || snapshot.unfinished.empty()) return;
        add(fmt::format("not yet, the longest first: {}", pluralize(count, "instance")), bold);
        const std::size_t fit = std::min(shown(count, lines - 1), snapshot.unfinished.size());
        for (std::size_t i = 0; i < fit; ++i)
            add(unfinished_line(snapshot.unfinished[i], now_, screen_),
                is_trouble(snapshot.unfinished[i]) ? red : "");
        if (fit < count) add(fmt::format("  and {} more", count - fit));
    }

    std::size_t room() const { return screen_.height - std::min(lines_.size(), screen_.height); }
    std::vector<std::string> take() { return std::move(lines_); }

private:
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

// Unfinished instances get half of the lines, or those that the environments leave if they are
// more.
void add_fleet(ScreenBuilder& builder, const ProgressSnapshot& snapshot, std::size_t lines) {
    const std::size_t environments = snapshot.environments.size() + snapshot.omitted_environments;
    const std::size_t bars = environments > 1 ? environments + 1 : environments;
    const std::size_t wanted = snapshot.unfinished.empty() ? 0 : snapshot.all.not_as_asked() + 1;
    const std::size_t for_unfinished =
        std::min(wanted, std::max(lines / 2, lines - std::min(lines, bars)));
    builder.add_bars(snapshot, lines - for_unfinished);
    // The jobs get what the instances leave, but at least a third.
    const std::size_t wanted_by_jobs =
        snapshot.sidekiq.longest.empty() ? 0 : snapshot.sidekiq.longest.size() + 2;
    const std::size_t for_jobs =
        std::min(wanted_by_jobs,
                 std::max(for_unfinished / 3, for_unfinished - std::min(wanted, for_unfinished)));
    builder.add_jobs(snapshot.sidekiq, for_jobs);
    builder.add_unfinished(snapshot, for_unfinished - for_jobs);
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
    builder.add(verdict_line(run_info_.action, screen.width), std::string(bold) + yellow);
    std::string count = count_line(snapshot_, run_info_.action);
    if (run_info_.action == drain::Action::wake && !run_info_.batch.empty())
        count += fmt::format("; {} at a time", run_info_.batch);
    const std::string jobs = jobs_text(snapshot_);
    const bool fits_one_line = jobs.empty() || count.size() + 2 + jobs.size() <= screen.width;
    builder.add(fits_one_line && !jobs.empty() ? count + "; " + jobs : count);
    if (!fits_one_line) builder.add(jobs);
    builder.add_with_spinner(time_line(snapshot_, begun_, now, screen.width));
    const bool is_low = screen.height < low;
    if (!is_low) {
        builder.add(fmt::format("{} \"{}\" of {} in {}", name_of(run_info_.action),
                                in_brief(run_info_.pattern), run_info_.application,
                                run_info_.region));
        builder.add(
            fmt::format("Ctrl-C stops watching; the {} continues", name_of(run_info_.action)));
        // A line that is cut off cannot be typed.
        const std::string cancel = "to end it: " + cancel_line(run_info_);
        if (cancel.size() <= screen.width) builder.add(cancel);
    }
    const std::size_t kept = std::min(notes_.size(), is_low ? 0 : room_for_notes);
    if (snapshot_) add_fleet(builder, *snapshot_, builder.room() - std::min(builder.room(), kept));
    const std::size_t skipped = notes_.size() - std::min(notes_.size(), builder.room());
    for (const auto& note : rest_of(notes_, skipped))
        builder.add(note);
    return builder.take();
}

} // namespace snow_white::report
