// Booted instances, all of them together: the root file system they share, the Redis they work
// from, and the instances themselves (systemd in a container each, see sandbox/instances/boot). In:
// the checkout, and what to boot. Out: one Host an instance, in the order asked for. Failure:
// std::runtime_error that says what was wanted, what was seen and where the log is. Ownership:
// hosts may outlive the fleet; once it is gone they answer every document with a failed step.
// Everything ends with this object, and also when this process is killed: each child has a
// parent-death signal, which Linux ties to the thread that started it. So call from a thread that
// lives as long as the fleet does (the main one).
#pragma once

#include "sandbox/instances/booted_host.hpp"
#include "sandbox/instances/process.hpp"
#include "sandbox/world/host.hpp"
#include "sandbox/world/layout.hpp"
#include "sandbox/world/region.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sandbox {

struct InstanceToBoot {
    std::string instance_id; // i-0123456789abcdef0
    Layout layout = Layout::procfile;
    std::string region = home_region;
};

struct RedisAccess {
    int port = 0; // of 127.0.0.1; 0: there is none
    std::string password;
};

class BootedFleet {
public:
    // `checkout`: this repository's root. `log_directory`: must exist; redis.log, one log an
    // instance, and what is in S3 as s3/BUCKET/KEY.
    BootedFleet(std::filesystem::path checkout, std::filesystem::path log_directory);
    ~BootedFleet();
    BootedFleet(const BootedFleet&) = delete;
    BootedFleet& operator=(const BootedFleet&) = delete;

    // Makes the root file system if this checkout has none yet (minutes), else returns at once.
    void prepare_root();

    // Starts redis-server on a free port of 127.0.0.1, with a password of its own: every user of
    // this machine reaches the port. Once, before boot().
    RedisAccess start_redis();

    // Boots all at the same time; returns when in each one systemd runs and the layout's service
    // has started.
    std::vector<std::unique_ptr<Host>> boot(const std::vector<InstanceToBoot>& instances);

    // Ends instances and Redis and removes what they left. May be called again; the destructor
    // calls it.
    void take_down();

private:
    struct Booting {
        std::shared_ptr<BootedInstance> instance;
        std::unique_ptr<Process> process; // sandbox/instances/boot
        std::string unit;                 // the service that the layout is about
        std::filesystem::path log;
    };

    Booting begin(const InstanceToBoot& wanted);
    bool is_ready(Booting& booting) const;
    void wait_until_ready(std::vector<Booting>& booting) const;

    std::filesystem::path checkout_;
    std::filesystem::path log_directory_;
    std::filesystem::path scratch_; // private, removed by take_down()
    RedisAccess redis_access_;
    std::unique_ptr<Process> redis_;
    std::vector<Booting> instances_;
};

} // namespace sandbox
