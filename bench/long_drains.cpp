// How soon the report comes after the last end, and how many calls that takes, in simulated time:
// the drain's heart alone, before a fleet whose every call takes 80 ms and whose status document
// takes half a second. Out: a line for each kind of fleet and length of drain, its fields parted by
// tabs: instances, minutes, mean and worst delay in seconds over twelve drains, calls for each four
// seconds of the longest of them, and its calls.
#include "src/drain/machine/limits.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <cstdio>
#include <random>

namespace {

using namespace test;
using snow_white::Duration;

constexpr int drains = 12;
constexpr Duration answer{80};

int calls_of(const Effect& effect) {
    if (std::holds_alternative<Sleep>(effect) || std::holds_alternative<Finish>(effect)) return 0;
    if (const auto* ask = std::get_if<PollProgress>(&effect))
        return static_cast<int>(ask->commands.size());
    if (std::holds_alternative<DiscoverFleet>(effect)) return 3; // environments, instances, agents
    return std::holds_alternative<PollFleetChanges>(effect) ? calls_for_changes : 1;
}

struct Seen {
    Duration late{};
    int calls = 0;
    Duration lasted{};
};

// Each end at random within the drain; the last one at `last`, whatever the others do.
Seen drain(int instances, Duration last, std::minstd_rand& random) {
    FakeClock clock;
    FakeFleet world{clock};
    std::uniform_int_distribution<Duration::rep> any(0, last.count());
    for (int i = 0; i < instances; ++i) {
        auto& host = world.add(fmt::format("i-{}", i));
        host.takes = i == 0 ? last : Duration{any(random)};
        host.answers = 500ms;
    }
    Seen seen;
    std::optional<Instant> sent;
    world.instead = [&](const Effect& effect) -> std::optional<Response> {
        const int calls = calls_of(effect);
        seen.calls += calls;
        const bool act = std::holds_alternative<SendCommand>(effect) && !sent;
        if (calls > 0) clock.advance(answer);
        if (act) sent = clock.now();
        return std::nullopt;
    };
    const auto report = world.run({.action = Action::quiet});
    if (report.verdict != Verdict::done) std::abort(); // this fleet has nothing that could go wrong
    seen.late = clock.now() - (*sent + last);
    seen.lasted = report.elapsed;
    return seen;
}

void tell(int instances, Duration longest) {
    std::minstd_rand random(static_cast<unsigned>(instances));
    Duration all{};
    Duration worst{};
    Seen first;
    for (int i = 0; i < drains; ++i) {
        // Over the last tenth, so that each phase of the questions is met.
        const Seen seen = drain(instances, longest - longest / 10 * i / drains, random);
        all += seen.late;
        worst = std::max(worst, seen.late);
        if (i == 0) first = seen;
    }
    fmt::print("{}\t{}\t{:.2f}\t{:.2f}\t{:.2f}\t{}\n", instances,
               std::chrono::duration<double, std::ratio<60>>(longest).count(),
               std::chrono::duration<double>(all).count() / drains,
               std::chrono::duration<double>(worst).count(),
               first.calls / (std::chrono::duration<double>(first.lasted).count() / 4),
               first.calls);
}

} // namespace

int main() {
    for (const int instances : {1, 10, 50})
        for (const Duration longest :
             {Duration{20s}, Duration{1min}, Duration{5min}, Duration{10min}, Duration{30min},
              Duration{1h}, Duration{2h}, Duration{6h}})
            tell(instances, longest);
}
