// The fleet in words, for --dry-run. Pure.
#pragma once

#include "src/fleet/snapshot.hpp"

namespace snow_white::cli {

struct Overview {
    std::vector<std::string> facts;    // one line an environment
    std::vector<std::string> warnings; // each with what to do about it; they stand in no way
};

Overview overview_of(const fleet::FleetSnapshot& fleet);

} // namespace snow_white::cli
