// simulate [--first SEED] [--count N] [--threads N] [--failures N]: plays N histories and checks
// the promises in each; prints the seeds that break one, and the timeline of the first of them.
// simulate --seed SEED: plays one history and prints its timeline.
#include "tests/simulation/promises.hpp"
#include "tests/simulation/timeline.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <fmt/format.h>
#include <iostream>
#include <thread>

namespace {

using simulation::History;

constexpr std::size_t longest_timeline = 200;

int print_one(std::uint64_t seed) {
    History history(seed);
    history.run();
    for (const auto& line : simulation::timeline_of(history, SIZE_MAX))
        fmt::print("{}\n", line);
    for (const auto& run : history.runs)
        for (const auto& message : run.messages)
            fmt::print("  slack: {}\n", message);
    const auto broken = broken_promises(history);
    for (const auto& sentence : broken)
        fmt::print("BROKEN {}\n", sentence);
    return broken.empty() ? 0 : 1;
}

class Campaign {
public:
    Campaign(std::uint64_t first, std::uint64_t count, unsigned failures)
        : next_(first), end_(first + count), first_(first), most_failures_(failures) {}

    int run(unsigned threads) {
        const auto begun = std::chrono::steady_clock::now();
        std::vector<std::thread> workers;
        for (unsigned i = 0; i < threads; ++i)
            workers.emplace_back([this] { work(); });
        for (auto& worker : workers)
            worker.join();
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        const auto count = std::min(next_.load(), end_) - first_;
        fmt::print("{} histories from seed {} ({} with faults or events, {} with two monitors, "
                   "{} runs of the "
                   "program, {} calls): {} broke a promise; {:.0f} s, {:.0f} an hour\n",
                   count, first_, eventful_.load(), two_monitors_.load(), runs_.load(),
                   calls_.load(), failed_.load(), seconds,
                   static_cast<double>(count) / seconds * 3600);
        return failed_ == 0 ? 0 : 1;
    }

private:
    void work() {
        for (std::uint64_t seed = next_++; seed < end_ && failed_ < most_failures_; seed = next_++)
            play(seed);
    }

    void play(std::uint64_t seed) {
        std::vector<std::string> broken;
        std::vector<std::string> timeline;
        try {
            History history(seed);
            history.run();
            broken = broken_promises(history);
            if (history.is_eventful()) ++eventful_;
            if (history.two_monitors) ++two_monitors_;
            runs_ += history.runs.size();
            for (const auto& run : history.runs)
                calls_ += run.all_calls();
            if (!broken.empty() && failed_ == 0)
                timeline = simulation::timeline_of(history, longest_timeline);
        } catch (const std::exception& fault) {
            broken.push_back(std::string("exception: ") + fault.what());
        }
        if (broken.empty()) return;
        const std::scoped_lock guard(output_);
        if (failed_++ == 0)
            for (const auto& line : timeline)
                fmt::print("{}\n", line);
        fmt::print("seed {}: {} (the whole history: simulate --seed {})\n", seed, broken.front(),
                   seed);
        std::fflush(stdout);
    }

    std::atomic<std::uint64_t> next_;
    std::uint64_t end_;
    std::uint64_t first_;
    unsigned most_failures_;
    std::atomic<unsigned> failed_ = 0;
    std::atomic<std::uint64_t> eventful_ = 0, two_monitors_ = 0, runs_ = 0, calls_ = 0;
    std::mutex output_;
};

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"Plays histories of drains with faults, and holds the promises of docs/design.md "
                 "against each."};
    std::uint64_t first = 1, count = 1000;
    std::optional<std::uint64_t> seed;
    unsigned threads = 2, failures = 20;
    app.add_option("--first", first, "The first seed");
    app.add_option("--count", count, "How many histories");
    app.add_option("--failures", failures, "Stop after so many that break a promise");
    app.add_option("--threads", threads, "How many at a time")->check(CLI::Range(1, 64));
    app.add_option("--seed", seed, "One history, printed as a timeline");
    CLI11_PARSE(app, argc, argv);
    return seed ? print_one(*seed) : Campaign(first, count, failures).run(threads);
}
