#include "src/report/terminal/progress_lines.hpp"

#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/drain/model/sidekiq_text.hpp"
#include "src/report/terminal/wrapped_lines.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

using drain::ProgressSnapshot;
using drain::Stage;

constexpr std::size_t narrow = 60;          // a screen of fewer columns has smaller gaps
constexpr std::size_t width_of_spinner = 2; // behind the time
constexpr std::size_t least_name = 8;       // columns of a name that is cut
constexpr std::size_t tall = 20;            // a screen of fewer lines gives the command one line
constexpr std::size_t most_command_lines = 4;
// The age of a younger count of jobs is not shown, where no other count stands beside it.
constexpr std::chrono::seconds fresh{60};

// "18:00:00 UTC"; of another day "2026-12-02 18:00 UTC".
std::string moment_text(Instant at, Instant now) {
    const std::string text = iso_time(at);
    if (text.substr(0, 10) == iso_time(now).substr(0, 10)) return time_of_day(at) + " UTC";
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string instances_line(const ProgressSnapshot& snapshot, drain::Action action,
                           std::size_t width) {
    const auto& all = snapshot.all;
    const std::size_t count = all.instances - all.gone;
    const std::string instances = pluralize(count, "instance");
    const std::string_view is = all.as_asked == 1 ? "is" : "are";
    const std::string goal(goal_text(action));
    const std::string brief = fmt::format("{} of {}", all.as_asked, instances);
    // SSM's counts are newer than the answers that were read.
    if (static_cast<std::size_t>(snapshot.completed) <= all.as_asked + all.gone)
        return first_fitting({fmt::format("{} {} {}", brief, is, goal), brief}, width);
    const std::size_t finished = static_cast<std::size_t>(snapshot.completed) - all.gone;
    return first_fitting(
        {fmt::format("{} of {} have finished; {} {} known to be {}", finished, instances,
                     all.as_asked, is, goal),
         fmt::format("{} of {} have finished; {} {} {}", finished, count, all.as_asked, is, goal),
         fmt::format("{} of {} finished; {} {}", finished, count, all.as_asked, goal),
         fmt::format("{} {}", brief, goal), brief},
        width);
}

} // namespace

std::string verdict_line(drain::Action action, std::size_t width) {
    const std::string not_yet = fmt::format("NOT YET {}", goal_text(action));
    if (action == drain::Action::wake) return not_yet;
    return first_fitting(
        {not_yet + ": NOT SAFE to go on", not_yet + ": NOT SAFE", "NOT YET: NOT SAFE", "NOT SAFE"},
        width);
}

std::string count_line(const std::optional<ProgressSnapshot>& snapshot, drain::Action action,
                       std::size_t width) {
    if (!snapshot || snapshot->stage == Stage::discovering)
        return "listing the instances; nothing is sent yet";
    if (snapshot->stage == Stage::verifying && snapshot->targeted == 0)
        return "asking each worker what it does now";
    if (snapshot->stage == Stage::verifying)
        return fmt::format("asking each worker what it does now: {} of {} answered",
                           snapshot->completed, pluralize(snapshot->targeted, "instance"));
    if (snapshot->all.instances == 0 && snapshot->targeted == 0)
        return "command sent; SSM has not said yet how many instances it reaches";
    return instances_line(*snapshot, action, width);
}

std::string running_line(const ProgressSnapshot& snapshot, std::size_t width) {
    if (snapshot.stage != Stage::waiting) return "";
    if (!snapshot.sidekiq.longest.empty())
        return pluralize(snapshot.sidekiq.jobs, "job") + " running";
    if (snapshot.counted == 0) return "";
    const bool all = snapshot.counted >= snapshot.all.not_as_asked();
    const std::string jobs = (all ? "" : "at least ") + pluralize(snapshot.jobs, "job");
    return first_fitting({jobs + " running", jobs}, width);
}

std::string time_line(const std::optional<ProgressSnapshot>& snapshot, Instant begun, Instant now,
                      std::size_t screen_width) {
    const std::size_t width = screen_width - std::min(screen_width, width_of_spinner);
    const Instant since = snapshot ? snapshot->begun : begun;
    const std::string elapsed = in_words(std::max<Duration>(now - since, Duration{0}));
    if (!snapshot) return "elapsed " + elapsed;
    const Duration left = snapshot->deadline - now;
    if (left <= Duration{0})
        return first_fitting(
            {"elapsed " + elapsed + "; deadline reached; checking the workers once more",
             elapsed + "; deadline reached", "deadline reached"},
            width);
    const Duration rounding{left < std::chrono::hours{1} ? std::chrono::seconds{0}
                                                         : std::chrono::seconds{59}};
    const std::string both = fmt::format("{}; deadline in {}", elapsed, in_words(left + rounding));
    return first_fitting(
        {fmt::format("elapsed {} ({})", both, moment_text(snapshot->deadline, now)),
         "elapsed " + both, both, elapsed},
        width);
}

std::string interruption_line(const RunInfo& run_info,
                              const std::optional<ProgressSnapshot>& snapshot) {
    const bool is_unsent = !snapshot || snapshot->stage == Stage::discovering;
    if (run_info.mode == "--here" && is_unsent) return "Ctrl-C ends it; nothing is sent yet";
    return fmt::format("Ctrl-C stops watching; the {} continues", name_of(run_info.action));
}

std::vector<std::string> cancel_lines(const RunInfo& run_info, const Screen& screen) {
    constexpr std::string_view label = "to end it: ";
    constexpr std::string_view indent = "  ";
    const std::string command = cancel_line(run_info);
    if (truncate_ascii(command, command.size()) != command) return {}; // it would be another one
    if (label.size() + command.size() <= screen.width) return {std::string(label) + command};
    if (screen.height < tall || screen.width < narrow / 2) return {};
    const std::size_t width = screen.width - indent.size();
    auto lines = wrapped_command(command, screen.width - label.size(), width);
    if (!lines.empty()) {
        lines.front().insert(0, label);
    } else {
        lines = wrapped_command(command, width, width);
        if (lines.empty()) return {};
        lines.insert(lines.begin(), "to end it:");
    }
    if (lines.size() > most_command_lines) return {};
    for (std::size_t i = 1; i < lines.size(); ++i)
        lines[i].insert(0, indent);
    return lines;
}

std::string unfinished_line(const drain::UnfinishedInstance& one, bool has_other_counts,
                            Instant now, std::size_t width) {
    const std::string gap = width < narrow ? " " : "  ";
    std::string what;
    if (is_trouble(one))
        what = gap + std::string(text_for(one.outcome));
    else if (one.last_count)
        what =
            gap + (one.last_count->jobs == 0 ? "no job" : pluralize(one.last_count->jobs, "job"));
    const bool shows_age = one.last_count && (has_other_counts || now - one.last_count->at > fresh);
    const std::string age_of_count =
        shows_age ? fmt::format(" ({} ago)", in_words(now - one.last_count->at)) : "";
    const std::string environment =
        gap + (one.environment.empty() ? "(environment not known)" : one.environment);
    const std::string age = gap + in_words(std::max<Duration>(now - one.since, Duration{0}));
    // Colours alone would not show trouble to everybody.
    const std::string id = (is_trouble(one) ? "! " : "  ") + one.id.text;
    const std::vector<std::string> texts = {id + age + what + age_of_count + environment,
                                            id + age + what + environment, id + what + environment};
    const std::string text = first_fitting(texts, width);
    if (text.size() <= width) return text;
    if (id.size() + what.size() + gap.size() + least_name <= width) return text; // to be cut
    return first_fitting({id + what, id, one.id.text}, width);
}

std::string named_job_line(const drain::JobLeft& job, Instant now, std::size_t width) {
    const std::string age = " " + in_words(std::max<Duration>(now - job.started, Duration{0}));
    const std::string where = age + " on " + job.where;
    const std::string whole = "  " + job_text(job, now);
    if (whole.size() <= width) return whole;
    const std::size_t end_of_module = job.class_name.rfind("::");
    const std::string name = end_of_module == std::string::npos
                                 ? job.class_name
                                 : job.class_name.substr(end_of_module + 2);
    for (const auto& rest : {where, age}) {
        const std::size_t room = width - std::min(width, rest.size() + 2);
        if (job.class_name.size() <= room) return "  " + job.class_name + rest;
        if (room >= std::min(name.size(), least_name))
            return "  " + truncate_ascii(name, room) + rest;
    }
    return first_fitting({name + age, name}, width);
}

std::string more_jobs_line(const drain::SidekiqView& view, std::size_t shown, std::size_t width) {
    std::vector<drain::ClassCount> rest = view.classes;
    int unnamed = view.jobs - static_cast<int>(shown);
    const std::string more = fmt::format("  and {} more", unnamed);
    for (std::size_t i = 0; i < std::min(shown, view.longest.size()); ++i)
        for (auto& one : rest)
            if (one.class_name == view.longest[i].class_name) --one.jobs;
    std::ranges::stable_sort(rest, std::ranges::greater{}, &drain::ClassCount::jobs);
    std::string text = more;
    for (const auto& one : rest) {
        if (one.jobs <= 0) break;
        const std::string part =
            fmt::format("{}{} {}", text == more ? ": " : ", ", one.jobs, one.class_name);
        unnamed -= one.jobs;
        const std::string_view end = unnamed > 0 ? ", .." : "";
        if (text.size() + part.size() + end.size() > width)
            return text == more ? more : text + ", ..";
        text += part;
    }
    return unnamed > 0 && text != more ? text + ", .." : text;
}

} // namespace snow_white::report
