#include "sandbox/world/simulated_fleet.hpp"
#include "sandbox/world/simulated_host.hpp"

#include <algorithm>

namespace sandbox {

namespace {

std::string hostname_of(const Instance& instance) {
    std::string name = "ip-" + instance.private_ip;
    std::replace(name.begin(), name.end(), '.', '-');
    return name + ".ec2.internal";
}

} // namespace

std::unique_ptr<Host> simulated_host(const Instance& instance, Duration drain) {
    return std::make_unique<SimulatedHost>(
        SimulatedOptions{.drain = drain, .hostname = hostname_of(instance)});
}

void simulate_hosts(FleetPlan& plan, Duration drain) {
    const auto workers = std::count_if(plan.layouts.begin(), plan.layouts.end(),
                                       [](Layout layout) { return layout != Layout::web; });
    std::size_t number = 0; // among those with workers: only they have something to drain
    for (std::size_t i = 0; i < plan.layouts.size(); ++i) {
        SimulatedOptions options;
        options.layout = plan.layouts[i];
        options.number = options.layout == Layout::web ? 0 : number++;
        options.count = std::max<std::size_t>(1, static_cast<std::size_t>(workers));
        options.drain = drain;
        options.hostname = hostname_of(plan.world.instances[i]);
        plan.world.instances[i].host = std::make_unique<SimulatedHost>(options);
    }
}

} // namespace sandbox
