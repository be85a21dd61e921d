#include "sandbox/world/simulated_workers.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

namespace sandbox {

namespace {

constexpr int threads = 5;
constexpr int busy_threads = 3; // how many jobs a worker runs while it takes jobs

} // namespace

SimulatedWorkers::SimulatedWorkers(const SimulatedOptions& options)
    : hostname_(options.hostname), drain_(options.drain),
      never_ends_(options.fault == Fault::never_ends), release_(*options.release),
      phase_(std::hash<std::string>()(options.hostname)) {
    const LayoutFacts& layout = facts_of(options.layout);
    for (int i = 0; i < layout.workers; ++i)
        workers_.push_back({.pid = new_pid(),
                            .unit = std::string(layout.unit),
                            .since = options.up_since,
                            .started = options.up_since});
}

int SimulatedWorkers::new_pid() {
    return std::exchange(next_pid_, next_pid_ + 7);
}

Instant SimulatedWorkers::job_end(const Worker& worker, int job) const {
    return worker.since + drain_ * (job + 1) / busy_threads;
}

int SimulatedWorkers::busy(const Worker& worker, Instant now) const {
    if (worker.state == State::stopped) return 0;
    if (worker.state == State::running || never_ends_) return busy_threads;
    int running = 0;
    for (int job = 0; job < busy_threads; ++job)
        if (job_end(worker, job) > now) ++running;
    return running;
}

Instant SimulatedWorkers::drained(Instant now) const {
    if (never_ends_ && !workers_.empty()) return Instant::max();
    Instant end = now;
    for (const auto& worker : workers_)
        if (worker.state == State::quiet) end = std::max(end, job_end(worker, busy_threads - 1));
    return end;
}

bool SimulatedWorkers::holds(const std::string& action, Instant now) const {
    return std::ranges::all_of(workers_, [&](const Worker& worker) {
        if (action == "wake") return worker.state == State::running;
        if (action == "stop") return worker.state == State::stopped;
        return worker.state != State::running && busy(worker, now) == 0;
    });
}

void SimulatedWorkers::quiet(Instant now) {
    for (auto& worker : workers_) {
        if (worker.state != State::running) continue;
        worker.state = State::quiet;
        worker.since = now;
    }
}

void SimulatedWorkers::stop(Instant now) {
    for (auto& worker : workers_) {
        worker.state = State::stopped;
        worker.since = now;
        worker.pid = 0;
    }
}

void SimulatedWorkers::boot(Instant now) {
    for (auto& worker : workers_) {
        if (worker.state == State::stopped) continue;
        worker.state = State::running;
        worker.since = now;
        worker.started = now;
        worker.pid = new_pid();
    }
}

bool SimulatedWorkers::wake(Instant now) {
    bool all = true;
    for (auto& worker : workers_) {
        if (worker.state == State::running) continue;
        if (busy(worker, now) > 0) {
            all = false;
            continue;
        }
        worker.state = State::running;
        worker.since = now;
        worker.started = now;
        worker.pid = new_pid();
    }
    return all;
}

std::string SimulatedWorkers::state_word(const Worker& worker, Instant now) const {
    if (worker.state == State::stopped) return "stopped";
    if (worker.state == State::running) return "running";
    return busy(worker, now) > 0 ? "quiet" : "idle";
}

Json SimulatedWorkers::describe(const std::string& action, Instant now) const {
    Json list = Json::array();
    for (const auto& worker : workers_) {
        const bool stopped = worker.state == State::stopped;
        list.push_back({{"pid", worker.pid},
                        {"unit", worker.unit},
                        {"version", stopped ? "" : release_.version},
                        {"busy", busy(worker, now)},
                        {"of", stopped ? 0 : threads},
                        {"state", state_word(worker, now)}});
        if (!stopped) list.back()["as"] = hostname_; // the line names no host
        if (action == "status")
            list.back()["since"] =
                std::chrono::floor<std::chrono::seconds>(worker.since).time_since_epoch().count();
    }
    return list;
}

// A process beats when it starts, then in a rhythm of its own. Also when its last job has ended: a
// simulated instance calls it idle at once, where the script waits for longer than a beat.
BeatOfProcess SimulatedWorkers::beat(const Worker& worker, Instant now) const {
    const Duration phase{
        static_cast<std::int64_t>((phase_ + static_cast<std::size_t>(worker.pid) * 1009) %
                                  static_cast<std::size_t>(release_.beat.count()))};
    const Duration age = now - worker.started + phase;
    BeatOfProcess latest{.pid = worker.pid,
                         .started = worker.started,
                         .beat = std::max(worker.started, now - age % release_.beat)};
    if (worker.state == State::quiet && busy(worker, now) == 0)
        latest.beat = std::max(latest.beat, job_end(worker, busy_threads - 1));
    latest.quiet = worker.state == State::quiet && worker.since <= latest.beat;
    for (int job = busy_threads - 1; job >= 0; --job)
        if (!latest.quiet || never_ends_ || job_end(worker, job) > latest.beat)
            latest.jobs.push_back(job);
    return latest;
}

std::vector<BeatOfProcess> SimulatedWorkers::beats(Instant now) const {
    std::vector<BeatOfProcess> all;
    for (const auto& worker : workers_)
        if (worker.state != State::stopped) all.push_back(beat(worker, now));
    return all;
}

} // namespace sandbox
