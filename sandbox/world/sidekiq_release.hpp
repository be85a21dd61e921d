// The releases of Sidekiq that simulated workers can be of, and how what each writes into Redis
// differs.
//   Source: sidekiq's lib/sidekiq/launcher.rb and processor.rb at 5.2.10, 6.4.1, 7.3.2 and 8.1.7.
#pragma once

#include "sandbox/base/types.hpp"

#include <array>
#include <string_view>

namespace sandbox {

struct SidekiqRelease {
    std::string_view name; // of --sidekiq
    std::string_view version;
    int major;
    Duration beat;               // between two heartbeats
    std::string_view jobs;       // the running jobs' key is IDENTITY and this
    std::string_view active_job; // the class of a job of ActiveJob
};

inline constexpr std::string_view active_job_of_rails =
    "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper";

inline constexpr std::array sidekiq_releases{
    SidekiqRelease{"5.2", "5.2.10", 5, Duration{5'000}, ":workers", active_job_of_rails},
    SidekiqRelease{"6.4", "6.4.1", 6, Duration{5'000}, ":workers", active_job_of_rails},
    SidekiqRelease{"7.3", "7.3.2", 7, Duration{10'000}, ":work", active_job_of_rails},
    SidekiqRelease{"8.1", "8.1.7", 8, Duration{10'000}, ":work", "Sidekiq::ActiveJob::Wrapper"}};

inline constexpr const SidekiqRelease& default_release = sidekiq_releases[1]; // Debian 12's

// Null when there is none of that name.
constexpr const SidekiqRelease* release_named(std::string_view name) {
    for (const SidekiqRelease& release : sidekiq_releases)
        if (release.name == name) return &release;
    return nullptr;
}

} // namespace sandbox
