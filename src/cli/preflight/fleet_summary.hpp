// The fleet in words, for --dry-run. Pure.
#pragma once

#include "src/aws/services/elastic_beanstalk.hpp"
#include "src/cli/input/request.hpp"
#include "src/fleet/model/snapshot.hpp"

namespace snow_white::cli {

struct FleetSummary {
    std::vector<std::string> facts;    // one line an environment
    std::vector<std::string> warnings; // each with what to do about it; they stand in no way
};

FleetSummary fleet_summary_of(const fleet::FleetSnapshot& fleet);

// The one line for a pattern that matches no environment, and what to look at.
// `environments`: all of the application; those that are terminated do not count.
std::string why_nothing_matched(const std::vector<aws::EbEnvironment>& environments,
                                const Request& request);

} // namespace snow_white::cli
