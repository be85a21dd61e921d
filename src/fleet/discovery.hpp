// Discovers the fleet. In: an application and a pattern, and what an earlier look has shown. Out: a
// snapshot, or an error. Environments are needed; EC2 and the agents' state are not: where they may
// not be asked, the snapshot says what it lacks. A failure that may pass is an error, whatever it
// concerns.
#pragma once

#include "src/aws/client.hpp"
#include "src/fleet/model/name_filter.hpp"
#include "src/fleet/model/snapshot.hpp"

namespace snow_white::fleet {

struct EnvironmentQuery {
    std::string application;
    NameFilter pattern;
};

aws::Result<FleetSnapshot> discover(aws::Client& client, const EnvironmentQuery& query,
                                    const Previous& previous = {});

// Four calls, and one more when somebody new needs an agent: a waiting monitor can afford it.
// `since` and `now` are wall times; EC2's clock may differ by minutes, so that an hour more is
// asked for at both ends.
Changes poll_changes(aws::Client& client, const EnvironmentQuery& query, const Previous& previous,
                     Instant since, Instant now);

} // namespace snow_white::fleet
