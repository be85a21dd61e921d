// What Sidekiq's Redis adds to a drain's own findings: which jobs run, who else takes from the same
// queues, how many jobs wait. Plain data of bounded size, for events and the report.
#pragma once

#include "src/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

struct JobLeft {
    std::string class_name;
    std::string queue;
    std::string id;
    Instant started{};
    std::string where; // the instance's id; "HOST:PID" where the instance is not known

    bool operator==(const JobLeft&) const = default;
};

struct ClassCount {
    std::string class_name;
    int jobs = 0;

    bool operator==(const ClassCount&) const = default;
};

// Live processes of one host that are not quiet, take a queue that the fleet takes, and are not the
// fleet's.
struct OtherWorkers {
    std::string host;
    int processes = 0;
    std::vector<std::string> queues; // those that the fleet takes, too
    bool embedded = false;           // all of them run inside another program

    bool operator==(const OtherWorkers&) const = default;
};

struct WaitingJobs {
    std::string queue;
    std::int64_t jobs = 0;
    bool paused = false;

    bool operator==(const WaitingJobs&) const = default;
};

struct SidekiqView {
    static constexpr std::size_t most_jobs = 10;
    static constexpr std::size_t most_classes = 10;
    static constexpr std::size_t most_hosts = 20;
    static constexpr std::size_t most_queues = 10;

    enum class Source {
        not_asked,   // no Redis is configured, or it was not read yet
        unavailable, // `why` says why
        unrelated,   // no process of the fleet is in it: nothing is said from it
        read,
    };

    Source source = Source::not_asked;
    std::string why = {};                  // for unavailable
    int jobs = 0;                          // that the fleet runs
    std::vector<JobLeft> longest = {};     // of them, the longest-running first
    std::vector<ClassCount> classes = {};  // of all of them, the most frequent first
    std::vector<OtherWorkers> others = {}; // by host
    int other_processes = 0;               // all of them
    std::size_t other_hosts = 0;           // all of them, also those beyond `others`
    std::int64_t waiting = 0;              // in the queues that the fleet takes
    std::vector<WaitingJobs> queues = {};  // of these the longest first, without empty ones
    std::optional<std::int64_t> waiting_before = {}; // when the run began; none: not known

    // All workers of the fleet are stopped by their instances' answers, so none of them is in
    // Redis.
    bool fleet_is_stopped = false;

    // What Redis has and could not be read, or is beyond our limits.
    std::size_t unread_processes = 0;
    std::size_t unread_queues = 0;

    // What keeps Redis from being a witness of a success. The report says it in words.
    int fleet_workers = 0;   // quiet workers that the instances name
    int missing_workers = 0; // of these, unknown to Redis, as after a restart of Redis
    // The fleet's processes that take or run jobs by Redis, and contradict no instance's answer:
    int unsettled = 0;      // by an old heartbeat
    int unattributed = 0;   // by a new one, which is no single instance's, or nobody was asked
    int stale = 0;          // processes of hosts whose clock is behind (Snapshot::stale)
    int stale_of_fleet = 0; // of these, the fleet's

    bool operator==(const SidekiqView&) const = default;
};

// Adds another region's view, which has a Redis of its own.
void add(SidekiqView& sum, const SidekiqView& part);

} // namespace snow_white::drain
