#include "sandbox/redis/keyspace.hpp"

#include <algorithm>
#include <utility>

namespace sandbox {

namespace {

constexpr std::string_view queue_prefix = "queue:";
constexpr std::chrono::seconds life_of_hash{60}; // since the last beat

bool is_queue(const std::string& key) {
    return key.starts_with(queue_prefix);
}

} // namespace

Keyspace::Keyspace(std::vector<ReportedProcess> processes, QueueSizes sizes)
    : processes_(std::move(processes)), sizes_(std::move(sizes)) {
    places_.reserve(processes_.size());
    for (std::size_t i = 0; i < processes_.size(); ++i)
        places_.emplace(processes_[i].identity(), i);
}

const ReportedProcess* Keyspace::process_with(const std::string& key) const {
    const auto found = places_.find(key);
    if (found == places_.end() || !processes_[found->second].has_hash) return nullptr;
    return &processes_[found->second];
}

const ReportedProcess* Keyspace::process_with_jobs(const std::string& key) const {
    const std::size_t colon = std::min(key.rfind(':'), key.size());
    const ReportedProcess* const process = process_with(key.substr(0, colon));
    if (process == nullptr || process->latest.jobs.empty()) return nullptr;
    return key.substr(colon) == process->release->jobs ? process : nullptr;
}

KeyType Keyspace::type_of(const std::string& key) const {
    if (is_queue(key)) return length(key) > 0 ? KeyType::list : KeyType::none;
    if (sizes_.sorted_sets.contains(key))
        return length(key) > 0 ? KeyType::sorted_set : KeyType::none;
    if (member_count(key) > 0) return KeyType::set;
    if (process_with(key) != nullptr || process_with_jobs(key) != nullptr) return KeyType::hash;
    return KeyType::none;
}

std::vector<std::string> Keyspace::members(const std::string& key) const {
    std::vector<std::string> found;
    if (key == "paused") return sizes_.paused;
    if (key == "queues")
        for (const auto& [queue, waiting] : sizes_.waiting)
            found.push_back(queue);
    if (key == "processes")
        for (const auto& [identity, place] : places_)
            found.push_back(identity);
    std::ranges::sort(found);
    return found;
}

std::size_t Keyspace::member_count(const std::string& key) const {
    if (key == "paused") return sizes_.paused.size();
    if (key == "queues") return sizes_.waiting.size();
    return key == "processes" ? places_.size() : 0;
}

HashFields Keyspace::fields(const std::string& key) const {
    if (const ReportedProcess* const process = process_with(key)) return process_hash(*process);
    if (const ReportedProcess* const process = process_with_jobs(key)) return jobs_hash(*process);
    return {};
}

std::size_t Keyspace::length(const std::string& key) const {
    if (is_queue(key)) {
        const auto queue = sizes_.waiting.find(key.substr(queue_prefix.size()));
        return queue == sizes_.waiting.end() ? 0 : queue->second;
    }
    const auto sorted_set = sizes_.sorted_sets.find(key);
    return sorted_set == sizes_.sorted_sets.end() ? 0 : sorted_set->second;
}

void add_processes(std::vector<ReportedProcess>& processes, const RegionState& state, Instant now) {
    for (const Instance& instance : state.instances) {
        const auto* const host = dynamic_cast<const SimulatedHost*>(instance.host.get());
        const bool terminated = instance.state == InstanceState::terminated;
        if (host == nullptr || (instance.state != InstanceState::running && !terminated)) continue;
        for (BeatOfProcess& latest : host->beats(now)) {
            const bool alive = now - latest.beat < life_of_hash;
            processes.push_back({.host = host->hostname(),
                                 .release = &host->release(),
                                 .latest = std::move(latest),
                                 .queues = application_queues(),
                                 .has_hash = alive});
        }
    }
}

} // namespace sandbox
