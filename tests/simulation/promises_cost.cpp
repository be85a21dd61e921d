// What it costs: (e).
#include "src/aws/pace.hpp"
#include "tests/simulation/evidence.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

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

// (e) Calls in any minute, whatever happens; and all of them, when nothing does: one in four seconds, what
// the start and the end take, and the first minutes' more frequent questions (a hundred and twentieth of the
// time waited lies between two: 120 + 120 ln 6.5 in the 780 s until that is the longest pause). Who looks on
// costs more.
void modest(const History& history, const Run& run, Broken& broken) {
    constexpr std::size_t within_a_minute = snow_white::aws::Pace::most_calls_within(60s);
    for (const auto& [region, made] : run.calls)
        if (most_within(60s, made) > within_a_minute)
            broken.push_back(fmt::format("(e) more than {} calls within a minute", within_a_minute));
    if (history.is_eventful()) return;
    const auto calls = run.all_calls();
    const Duration lasted = run.ended - run.begun;
    const auto more_at_first = std::min<Duration::rep>(lasted / 1s * 3 / 4, 345);
    const auto waiting = std::min(lasted / 4s + more_at_first, std::max<Duration>(lasted, 2h) / 4s);
    auto most = static_cast<std::size_t>(waiting) + 25 + 4 * pages_of(history);
    most += static_cast<std::size_t>(4 * (lasted / 30min));                     // looks at the whole fleet
    if (pages_of(history) > 1) most += static_cast<std::size_t>(lasted / 1min); // results that are read early
    if (history.looked_on) // twelve pages a minute, and four calls in three minutes
        most += static_cast<std::size_t>(lasted / 5s + lasted / 45s) + pages_of(history) + 4;
    if (history.in_two_regions()) most *= 2;
    if (calls > most)
        broken.push_back(fmt::format("(e) {} calls where nothing happened, {} would do", calls, most));
}

} // namespace

void check_cost(const History& history, const Run& run, Broken& broken) {
    modest(history, run, broken);
}

} // namespace simulation
