// From `--environment [REGION/]NAME=COUNT[:LAYOUT][@TIER]` to one RegionState a region, without
// hosts. Ids follow from regions, names and numbers: the same command line makes the same states.
// Failure: std::invalid_argument, one line that names the input and the fix.
#pragma once

#include "sandbox/world/layout.hpp"
#include "sandbox/world/region_state.hpp"

#include <string>
#include <vector>

namespace sandbox {

struct EnvironmentSpec {
    std::string name;
    std::size_t count = 0;
    Layout layout = Layout::procfile;
    std::string region = home_region;
    Tier tier = Tier::worker; // Cluster: COUNT has to be 0
};

EnvironmentSpec parse_environment_spec(const std::string& text);

// The next instance of the world; its id follows from the region and from how many there are.
Instance make_instance(const RegionState& state, const Environment& environment, Instant now);

struct RegionPlan {
    RegionState state;
    std::vector<Layout> layouts; // one an instance, in the world's order
};

// The home region's, and those of the other regions of which a spec says something.
struct FleetPlan : RegionPlan {
    std::vector<RegionPlan> elsewhere;

    std::vector<RegionPlan*> regions(); // all of them, the home region first
};

// Specs of the same name in the same region add up to one environment, of the first one's tier.
FleetPlan plan_fleet(const std::string& application, const std::vector<EnvironmentSpec>& specs,
                     Instant now);

} // namespace sandbox
