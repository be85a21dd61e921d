// Looks at the fleet. In: an application and a pattern, and what is known from an earlier look. Out: a
// snapshot, or an error. Environments are needed; EC2 and the agents' state are not: where they may not be
// asked, the snapshot says what it lacks. A failure that may pass is an error, whatever it concerns.
#pragma once

#include "src/aws/client.hpp"
#include "src/fleet/name_pattern.hpp"
#include "src/fleet/snapshot.hpp"

namespace snow_white::fleet {

struct Selection {
    std::string application;
    NamePattern pattern;
};

aws::Result<FleetSnapshot> look(aws::Client& client, const Selection& selection, const Known& known = {});

// Those of the environments' instances that EC2 has stopped or is shutting down. One page for any fleet in
// order.
aws::Result<std::vector<InstanceId>> find_leaving(aws::Client& client,
                                                  const std::vector<std::string>& environments);

// Three calls, and one more when somebody new needs an agent: a waiting monitor can afford it.
aws::Result<Changes> find_changes(aws::Client& client, const Known& known, Instant since, Instant now);

} // namespace snow_white::fleet
