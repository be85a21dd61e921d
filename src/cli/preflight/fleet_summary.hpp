// The fleet in words. In: a snapshot, or the application's environments. Out: lines for people.
// Pure.
#pragma once

#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/cli/session/aws_session.hpp"
#include "src/fleet/model/snapshot.hpp"

namespace snow_white::cli {

struct FleetSummary {
    std::vector<std::string> facts;    // one line an environment
    std::vector<std::string> warnings; // each with what to do about it; none prevents a run
};

FleetSummary fleet_summary_of(const fleet::FleetSnapshot& fleet);

// One line: the pattern matches no environment, and what to check. `environments`: all of the
// application; those that are terminated do not count. Where it has none, a call lists the others'.
std::string why_nothing_matched(const std::vector<aws::EbEnvironment>& environments,
                                RegionSession& region);
// The same, with a call for the environments of the application.
aws::Result<std::string> why_nothing_matched(RegionSession& region);

} // namespace snow_white::cli
