// Which instance Sidekiq's Redis means by a name. Pure; as old as what it is made from: a host may
// have given the pid to another process since. And any user of a host can choose HOST there, so a
// match is no proof that a process belongs to the fleet.
//   Source: lib/sidekiq/component.rb (sidekiq 7.3.9) and util.rb (5.2.10): an identity is
// "HOST:PID:NONCE", where HOST is $DYNO or the process's own host name, and PID is its own pid.
#pragma once

#include "src/base/ids.hpp"
#include "src/drain/model/instance_line.hpp"

#include <map>
#include <string>

namespace snow_white::drain {

// "HOST:PID"; empty: no process, or its host's name is not known.
std::string name_in_redis(const Worker& worker);

// Names, each of one instance. A name that two instances have is nobody's.
class WhoIsWho {
public:
    // An empty name is ignored.
    void add(const std::string& name, const InstanceId& instance);
    // Null: on no instance, or on several.
    const InstanceId* find(const std::string& name) const;

private:
    std::map<std::string, InstanceId> names_; // an empty id: of several instances
};

} // namespace snow_white::drain
