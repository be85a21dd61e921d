// How soon the report comes after the last job's end, and how many calls that takes, in simulated
// time. The reducer runs alone against a fake fleet: every call takes 80 ms, the status document
// half a second. Prints a line for each kind of fleet and length of drain, with tabs between the
// fields: instances, minutes, mean and worst delay in seconds over twelve drains, calls per four
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

struct Measured {
    Duration late{};
    int calls = 0;
    Duration lasted{};
};

// Each job ends at a random time within the drain, the last one at `last`.
Measured drain(int instances, Duration last, std::minstd_rand& random) {
    FakeClock clock;
    FakeFleet fake{clock};
    std::uniform_int_distribution<Duration::rep> any(0, last.count());
    for (int i = 0; i < instances; ++i) {
        auto& host = fake.add(fmt::format("i-{}", i));
        host.script_duration = i == 0 ? last : Duration{any(random)};
        host.status_duration = 500ms;
    }
    Measured measured;
    std::optional<Instant> sent;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        const int calls = calls_of(effect);
        measured.calls += calls;
        const bool act = std::holds_alternative<SendCommand>(effect) && !sent;
        if (calls > 0) clock.advance(answer);
        if (act) sent = clock.now();
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    if (report.verdict != Verdict::done) std::abort(); // nothing can go wrong in this fleet
    measured.late = clock.now() - (*sent + last);
    measured.lasted = report.elapsed;
    return measured;
}

void print_row(int instances, Duration longest) {
    std::minstd_rand random(static_cast<unsigned>(instances));
    Duration all{};
    Duration worst{};
    Measured first;
    for (int i = 0; i < drains; ++i) {
        // Spread over the last tenth, so that the ends meet every phase of the polling.
        const Measured measured = drain(instances, longest - longest / 10 * i / drains, random);
        all += measured.late;
        worst = std::max(worst, measured.late);
        if (i == 0) first = measured;
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
            print_row(instances, longest);
}
