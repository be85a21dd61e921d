// Compares what Sidekiq's Redis says with what the instances say. In: a snapshot of Redis, the
// tracked instances, what was seen there before. Out: the view for people, and the instances that
// Redis contradicts. Redis may take a success away or qualify it; nothing here grants one. Pure.
#pragma once

#include "src/drain/machine/targets.hpp"
#include "src/drain/model/sidekiq_view.hpp"
#include "src/sidekiq/model/snapshot.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace snow_white::drain {

// What Redis has shown during the run.
struct SidekiqWitness {
    SidekiqView view;                   // the latest
    std::set<std::string> fleet_queues; // that processes of the fleet take or took
    std::optional<Duration> looked_at;  // elapsed time of the latest look
    // The jobs that waited at the run's first look, by queue. None: it failed. Which of the queues
    // are the fleet's may be known only later, when a stopped fleet is awake again.
    std::optional<std::map<std::string, std::int64_t>> first_waiting = {};
    // In a row, the verifications that Redis contradicted.
    int contradicted = 0;
};

// For each instance that Redis calls busy or taking jobs by a recent beat, although it has answered
// that it is idle, the finding that says so. A host whose clock is behind Redis's by more than 11 s
// is never contradicted.
std::map<InstanceId, InstanceFinding> contradictions(const sidekiq::Snapshot& snapshot,
                                                     const Targets& targets);

// Replaces the view.
void apply_snapshot(SidekiqWitness& witness, const sidekiq::Snapshot& snapshot,
                    const Targets& targets);
void apply_failure(SidekiqWitness& witness, const std::string& why);

} // namespace snow_white::drain
