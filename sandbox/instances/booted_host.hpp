// A booted instance as a Host: it runs a document's steps as the SSM agent does, in the instance's
// namespaces. What the agent does was read in its source (3.3): plugins/downloadcontent,
// plugins/runscript, executers.
//  - everything lies below /var/lib/amazon/ssm/INSTANCE/document/orchestration/COMMAND (folders
//  0700);
//  - aws:downloadContent: a relative destinationPath goes below downloads/ there, the file gets
//  mode 0700;
//  - aws:runShellScript: the lines become STEP/_script.sh, run by `sh -c` in downloads/ (if there
//  is one) as
//    the leader of a process group, which cancel and timeoutSeconds end with KILL (exit code 137);
//  - a failed step does not keep the next one from running; 24,000 and 8,000 bytes of output are
//  kept.
#pragma once

#include "sandbox/world/host.hpp"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace sandbox {

// Where a running instance is to be found. Shared between the fleet, which ends it, and its host.
struct BootedInstance {
    std::string instance_id;
    std::string region;
    std::filesystem::path checkout;
    std::filesystem::path objects; // S3 (booted_host.cpp)
    pid_t leader = -1; // the instance's first process, seen from here; -1 once it has ended
};

class BootedHost : public Host {
public:
    explicit BootedHost(std::shared_ptr<const BootedInstance> instance)
        : instance_(std::move(instance)) {}

    std::unique_ptr<DocumentRun> run(const Json& content, const Json& parameters,
                                     const std::string& command_id, Instant now) override;
    std::string hostname() const override { return instance_->instance_id; }
    Json workers(Instant now) override;

private:
    std::shared_ptr<const BootedInstance> instance_;
};

// The arguments that run the given ones inside the instance.
std::vector<std::string> inside(const BootedInstance& instance,
                                const std::vector<std::string>& arguments);

} // namespace sandbox
