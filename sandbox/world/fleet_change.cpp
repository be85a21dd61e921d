#include "sandbox/world/fleet_change.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_host.hpp"

#include <map>
#include <stdexcept>

namespace sandbox {

namespace {

constexpr std::size_t most_at_once = 1'000;

using Change = void (*)(Instance&, SimulatedHost&, Instant);

const std::map<std::string, Change>& changes() {
    static const std::map<std::string, Change> all{
        {"terminate",
         [](Instance& one, SimulatedHost& host, Instant now) {
             one.state = InstanceState::terminated;
             host.halt(now);
         }},
        {"stop",
         [](Instance& one, SimulatedHost&, Instant) { one.state = InstanceState::stopped; }},
        {"start",
         [](Instance& one, SimulatedHost& host, Instant now) {
             one.state = InstanceState::running;
             host.boot(now);
         }},
        {"reboot", [](Instance&, SimulatedHost& host, Instant now) { host.boot(now); }},
        {"lose-agent",
         [](Instance& one, SimulatedHost&, Instant) { one.agent = AgentState::connection_lost; }},
        {"update-agent",
         [](Instance& one, SimulatedHost& host, Instant) {
             one.agent_version += ".1";
             host.drop_documents();
         }},
        {"deny", [](Instance& one, SimulatedHost&, Instant) { one.denied = true; }},
        {"restore-agent",
         [](Instance& one, SimulatedHost&, Instant) { one.agent = AgentState::online; }},
    };
    return all;
}

Json launch(RegionState& state, const Json& asked, const HostMaker& make_host, Instant now) {
    const std::string name = asked.value("environment", "");
    const auto count = asked.value("count", std::size_t{1});
    const Environment* const environment = find_by(state.environments, &Environment::name, name);
    if (environment == nullptr)
        fail<std::invalid_argument>("there is no environment '{}' in {}", name, state.region);
    if (environment->tier == Tier::cluster)
        fail<std::invalid_argument>("environment '{}' is of tier Cluster: it has pods", name);
    if (count > most_at_once)
        fail<std::invalid_argument>("count: at most {} at once", most_at_once);
    if (!make_host) throw std::invalid_argument("only simulated instances can be launched");
    Json ids = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
        Instance instance = make_instance(state, *environment, now);
        instance.host = make_host(instance);
        ids.push_back(instance.id);
        state.instances.push_back(std::move(instance));
    }
    return {{"instances", ids}};
}

std::vector<std::pair<Instance*, SimulatedHost*>> named(RegionState& state, const Json& ids) {
    std::vector<std::pair<Instance*, SimulatedHost*>> found;
    for (const Json& id : ids) {
        Instance* const instance =
            find_by(state.instances, &Instance::id, id.is_string() ? id.get<std::string>() : "");
        if (instance == nullptr || instance->state == InstanceState::terminated)
            fail<std::invalid_argument>("there is no instance {} in {}", id.dump(), state.region);
        auto* const host = dynamic_cast<SimulatedHost*>(instance->host.get());
        if (host == nullptr) throw std::invalid_argument("only simulated instances can be changed");
        found.emplace_back(instance, host);
    }
    return found;
}

} // namespace

Json change_fleet(RegionState& state, const Json& asked, const HostMaker& make_host, Instant now) {
    const std::string verb = asked.is_object() ? asked.value("do", "") : "";
    if (verb == "launch") return launch(state, asked, make_host, now);
    const auto change = changes().find(verb);
    if (change == changes().end() || !asked.contains("instances") || !asked["instances"].is_array())
        throw std::invalid_argument(
            R"(wanted {"do": "launch", "environment": "NAME", "count": 1} or {"do": VERB, "instances": )"
            R"(["i-…"]} with VERB terminate, stop, start, reboot, lose-agent or restore-agent, and "region" )"
            R"(for another region than )" +
            home_region);
    for (const auto& [instance, host] : named(state, asked["instances"]))
        change->second(*instance, *host, now);
    return {{"instances", asked["instances"]}};
}

} // namespace sandbox
