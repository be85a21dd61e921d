// The keys of Sidekiq's Redis at one moment, made of what the simulated workers do at that moment.
// A value is made when it is asked for: ten thousand processes cost their names only.
#pragma once

#include "sandbox/redis/sidekiq_structures.hpp"
#include "sandbox/world/region_state.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace sandbox {

enum class KeyType { none, set, hash, list, sorted_set };

// The keys beside those of the processes.
struct QueueSizes {
    std::map<std::string, std::size_t> waiting;     // by queue: jobs
    std::vector<std::string> paused;                // queues; by Sidekiq Pro
    std::map<std::string, std::size_t> sorted_sets; // schedule, retry, dead
};

class Keyspace {
public:
    Keyspace() = default; // empty, like every database but the first
    Keyspace(std::vector<ReportedProcess> processes, QueueSizes sizes);

    KeyType type_of(const std::string& key) const;
    // Of a set, a hash, a list or a sorted set. A key that does not exist is empty.
    std::vector<std::string> members(const std::string& key) const;
    std::size_t member_count(const std::string& key) const;
    HashFields fields(const std::string& key) const;
    std::size_t length(const std::string& key) const;

    const std::vector<ReportedProcess>& processes() const { return processes_; }

private:
    const ReportedProcess* process_with(const std::string& key) const;
    const ReportedProcess* process_with_jobs(const std::string& key) const;

    std::vector<ReportedProcess> processes_;
    QueueSizes sizes_;
    std::unordered_map<std::string, std::size_t> places_; // by identity
};

// Every process of the simulated instances of a region that is in Redis. An instance that was
// terminated said no goodbye: its hashes go 60 s after the last beat, its names stay.
void add_processes(std::vector<ReportedProcess>& processes, const RegionState& state, Instant now);

} // namespace sandbox
