// The workers of one simulated instance and what quiet, wake and stop do to them. See
// simulated_host.hpp.
#pragma once

#include "sandbox/world/simulated_host.hpp"

#include <string>
#include <vector>

namespace sandbox {

class SimulatedWorkers {
public:
    explicit SimulatedWorkers(const SimulatedOptions& options);

    bool empty() const { return workers_.empty(); }

    void quiet(Instant now);
    void stop(Instant now);
    void boot(Instant now); // what was stopped stays so: its unit is disabled
    bool wake(Instant now); // false: a worker still runs a job and was left as it was

    // Whether the action's promise holds as things are.
    bool holds(const std::string& action, Instant now) const;

    // When the last job of the quiet workers will have ended; Instant::max() when never.
    Instant drained(Instant now) const;

    // As the instance line of that action has them: a status says since when.
    Json describe(const std::string& action, Instant now) const;

    // The latest beat of each process that runs: a process may be quiet already, and not have said
    // so.
    std::vector<BeatOfProcess> beats(Instant now) const;

private:
    enum class State { running, quiet, stopped };
    struct Worker {
        int pid = 0;
        std::string unit;
        State state = State::running;
        Instant since{};   // in that state
        Instant started{}; // the process
    };

    Instant job_end(const Worker& worker, int job) const;
    int busy(const Worker& worker, Instant now) const;
    BeatOfProcess beat(const Worker& worker, Instant now) const;
    std::string state_word(const Worker& worker, Instant now) const;
    int new_pid();

    std::vector<Worker> workers_;
    std::string hostname_; // as Sidekiq calls it
    Duration drain_;       // of this instance
    bool never_ends_;
    const SidekiqRelease& release_;
    std::size_t phase_; // of the beats
    int next_pid_ = 812;
};

} // namespace sandbox
