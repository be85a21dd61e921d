// What Sidekiq's Redis says about workers, running jobs and queues at one moment: plain data of
// bounded size. Of a job only what is here is kept: never its arguments.
//   Source: sidekiq's lib/sidekiq/launcher.rb and api.rb at v5.2.10, v6.5.12, v7.3.9 and v8.1.7.
#pragma once

#include "src/base/clock.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace snow_white::sidekiq {

// A process whose beat is older is dead: Sidekiq gives its hash that time to live.
inline constexpr std::chrono::seconds most_beat_age{60};

// One Sidekiq process that is alive. All text is printable.
struct Process {
    std::string identity; // "HOST:PID:NONCE": its name in Redis
    std::string host;     // as the process calls it: $DYNO, or the host's or container's name
    int pid = 0;          // inside the container, if it is in one
    std::string version;  // empty before Sidekiq 7
    std::string tag;      // the application's folder, or what the user chose; may be empty
    std::vector<std::string> queues;
    int concurrency = 0;
    int busy = 0; // jobs that it runs, by its latest beat
    bool quiet = false;
    bool embedded = false; // in another program, for example puma (Sidekiq 7 and later)
    Instant started{};     // by its host's clock
    Instant beat{};        // the latest, by its host's clock

    bool operator==(const Process&) const = default;
};

struct RunningJob {
    std::string class_name; // the application's class; of ActiveJob the wrapped one
    std::string id;
    std::string queue;
    std::string thread;
    Instant started{};    // by its host's clock
    std::string identity; // of its process

    bool operator==(const RunningJob&) const = default;
};

struct Queue {
    std::string name;
    std::int64_t waiting = 0; // jobs
    bool paused = false;      // by Sidekiq Pro

    bool operator==(const Queue&) const = default;
};

struct Snapshot {
    static constexpr std::size_t most_processes = 20'000;
    static constexpr std::size_t most_jobs = 100'000;
    static constexpr std::size_t most_queues = 10'000;
    static constexpr std::size_t most_text = 32UL * 1024 * 1024; // bytes of all text here

    Instant at{};                   // by the server's clock (TIME)
    std::vector<Process> processes; // alive, by identity
    std::vector<std::string> dead;  // in the set, without a hash or with an old beat
    // Of the dead, those that Redis has a hash of: Sidekiq lets Redis forget it 60 s after a beat,
    // so the clock of that host is behind the server's.
    std::vector<std::string> stale;
    std::vector<RunningJob> jobs; // of the live processes, the longest-running first
    std::vector<Queue> queues;    // by name
    std::int64_t scheduled = 0;   // jobs of the future
    std::int64_t retries = 0;     // jobs that wait for another try
    std::int64_t dead_jobs = 0;   // jobs that Sidekiq has given up
    // Beyond the limits above, of a wrong type, or not understood.
    std::size_t omitted_processes = 0;
    std::size_t omitted_jobs = 0;
    std::size_t omitted_queues = 0;

    bool operator==(const Snapshot&) const = default;
};

// "HOST:PID" is what an instance line can be compared with.
std::string host_and_pid(const Process& process);

} // namespace snow_white::sidekiq
