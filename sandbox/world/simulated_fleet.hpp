// Puts a model of an instance behind each instance of a plan, in every region.
#pragma once

#include "sandbox/world/fleet_plan.hpp"

namespace sandbox {

// Behind one that is launched later: its jobs end at the end of `drain`.
std::unique_ptr<Host> simulated_host(const Instance& instance, Duration drain);

// The workers' jobs end spread over `drain` after the quiet, the last one at its end.
void simulate_hosts(FleetPlan& plan, Duration drain);

} // namespace sandbox
