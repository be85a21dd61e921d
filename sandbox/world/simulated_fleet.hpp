// Puts a model of an instance behind each instance of a plan, in every region.
#pragma once

#include "sandbox/world/drain_time.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/sidekiq_release.hpp"

namespace sandbox {

// Behind one that is launched later: its jobs take the longest time.
std::unique_ptr<Host> simulated_host(const Instance& instance, const DrainTime& drain,
                                     const SidekiqRelease& release = default_release);

// Behind each: its jobs end as `drain` has it, after the quiet.
void simulate_hosts(FleetPlan& plan, const DrainTime& drain,
                    const SidekiqRelease& release = default_release);

} // namespace sandbox
