#include "src/report/terminal/progress_screen.hpp"

#include "src/base/printable.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

using drain::ProgressSnapshot;
using drain::Stage;
using drain::UnfinishedInstance;

constexpr std::size_t widest_bar = 50;
constexpr std::size_t narrowest_bar = 5;
constexpr std::size_t widest_name = 40;   // EB's names are no longer
constexpr std::size_t low = 12;           // so few lines have no place for what does not change
constexpr std::size_t narrow = 60;        // so few columns have none for blanks
constexpr std::size_t most_notes = 50;    // kept; shown are as many as there is room for
constexpr std::size_t room_for_notes = 3; // on a screen that is not low
constexpr std::chrono::seconds fresh{60}; // of what an instance said: no word about its age

constexpr const char* bold = "\x1b[1m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* green = "\x1b[32m";
constexpr const char* plain = "\x1b[0m";

std::string clock_time(Instant at) {
    const auto seconds =
        std::chrono::time_point_cast<std::chrono::seconds>(at).time_since_epoch().count();
    return fmt::format("{:%H:%M:%S}", fmt::gmtime(seconds));
}

std::size_t positive(int count) {
    return static_cast<std::size_t>(std::max(count, 0));
}

// The first that fits whole, or the last.
std::string first_fitting(const std::vector<std::string>& wordings, std::size_t width) {
    for (const auto& wording : wordings)
        if (wording.size() <= width) return wording;
    return wordings.back();
}

std::string verdict_line(drain::Action action, std::size_t width) {
    const std::string not_yet = fmt::format("NOT YET {}", goal_text(action));
    if (action == drain::Action::wake) return not_yet;
    return first_fitting({not_yet + ": NOT SAFE to go on", not_yet + ": NOT SAFE"}, width);
}

std::string jobs_words(const std::optional<ProgressSnapshot>& standing) {
    if (!standing || standing->stage != Stage::waiting || standing->heard == 0) return "";
    const bool all = standing->heard >= standing->all.not_as_asked();
    return fmt::format("{}{} running", all ? "" : "at least ",
                       pluralize(positive(standing->jobs), "job"));
}

std::string count_line(const std::optional<ProgressSnapshot>& standing, drain::Action action) {
    if (!standing || standing->stage == Stage::discovering)
        return "looking who is there; nothing is sent yet";
    if (standing->stage == Stage::verifying && standing->targeted == 0)
        return "asking each worker what it does now";
    if (standing->stage == Stage::verifying)
        return fmt::format("asking each worker what it does now: {} of {} answered",
                           standing->completed,
                           pluralize(positive(standing->targeted), "instance"));
    const auto& all = standing->all;
    if (all.instances == 0 && standing->targeted == 0)
        return "told; SSM has not said yet how many instances it reaches";
    return fmt::format("{} of {} {} {}", all.as_asked,
                       pluralize(all.instances - all.gone, "instance"),
                       all.instances - all.gone == 1 ? "is" : "are", goal_text(action));
}

std::string time_line(const std::optional<ProgressSnapshot>& standing, Instant begun, Instant now,
                      std::size_t width) {
    const Instant since = standing ? standing->begun : begun;
    const std::string elapsed = in_words(std::max<Duration>(now - since, Duration{0}));
    if (!standing) return "elapsed " + elapsed;
    const Duration left = std::max<Duration>(standing->deadline - now, Duration{0});
    const std::string both = fmt::format("{}; deadline in {}", elapsed, in_words(left));
    return first_fitting({fmt::format("elapsed {} ({} UTC)", both, clock_time(standing->deadline)),
                          "elapsed " + both, both},
                         width);
}

std::string straggler_line(const UnfinishedInstance& one, Instant now, const Screen& screen) {
    const std::string gap = screen.width < narrow ? " " : "  ";
    std::string line =
        gap + one.id.text + gap + in_words(std::max<Duration>(now - one.since, Duration{0}));
    if (one.outcome != drain::Outcome::pending)
        line += gap + std::string(words_for(one.outcome));
    else if (one.heard)
        line += gap + pluralize(positive(one.heard->jobs), "job");
    if (one.heard && now - one.heard->at > fresh && screen.width >= narrow)
        line += fmt::format(" ({} ago)", in_words(now - one.heard->at));
    return line + gap + (one.environment.empty() ? "(environment not known)" : one.environment);
}

// How many of so many have a line where there are so many lines, the last of them for how many more
// there are.
std::size_t shown(std::size_t count, std::size_t lines) {
    if (count <= lines) return count;
    return lines == 0 ? 0 : lines - 1;
}

// One picture of one moment.
class ScreenBuilder {
public:
    ScreenBuilder(const Screen& screen, Instant now) : screen_(screen), now_(now) {}

    void add(const std::string& text, const std::string& colour = "") {
        if (lines_.size() < screen_.height)
            lines_.push_back(coloured(colour, truncate_ascii(text, screen_.width)));
    }

    void add_bars(const ProgressSnapshot& standing, std::size_t lines) {
        std::vector<drain::EnvironmentProgress> rows = standing.environments;
        const std::size_t count = rows.size() + standing.omitted_environments;
        for (auto& row : rows)
            if (row.name.empty()) row.name = "(environment not known)";
        if (count > 1) rows.insert(rows.begin(), standing.all);
        if (count > 1) rows.front().name = fmt::format("all {} environments", count);
        const std::size_t all_rows = rows.size() + standing.omitted_environments;
        const std::size_t fit = std::min(shown(all_rows, lines), rows.size());
        measure(rows, fit);
        for (std::size_t i = 0; i < fit; ++i)
            add_bar(rows[i]);
        if (fit < all_rows && lines > 0)
            add(fmt::format("and {} more environments", all_rows - fit));
    }

    void add_stragglers(const ProgressSnapshot& standing, std::size_t lines) {
        const std::size_t count = standing.all.not_as_asked();
        if (lines < 2 || standing.unfinished.empty()) return;
        add(fmt::format("not yet, the longest first: {}", pluralize(count, "instance")), bold);
        const std::size_t fit = std::min(shown(count, lines - 1), standing.unfinished.size());
        for (std::size_t i = 0; i < fit; ++i)
            add(straggler_line(standing.unfinished[i], now_, screen_));
        if (fit < count) add(fmt::format("  and {} more", count - fit));
    }

    std::size_t room() const { return screen_.height - std::min(lines_.size(), screen_.height); }
    std::vector<std::string> take() { return std::move(lines_); }

private:
    static std::string count_of(const drain::EnvironmentProgress& row) {
        return fmt::format("{} of {}", row.as_asked, row.instances - row.gone);
    }

    void measure(const std::vector<drain::EnvironmentProgress>& rows, std::size_t fit) {
        for (std::size_t i = 0; i < fit; ++i) {
            name_width_ = std::max(name_width_, rows[i].name.size());
            count_width_ = std::max(count_width_, count_of(rows[i]).size());
        }
        name_width_ = std::min({name_width_, widest_name, screen_.width * 2 / 5});
        const std::size_t others = name_width_ + count_width_ + 4; // blanks and brackets
        bar_width_ = std::min(widest_bar, screen_.width - std::min(screen_.width, others));
    }

    // Full only when all of them are.
    void add_bar(const drain::EnvironmentProgress& row) {
        const std::string name =
            fmt::format("{:<{}} ", truncate_ascii(row.name, name_width_), name_width_);
        if (bar_width_ < narrowest_bar) return add(name + count_of(row));
        const std::size_t all = row.instances - row.gone;
        const std::size_t filled = all == 0 ? bar_width_ : bar_width_ * row.as_asked / all;
        if (lines_.size() >= screen_.height) return;
        lines_.push_back(name + "[" + coloured(green, std::string(filled, '#')) +
                         std::string(bar_width_ - filled, '-') + "] " +
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

// The unfinished get half of the lines, or what the environments leave.
void add_fleet(ScreenBuilder& screen_builder, const ProgressSnapshot& standing, std::size_t lines) {
    const std::size_t environments = standing.environments.size() + standing.omitted_environments;
    const std::size_t bars = environments > 1 ? environments + 1 : environments;
    const std::size_t wanted = standing.unfinished.empty() ? 0 : standing.all.not_as_asked() + 1;
    const std::size_t for_stragglers =
        std::min(wanted, std::max(lines / 2, lines - std::min(lines, bars)));
    screen_builder.add_bars(standing, lines - for_stragglers);
    screen_builder.add_stragglers(standing, for_stragglers);
}

} // namespace

ProgressScreen::ProgressScreen(RunInfo run_info, drain::Action action, Instant begun)
    : run_info_(std::move(run_info)), action_(action), begun_(begun) {}

void ProgressScreen::note(const std::string& words, Instant at) {
    notes_.push_back(clock_time(at) + " " + words);
    if (notes_.size() > most_notes) notes_.erase(notes_.begin());
}

std::vector<std::string> ProgressScreen::draw(Instant now, const Screen& screen) const {
    ScreenBuilder screen_builder(screen, now);
    screen_builder.add(verdict_line(action_, screen.width), std::string(bold) + yellow);
    const std::string count = count_line(standing_, action_);
    const std::string jobs = jobs_words(standing_);
    const bool together = jobs.empty() || count.size() + 2 + jobs.size() <= screen.width;
    screen_builder.add(together && !jobs.empty() ? count + "; " + jobs : count);
    if (!together) screen_builder.add(jobs);
    screen_builder.add(time_line(standing_, begun_, now, screen.width));
    const bool is_low = screen.height < low;
    if (!is_low) {
        screen_builder.add(fmt::format("{} \"{}\" of {} in {}", name_of(action_),
                                       in_brief(run_info_.pattern), run_info_.application,
                                       run_info_.region));
        screen_builder.add("Ctrl-C ends the watching; the workers go on as told");
    }
    const std::size_t kept = std::min(notes_.size(), is_low ? 0 : room_for_notes);
    if (standing_)
        add_fleet(screen_builder, *standing_,
                  screen_builder.room() - std::min(screen_builder.room(), kept));
    const std::size_t last = std::min(notes_.size(), screen_builder.room());
    for (auto note = notes_.end() - static_cast<std::ptrdiff_t>(last); note != notes_.end(); ++note)
        screen_builder.add(*note);
    return screen_builder.take();
}

} // namespace snow_white::report
