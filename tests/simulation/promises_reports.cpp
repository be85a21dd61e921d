// What its log shows, and what of (b) the log does not: Slack, and an unreachable AWS.
#include "src/promises/rules.hpp"
#include "tests/simulation/history_queries.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
namespace promises = snow_white::promises;

namespace {

// (b) Every run that was not killed ends with a report in Slack, too.
void always_reports(const History& history, const Run& run, BrokenPromises& broken) {
    if (run.killed) return;
    if (ended_as(run, ExitCode::internal) || ended_as(run, ExitCode::usage))
        broken.push_back(fmt::format("(b) it ends with {}: {}", run.exit_code, run.out));
    if (history.slack_has_faults) return;
    const auto has_report = [](const auto& message) {
        return message.find("(after ") != std::string::npos;
    };
    if (run.messages.empty() ||
        !(history.two_monitors ? std::ranges::any_of(run.messages, has_report)
                               : has_report(run.messages.back())))
        broken.push_back("(b) no report in Slack");
    if (std::ranges::any_of(run.messages, [](const auto& message) {
            return message.find("\"blocks\"") == std::string::npos;
        }))
        broken.push_back("(b) Slack refused the blocks of a message");
}

// (b) When AWS is unreachable, as far as its calls show, the run says so.
void outages_are_reported(const History& history, const Run& run, BrokenPromises& broken) {
    if (history.in_two_regions() || run.killed) return; // the other region answers meanwhile
    for (const auto& outage : history.outages()) {
        std::vector<Instant> failed;
        for (const auto at : run.failed_calls)
            if (outage.meets(at, at)) failed.push_back(at);
        if (failed.empty() || failed.back() - failed.front() < 2min) continue;
        const bool is_said = std::ranges::any_of(run.printed, [&](const TimedLine& line) {
            return line.at >= failed.front() - 16min && line.at <= failed.back() + 1min &&
                   promises::mentions_outage(line.text);
        });
        if (!is_said)
            broken.push_back(
                fmt::format("(b) AWS was out of reach for {} s, and nothing is said of it",
                            (failed.back() - failed.front()) / 1s));
    }
}

// Everything that its log shows, by the rules that snow-white-check applies to real logs.
void log_keeps_the_promises(const History& history, const Run& run, BrokenPromises& broken) {
    promises::RunContext known{.begun = run.begun,
                               .ended = run.ended,
                               .timeout = history.timeout,
                               .failed_calls = run.failed_calls,
                               .has_calls = true,
                               .killed = run.killed};
    for (const auto& pause : run.pauses)
        known.suspensions.push_back({pause.from, pause.until});
    auto breaches = promises::find_breaches(run.log, known);
    // A check that knows only the log must not find a breach that is none.
    if (!run.killed && run.pauses.empty())
        for (auto& breach : promises::find_breaches(run.log))
            breaches.push_back(std::move(breach));
    for (const auto& breach : breaches)
        broken.push_back(fmt::format("({}) {}: {}", breach.promise, breach.what,
                                     breach.event == nullptr ? "" : breach.event->text));
}

} // namespace

void check_reports(const History& history, const Run& run, BrokenPromises& broken) {
    always_reports(history, run, broken);
    outages_are_reported(history, run, broken);
    log_keeps_the_promises(history, run, broken);
}

} // namespace simulation
