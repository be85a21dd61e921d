#include "sandbox/world/simulated_fleet.hpp"
#include "sandbox/world/simulated_host.hpp"

#include <algorithm>

namespace sandbox {

namespace {

std::size_t count_with_workers(FleetPlan& plan) {
    std::size_t count = 0;
    for (const RegionPlan* const region : plan.regions())
        for (const Layout layout : region->layouts)
            if (layout != Layout::web) ++count;
    return count;
}

std::string hostname_of(const Instance& instance) {
    const std::string& zone = instance.availability_zone; // the region and a letter
    return private_dns_name(zone.substr(0, zone.size() - 1), instance.private_ip);
}

} // namespace

std::unique_ptr<Host> simulated_host(const Instance& instance, Duration drain) {
    return std::make_unique<SimulatedHost>(
        SimulatedOptions{.drain = drain, .hostname = hostname_of(instance)});
}

void simulate_hosts(FleetPlan& plan, Duration drain) {
    SimulatedOptions options;
    options.count = std::max<std::size_t>(1, count_with_workers(plan));
    options.drain = drain;
    std::size_t number = 0; // among those with workers: only they have something to drain
    for (RegionPlan* const region : plan.regions())
        for (std::size_t i = 0; i < region->layouts.size(); ++i) {
            Instance& instance = region->world.instances[i];
            options.layout = region->layouts[i];
            options.number = options.layout == Layout::web ? 0 : number++;
            options.hostname = hostname_of(instance);
            instance.host = std::make_unique<SimulatedHost>(options);
        }
}

} // namespace sandbox
