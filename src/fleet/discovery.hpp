// Discovers the fleet. In: an application, a pattern, and the results of earlier discoveries. Out:
// a snapshot, or an error. A retryable failure of any part is an error. So is any failure to list
// the environments. If EC2 or SSM refuses its part, the snapshot says what it lacks.
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

// For a waiting monitor: four calls, and one more when new instances need their agents. `since` and
// `now` are wall times; an hour is added at both ends, because EC2's clock may differ by minutes.
Changes poll_changes(aws::Client& client, const EnvironmentQuery& query, const Previous& previous,
                     Instant since, Instant now);

} // namespace snow_white::fleet
