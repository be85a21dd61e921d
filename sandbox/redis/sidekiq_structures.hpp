// What a process of Sidekiq writes into Redis, field by field, as its release does.
//   Source: sidekiq's lib/sidekiq/launcher.rb (the beat), processor.rb (running jobs) and
//   job_util.rb
// (a job) at 5.2.10, 6.4.1, 7.3.2 and 8.1.7; tests/instance/test_redis_structures.py compares them.
#pragma once

#include "sandbox/world/simulated_host.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sandbox {

using HashFields = std::vector<std::pair<std::string, std::string>>;

// In the arguments of every job: a program that shows it has shown what is private.
inline constexpr const char* secret_argument = "customer@example.com";

// The queues of the simulated application.
const std::vector<std::string>& application_queues();

struct ReportedProcess {
    std::string host;
    const SidekiqRelease* release = &default_release;
    BeatOfProcess latest;
    std::vector<std::string> queues;
    int concurrency = 5;
    bool embedded = false;          // in another program; in Redis since Sidekiq 7
    bool has_hash = true;           // without one it is a ghost
    std::string tag = "current";    // the application's folder
    Json replaced = Json::object(); // fields of the hash in place of the true ones

    std::string identity() const; // HOST:PID:NONCE
};

// The hash IDENTITY.
HashFields process_hash(const ReportedProcess& process);

// The hash of the running jobs, by thread; empty: the key does not exist.
HashFields jobs_hash(const ReportedProcess& process);

} // namespace sandbox
