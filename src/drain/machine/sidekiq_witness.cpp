#include "src/drain/machine/sidekiq_witness.hpp"

#include "src/base/chunk.hpp"
#include "src/drain/model/who_is_who.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

using sidekiq::Process;
using sidekiq::RunningJob;
using sidekiq::Snapshot;

// A worker that an instance calls idle has been so for longer (docs/instance-line.md), and Redis is
// read after the answer: a beat that is not older says what the worker did while it was idle.
constexpr std::chrono::seconds newest_beat_age{11};

bool is_at_work(const Process& process) {
    return !process.quiet || process.busy > 0;
}

bool is_new(const Process& process, const Snapshot& snapshot) {
    return process.beat >= snapshot.at - newest_beat_age;
}

// The fleet's workers and hosts, by the names that Sidekiq has for them.
class Directory {
public:
    explicit Directory(const Targets& targets) {
        for (const auto& [id, instance] : targets.instances) {
            if (!exists(instance)) continue;
            hosts_.add(instance.host, id);
            for (const auto& worker : instance.workers) {
                const std::string name = name_in_redis(worker);
                workers_.add(name, id);
                if (is_quiet(worker) && !name.empty()) quiet_workers_.insert(name);
            }
        }
    }

    // The quiet workers that the instances name.
    const std::set<std::string>& quiet_workers() const { return quiet_workers_; }

    // Null: it is not a worker that an instance has named.
    const InstanceId* instance_of_worker(const Process& process) const {
        return workers_.find(host_and_pid(process));
    }

    // Also by the host's name alone: an instance names its workers only when its command ends.
    const InstanceId* instance_of(const Process& process) const {
        const auto* id = instance_of_worker(process);
        return id != nullptr ? id : hosts_.find(process.host);
    }

private:
    static bool is_quiet(const Worker& worker) {
        return worker.state == WorkerState::quiet || worker.state == WorkerState::idle;
    }

    std::set<std::string> quiet_workers_;
    WhoIsWho workers_;
    WhoIsWho hosts_;
};

std::vector<std::string> common_queues(const Process& process,
                                       const std::set<std::string>& queues) {
    std::vector<std::string> common;
    for (const auto& queue : process.queues)
        if (queues.contains(queue) && !contains(common, queue)) common.push_back(queue);
    return common;
}

// The instances that have answered name all their workers: then a process of their host that they
// do not name is somebody else's.
bool is_of_fleet(const Process& process, const Directory& directory, const Targets& targets) {
    if (directory.instance_of_worker(process) != nullptr) return true;
    const auto* id = directory.instance_of(process);
    return id != nullptr && targets.instances.at(*id).workers.empty();
}

void add_other(SidekiqView& view, const Process& process, std::vector<std::string> queues) {
    ++view.other_processes;
    auto found = std::ranges::find(view.others, process.host, &OtherWorkers::host);
    if (found == view.others.end()) {
        view.others.push_back({.host = process.host, .embedded = true});
        found = std::prev(view.others.end());
    }
    ++found->processes;
    found->embedded = found->embedded && process.embedded;
    for (auto& queue : queues)
        if (!contains(found->queues, queue)) found->queues.push_back(std::move(queue));
}

void add_others(SidekiqView& view, const Snapshot& snapshot, const std::set<std::string>& queues,
                const std::set<std::string>& of_fleet) {
    for (const auto& process : snapshot.processes) {
        if (process.quiet || of_fleet.contains(process.identity)) continue;
        if (auto common = common_queues(process, queues); !common.empty())
            add_other(view, process, std::move(common));
    }
    std::ranges::sort(view.others, {}, &OtherWorkers::host);
    view.other_hosts = view.others.size();
    cut(view.others, SidekiqView::most_hosts);
}

void add_jobs(SidekiqView& view, const Snapshot& snapshot,
              const std::map<std::string, std::string>& where) {
    std::map<std::string, int> classes;
    for (const auto& job : snapshot.jobs) {
        const auto found = where.find(job.identity);
        if (found == where.end()) continue;
        ++view.jobs;
        ++classes[job.class_name];
        if (view.longest.size() < SidekiqView::most_jobs)
            view.longest.push_back({job.class_name, job.queue, job.id, job.started, found->second});
    }
    for (const auto& [name, jobs] : classes)
        view.classes.push_back({name, jobs});
    std::ranges::stable_sort(view.classes, std::greater{}, &ClassCount::jobs);
    cut(view.classes, SidekiqView::most_classes);
}

void add_queues(SidekiqView& view, const Snapshot& snapshot, const std::set<std::string>& queues) {
    for (const auto& queue : snapshot.queues) {
        if (queue.waiting == 0 || !queues.contains(queue.name)) continue;
        view.waiting += queue.waiting;
        view.queues.push_back({queue.name, queue.waiting, queue.paused});
    }
    std::ranges::stable_sort(view.queues, std::greater{}, &WaitingJobs::jobs);
    cut(view.queues, SidekiqView::most_queues);
}

std::map<std::string, std::int64_t> waiting_of(const Snapshot& snapshot) {
    std::map<std::string, std::int64_t> waiting;
    for (const auto& queue : snapshot.queues)
        waiting[queue.name] = queue.waiting;
    return waiting;
}

// In the queues that the fleet takes.
std::optional<std::int64_t> waiting_before(const SidekiqWitness& witness) {
    if (!witness.first_waiting) return std::nullopt;
    std::int64_t waiting = 0;
    for (const auto& [name, jobs] : *witness.first_waiting)
        if (witness.fleet_queues.contains(name)) waiting += jobs;
    return waiting;
}

// "HOST:PID" of "HOST:PID:NONCE".
std::string without_nonce(const std::string& identity) {
    return identity.substr(0, identity.rfind(':'));
}

void add_doubts(SidekiqView& view, const Snapshot& snapshot, const Directory& directory,
                const std::set<std::string>& of_fleet) {
    const auto& workers = directory.quiet_workers();
    std::set<std::string> names;
    for (const auto& process : snapshot.processes) {
        const std::string name = host_and_pid(process);
        names.insert(name);
        const bool may_be_ours = of_fleet.contains(process.identity) || workers.contains(name);
        if (is_at_work(process) && may_be_ours)
            ++(is_new(process, snapshot) ? view.unattributed : view.unsettled);
    }
    view.fleet_workers = static_cast<int>(workers.size());
    view.missing_workers = static_cast<int>(std::ranges::count_if(
        workers, [&names](const std::string& name) { return !names.contains(name); }));
    view.stale = static_cast<int>(snapshot.stale.size());
    view.stale_of_fleet = static_cast<int>(
        std::ranges::count_if(snapshot.stale, [&workers](const std::string& identity) {
            return workers.contains(without_nonce(identity));
        }));
}

// By the instances' latest answers.
bool is_stopped(const Targets& targets) {
    std::size_t stopped = 0;
    for (const auto& [id, instance] : targets.instances) {
        if (!exists(instance)) continue;
        const auto is_stopped = [](const Worker& worker) {
            return worker.state == WorkerState::stopped;
        };
        if (instance.workers.empty() || !std::ranges::all_of(instance.workers, is_stopped))
            return false;
        ++stopped;
    }
    return stopped > 0;
}

std::string contradiction_text(const Process& process) {
    return fmt::format(
        "it says that its workers are idle, and Sidekiq's Redis says that process {} {}",
        host_and_pid(process),
        process.busy > 0 ? fmt::format("runs {} job{}", process.busy, process.busy == 1 ? "" : "s")
                         : "takes jobs");
}

} // namespace

std::map<InstanceId, InstanceFinding> contradictions(const Snapshot& snapshot,
                                                     const Targets& targets) {
    const Directory directory(targets);
    std::map<InstanceId, InstanceFinding> found;
    for (const auto& process : snapshot.processes) {
        if (!is_at_work(process) || !is_new(process, snapshot)) continue;
        if (const auto* id = directory.instance_of_worker(process))
            found.try_emplace(*id, InstanceFinding{Outcome::unknown, contradiction_text(process)});
    }
    return found;
}

void apply_snapshot(SidekiqWitness& witness, const Snapshot& snapshot, const Targets& targets) {
    if (witness.view.source == SidekiqView::Source::not_asked)
        witness.first_waiting = waiting_of(snapshot);
    const Directory directory(targets);
    std::map<std::string, std::string> where; // of the fleet's processes, by identity
    std::set<std::string> of_fleet;
    for (const auto& process : snapshot.processes) {
        if (!is_of_fleet(process, directory, targets)) continue;
        of_fleet.insert(process.identity);
        where[process.identity] = directory.instance_of(process)->text;
        witness.fleet_queues.insert(process.queues.begin(), process.queues.end());
    }
    SidekiqView view{.source = witness.fleet_queues.empty() ? SidekiqView::Source::unrelated
                                                            : SidekiqView::Source::read};
    view.fleet_is_stopped = is_stopped(targets);
    if (view.source == SidekiqView::Source::read) {
        add_jobs(view, snapshot, where);
        add_others(view, snapshot, witness.fleet_queues, of_fleet);
        add_queues(view, snapshot, witness.fleet_queues);
        view.unread_processes = snapshot.omitted_processes;
        view.unread_queues = snapshot.omitted_queues;
        view.waiting_before = waiting_before(witness);
    }
    add_doubts(view, snapshot, directory, of_fleet);
    witness.view = std::move(view);
}

void apply_failure(SidekiqWitness& witness, const std::string& why) {
    witness.view = {.source = SidekiqView::Source::unavailable, .why = why};
}

} // namespace snow_white::drain
