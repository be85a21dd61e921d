#include "tests/simulation/timeline.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace simulation {

namespace {

std::string stamp(Instant at) {
    return fmt::format("{:%m-%d %H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

} // namespace

std::vector<std::string> timeline_of(const History& history, std::size_t most_lines) {
    std::vector<TimedLine> all = history.notes;
    for (const auto& run : history.runs) {
        const std::string who = run.second ? "  | second: " : "  | ";
        for (const auto& event : run.log.events) // without the live progress
            if (!event.silent) all.push_back({event.at, who + event.text});
    }
    std::ranges::stable_sort(all, {}, &TimedLine::at);
    std::vector<std::string> lines{fmt::format(
        "seed {}: {} of {} instances, deadline after {} min", history.seed, history.action,
        history.lifetimes.size(), history.timeout / std::chrono::minutes{1})};
    for (const auto& line : all)
        lines.push_back(stamp(line.at) + " " + line.text);
    if (lines.size() <= most_lines) return lines;
    const auto half = static_cast<std::ptrdiff_t>(most_lines / 2);
    const auto left_out = static_cast<std::ptrdiff_t>(lines.size()) - 2 * half + 1;
    lines[static_cast<std::size_t>(half) - 1] = fmt::format("… {} lines …", left_out);
    lines.erase(lines.begin() + half, lines.end() - half);
    return lines;
}

} // namespace simulation
