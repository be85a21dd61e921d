// `snow-white-sandbox up`: everything started, its exports printed, and everything taken down at
// SIGINT or SIGTERM.
#pragma once

#include "sandbox/faults/fault.hpp"
#include "sandbox/world/drain_time.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/sidekiq_release.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace sandbox {

struct UpOptions {
    std::vector<EnvironmentSpec> environments;
    std::string application = "acme";
    bool simulated = false;
    DrainTime drain = std::chrono::seconds(30);
    int port = 0;
    bool relayed = false;           // as in http_server.hpp
    std::filesystem::path program;  // what RunTask executes
    std::filesystem::path checkout; // where cfn/, ssm/ and sandbox/ are
    std::filesystem::path log;      // empty: a directory that goes at the end
    std::vector<FaultRule> faults;
    bool slack_bot = false; // the stack has the bot's token, not the webhook
    Duration log_lag{0};    // as in SandboxOptions
    // Snow White knows Sidekiq's Redis: by the stack's parameter, and by SIDEKIQ_REDIS_URL. Booted
    // instances have a real one in any case, simulated ones a simulated one.
    bool redis = false;
    std::string sidekiq_redis; // the stack's SidekiqRedisUrl in place of that; empty: without
    const SidekiqRelease* sidekiq = &default_release; // of simulated workers
};

// Returns when a signal has ended it. Failure: std::runtime_error, std::invalid_argument for a
// fault that can never apply.
void up(const UpOptions& options);

} // namespace sandbox
