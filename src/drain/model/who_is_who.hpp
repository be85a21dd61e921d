// Which worker on which instance Sidekiq's Redis means by "HOST:PID". Pure; as old as the lines
// that it is made from: a host may have given the pid to another process since. And any user of a
// host can choose HOST there, so a match is no proof that a process belongs to the fleet.
//   Source: lib/sidekiq/component.rb (sidekiq 7.3.9) and util.rb (5.2.10): an identity is
// "HOST:PID:NONCE", where HOST is $DYNO or the process's own host name, and PID is its own pid.
#pragma once

#include "src/base/ids.hpp"
#include "src/drain/model/instance_line.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace snow_white::drain {

struct KnownWorker {
    InstanceId instance;
    // None: several on that instance have the same name, as containers with the host's network.
    std::optional<Worker> worker;
};

struct WhoIsWho {
    std::map<std::string, KnownWorker> workers; // by "HOST:PID"
    std::set<std::string> ambiguous;            // names on two or more instances: in no one's place
};

// "HOST:PID"; empty: no process, or its host's name is not known.
std::string name_in_redis(const Worker& worker);

// `workers`: each instance's, from its latest line.
WhoIsWho who_is_who(const std::map<InstanceId, std::vector<Worker>>& workers);

// nullptr: on no instance, or ambiguous. Lives as long as `known`.
const KnownWorker* find_worker(const WhoIsWho& known, const std::string& host_and_pid);

} // namespace snow_white::drain
