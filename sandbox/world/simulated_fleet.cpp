#include "sandbox/world/simulated_fleet.hpp"
#include "sandbox/world/simulated_host.hpp"

namespace sandbox {

namespace {

std::size_t count_with_workers(FleetPlan& plan) {
    std::size_t count = 0;
    for (const RegionPlan* const region : plan.regions())
        for (const Layout layout : region->layouts)
            if (facts_of(layout).workers > 0) ++count;
    return count;
}

std::string hostname_of(const Instance& instance) {
    const std::string& zone = instance.availability_zone; // the region and a letter
    return private_dns_name(zone.substr(0, zone.size() - 1), instance.private_ip);
}

} // namespace

std::unique_ptr<Host> simulated_host(const Instance& instance, const DrainTime& drain,
                                     const SidekiqRelease& release) {
    return std::make_unique<SimulatedHost>(SimulatedOptions{.drain = drain.longest,
                                                            .hostname = hostname_of(instance),
                                                            .up_since = instance.launched,
                                                            .release = &release});
}

void simulate_hosts(FleetPlan& plan, const DrainTime& drain, const SidekiqRelease& release) {
    const std::size_t count = count_with_workers(plan);
    std::size_t number = 0; // among those with workers: only they have something to drain
    for (RegionPlan* const region : plan.regions())
        for (std::size_t i = 0; i < region->layouts.size(); ++i) {
            Instance& instance = region->state.instances[i];
            SimulatedOptions options;
            options.layout = region->layouts[i];
            if (facts_of(options.layout).workers > 0) options.drain = drain.of(number++, count);
            options.hostname = hostname_of(instance);
            options.up_since = instance.launched;
            options.release = &release;
            instance.host = std::make_unique<SimulatedHost>(options);
        }
}

} // namespace sandbox
