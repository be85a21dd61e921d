#include "src/report/text/text_reporter.hpp"

#include "src/base/output.hpp"
#include "src/base/pluralize.hpp"
#include "src/base/printable.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

constexpr std::chrono::minutes longest_silence{1};
constexpr std::size_t lines_of_a_screen = 20;

std::string matched_line(const drain::FleetDiscovered& matched, const RunInfo& run_info) {
    const auto names = fleet::display_names_of(matched.environments);
    if (names.empty())
        return fmt::format("no environment of {} {}", run_info.application,
                           in_words(run_info.pattern));
    return fmt::format("{} of {} {}: {}; {}", names.size(), run_info.application,
                       in_words(run_info.pattern), fmt::join(names, ", "),
                       matched.instances ? pluralize(*matched.instances, "instance")
                                         : "an unknown number of instances");
}

std::string started_line(const drain::CommandStarted& started, drain::Action action) {
    const auto& spec = started.spec;
    const std::string to = spec.instances.empty()
                               ? pluralize(spec.environments.size(), "environment")
                               : pluralize(spec.instances.size(), "instance");
    const std::string_view what = spec.purpose == drain::Purpose::act ? name_of(action) : "status";
    const std::string how =
        started.adopted ? "is in flight already: following it; nothing was sent" : "sent to " + to;
    return drain::prefix_region(started.region_label,
                                fmt::format("{} command {} {}", what, started.id.text, how));
}

struct TextFormatter {
    const RunInfo& run_info;

    std::vector<std::string> operator()(const drain::FleetDiscovered& matched) const {
        std::vector<std::string> lines{matched_line(matched, run_info)};
        if (!run_info.reason.empty()) lines.push_back("reason: " + run_info.reason);
        return lines;
    }
    std::vector<std::string> operator()(const drain::CommandStarted& started) const {
        return {started_line(started, run_info.action)};
    }
    std::vector<std::string> operator()(const drain::Notice& notice) const { return {notice.what}; }

    std::vector<std::string> operator()(const drain::ProgressChanged& progress) const {
        if (progress.purpose != drain::Purpose::act || progress.targeted == 0) return {};
        return {fmt::format("{} of {} finished", progress.completed,
                            pluralize(progress.targeted, "instance"))};
    }

    std::vector<std::string> operator()(const drain::ProgressSnapshot&) const { return {}; }
    std::vector<std::string> operator()(const drain::SidekiqView&) const { return {}; }

    std::vector<std::string> operator()(const drain::Report& report) const {
        const Summary summary = summarize(report, run_info);
        std::vector<std::string> lines{summary.headline};
        for (const auto& detail : summary.details)
            lines.push_back("  " + detail);
        if (summary.details.size() > lines_of_a_screen)
            lines.push_back(summary.headline); // again: the first has scrolled away
        if (!run_info.reason.empty()) lines.push_back("  reason: " + run_info.reason);
        if (!summary.next.text.empty()) lines.push_back("  next: " + in_one_line(summary.next));
        return lines;
    }
};

} // namespace

Reporter::Reporter(std::FILE* out, const Clock& clock, RunInfo run_info)
    : out_(out), clock_(clock), run_info_(std::move(run_info)) {}

std::vector<std::string> lines_of(const drain::Event& event, const RunInfo& run_info) {
    return std::visit(TextFormatter{run_info}, event);
}

bool ProgressThrottle::allows_line(const drain::Event& event, Duration elapsed) {
    const auto* progress = std::get_if<drain::ProgressChanged>(&event);
    if (progress == nullptr) return true;
    const bool same_fleet = progress->targeted == targeted_ && progress->completed >= completed_;
    const bool all = progress->completed == progress->targeted;
    const bool small_step = progress->completed - completed_ < std::max(1, targeted_ / 100);
    if (same_fleet && !all && small_step && last_line_ && elapsed - *last_line_ < longest_silence)
        return false;
    last_line_ = elapsed;
    completed_ = progress->completed;
    targeted_ = progress->targeted;
    return true;
}

std::string with_time(const std::string& line, Instant at) {
    return iso_time(at) + " " + printable(line);
}

std::string without_time(const std::string& line) {
    static const std::string shape = "0000-00-00T00:00:00Z ";
    if (line.size() < shape.size()) return line;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == '0' ? line[i] < '0' || line[i] > '9' : line[i] != shape[i]) return line;
    return line.substr(shape.size());
}

void TextReporter::write(const std::string& line) {
    write_line(out_, with_time(line, clock_.now()));
}

void TextReporter::handle(const drain::Event& event) {
    if (!throttle_.allows_line(event, clock_.elapsed())) return;
    for (const auto& line : lines_of(event, run_info_))
        write(line);
}

} // namespace snow_white::report
