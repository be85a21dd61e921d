// The calls: how many (e), and that AWS accepts their form (x9).
#include "src/aws/rate_limit.hpp"
#include "tests/simulation/history_queries.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <string>
#include <vector>

namespace simulation {

using namespace std::chrono_literals;

namespace {

std::size_t most_within(Duration span, const std::vector<Instant>& moments) {
    std::size_t most = 0;
    for (std::size_t first = 0, i = 0; i < moments.size(); ++i) {
        while (moments[i] - moments[first] >= span)
            ++first;
        most = std::max(most, i - first + 1);
    }
    return most;
}

// Each status command makes an instance fetch and run the script. In small fleets a handful in ten
// minutes is enough; the live progress asks more often.
void status_commands_are_limited(const History& history, const Run& run, BrokenPromises& broken) {
    constexpr std::size_t most_status_commands = 60;
    if (history.live_progress || pages_of(history) > 1) return;
    std::map<std::string, std::vector<Instant>> asked;
    for (const auto& one : run.sent)
        if (one.is_status() && !one.command.empty()) asked[one.region].push_back(one.at);
    for (const auto& [region, moments] : asked)
        if (const auto most = most_within(10min, moments); most > most_status_commands)
            broken.push_back(fmt::format("(e) {} status commands within ten minutes", most));
}

// (e) Limits the calls in any minute, whatever happens, and the calls of the whole run, when
// nothing happens: one in four seconds, and what the start and the end take. A drain of less than
// two hours may poll as often as every 1.7 s, and a little more often at first: the interval is a
// 120th of the time waited, so 120 + 120 ln 1.7 polls in the 204 s until it is 1.7 s. The live
// progress costs more.
void calls_are_limited(const History& history, const Run& run, BrokenPromises& broken) {
    constexpr std::size_t within_a_minute = snow_white::aws::RateLimit::most_calls_within(60s);
    for (const auto& [region, made] : run.calls)
        if (most_within(60s, made) > within_a_minute)
            broken.push_back(
                fmt::format("(e) more than {} calls within a minute", within_a_minute));
    status_commands_are_limited(history, run, broken);
    if (history.is_eventful()) return;
    const auto calls = run.all_calls();
    const Duration lasted = run.ended - run.begun;
    // The polls, and the watch for changes.
    const auto at_most = lasted / 1700ms + 64 + 4 * (lasted / 2min);
    const auto waiting = std::min(at_most, std::max<Duration>(lasted, 2h) / 4s);
    auto most = static_cast<std::size_t>(waiting) + 25 + 4 * pages_of(history);
    // Discoveries of the whole fleet, and verifications of the instances that have finished, with
    // their results.
    most += static_cast<std::size_t>(lasted / 30min) * (10 + 3 * pages_of(history));
    if (pages_of(history) > 1)
        most += static_cast<std::size_t>(lasted / 1min); // results that are read early
    if (history.live_progress) // twelve pages a minute, and four calls in each half minute
        most += static_cast<std::size_t>(lasted / 5s + 4 * (lasted / 30s)) + pages_of(history) + 4;
    if (history.in_two_regions()) most *= 2;
    if (calls > most)
        broken.push_back(
            fmt::format("(e) {} calls where nothing happened, {} would do", calls, most));
}

} // namespace

void check_cost(const History& history, const Run& run, BrokenPromises& broken) {
    calls_are_limited(history, run, broken);
    for (const auto& action : run.malformed_calls)
        broken.push_back(fmt::format("(x9) AWS refuses a call of {} for its form", action));
}

} // namespace simulation
