#include "sandbox/server/fleet_view.hpp"

#include <array>

namespace sandbox {

namespace {

const char* word(InstanceState state) {
    static constexpr std::array words{"pending", "running",       "stopping",
                                      "stopped", "shutting-down", "terminated"};
    return words.at(static_cast<std::size_t>(state));
}

const char* word(AgentState state) {
    static constexpr std::array words{"Online", "ConnectionLost", "Inactive", "absent"};
    return words.at(static_cast<std::size_t>(state));
}

Json instance_view(Instance& instance, Instant now) {
    const bool alive = instance.host && instance.state == InstanceState::running;
    return {{"id", instance.id},
            {"state", word(instance.state)},
            {"agent", word(instance.agent)},
            {"hostname", instance.host ? instance.host->hostname() : ""},
            {"workers", alive ? instance.host->workers(now) : Json::array()}};
}

} // namespace

Json environments_view(World& world, Instant now) {
    Json environments = Json::array();
    std::map<std::string, std::size_t> place; // environment id -> index
    for (const Environment& environment : world.environments) {
        place[environment.id] = environments.size();
        environments.push_back({{"region", world.region},
                                {"name", environment.name},
                                {"id", environment.id},
                                {"application", environment.application},
                                {"status", environment.status},
                                {"health", environment.health},
                                {"instances", Json::array()}});
    }
    for (Instance& instance : world.instances)
        if (const auto found = place.find(instance.environment_id); found != place.end())
            environments[found->second]["instances"].push_back(instance_view(instance, now));
    return environments;
}

} // namespace sandbox
