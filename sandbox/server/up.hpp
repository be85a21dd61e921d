// `snow-white-sandbox up`: everything started, its exports printed, and everything taken down at
// SIGINT or SIGTERM.
#pragma once

#include "sandbox/faults/fault.hpp"
#include "sandbox/world/drain_time.hpp"
#include "sandbox/world/fleet_plan.hpp"

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
    bool slack_bot = false;    // the stack has the bot's token, not the webhook
    std::string sidekiq_redis; // as in SandboxOptions
    Duration log_lag{0};       // as in SandboxOptions
};

// Returns when a signal has ended it. Failure: std::runtime_error, std::invalid_argument for a
// fault that can never apply.
void up(const UpOptions& options);

} // namespace sandbox
