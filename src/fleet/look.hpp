// Looks at the fleet. In: an application and a pattern. Out: a snapshot, or the error without which there is
// none. Environments are needed; EC2 and the agents' state are not: without them the snapshot says what it
// lacks.
#pragma once

#include "src/aws/client.hpp"
#include "src/fleet/snapshot.hpp"

namespace snow_white::fleet {

struct Selection {
    std::string application;
    std::string pattern; // environments whose names contain it, in that case
};

aws::Result<FleetSnapshot> look(aws::Client& client, const Selection& selection);

// Those of the environments' instances that EC2 has stopped or is shutting down. One page for any fleet in
// order, so that a waiting monitor can afford it.
aws::Result<std::vector<InstanceId>> find_leaving(aws::Client& client,
                                                  const std::vector<std::string>& environments);

} // namespace snow_white::fleet
