#include "src/drain/machine/contradictions.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

// The instance's outcome by this worker; none: the worker is as asked.
std::optional<Outcome> contradiction(Action action, const Worker& worker) {
    if (worker.state == WorkerState::booting) return Outcome::booting;
    // It takes jobs again after a SIGCONT.
    if (worker.state == WorkerState::suspended) return Outcome::suspended;
    const bool runs = worker.state == WorkerState::running;
    switch (action) {
    case Action::quiet:
        if (runs) return Outcome::awake;
        return worker.busy > 0 ? std::optional(Outcome::busy) : std::nullopt;
    case Action::wake:
        return runs ? std::nullopt : std::optional(Outcome::asleep);
    case Action::stop:
        if (runs) return Outcome::awake;
        return worker.state == WorkerState::stopped ? std::nullopt : std::optional(Outcome::busy);
    }
    return std::nullopt;
}

std::string describe(const Worker& worker) {
    if (worker.pid == 0 && worker.unit.empty() && worker.state != WorkerState::stopped)
        return fmt::format("of the workers that did not fit into its line one is {}",
                           name_of(worker.state));
    return fmt::format("worker {} of {} is {}, {} of {} busy", worker.pid,
                       worker.unit.empty() ? "no unit" : worker.unit, name_of(worker.state),
                       worker.busy, worker.threads);
}

} // namespace

InstanceFinding check_workers(Action action, const InstanceLine& line) {
    if (line.outcome == Outcome::no_worker) return {Outcome::no_worker, line.note};
    for (const auto& worker : line.workers)
        if (const auto found = contradiction(action, worker)) return {*found, describe(worker)};
    if (line.workers.empty() && line.omitted_workers == 0)
        return {Outcome::unknown, "its line names no worker"};
    if (line.omitted_workers > 0)
        return {Outcome::unknown,
                fmt::format("{} more workers did not fit into its line", line.omitted_workers)};
    return {Outcome::done, {}};
}

bool is_at_work(const InstanceFinding& finding) {
    return finding.outcome == Outcome::awake || finding.outcome == Outcome::busy ||
           finding.outcome == Outcome::suspended || finding.outcome == Outcome::booting;
}

std::size_t count_workers(const InstanceLine& line) {
    return line.workers.size() + static_cast<std::size_t>(line.omitted_workers);
}

} // namespace snow_white::drain
