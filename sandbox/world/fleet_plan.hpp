// From `--environment NAME=COUNT[:LAYOUT]` to a World without hosts. Ids follow from names and numbers, so
// the same command line makes the same world. Failure: std::invalid_argument, one line that names the input
// and the fix.
#pragma once

#include "sandbox/world/layout.hpp"
#include "sandbox/world/world.hpp"

#include <string>
#include <vector>

namespace sandbox {

struct EnvironmentWish {
    std::string name;
    std::size_t count = 0;
    Layout layout = Layout::sidekiq;
};

EnvironmentWish parse_environment_wish(const std::string& text);

// The instance number `number` of the world; its id follows from that.
Instance make_instance(const Environment& environment, std::size_t number, Instant now);

struct FleetPlan {
    World world;
    std::vector<Layout> layouts; // one an instance, in the world's order
};

// Wishes for the same name add up to one environment.
FleetPlan plan_fleet(const std::string& application, const std::vector<EnvironmentWish>& wishes, Instant now);

} // namespace sandbox
