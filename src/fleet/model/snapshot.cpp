#include "src/fleet/model/snapshot.hpp"

#include "src/base/enum_names.hpp"

namespace snow_white::fleet {

namespace {

constexpr EnumName<Agent> agent_names[] = {{Agent::online, "online"},
                                           {Agent::lost, "lost"},
                                           {Agent::absent, "absent"},
                                           {Agent::unknown, "unknown"}};
static_assert(has_all_enumerators(agent_names));

} // namespace

bool runs_pods(const Environment& environment) {
    return environment.tier == cluster_tier;
}

std::vector<std::string> names_of(const std::vector<Environment>& environments) {
    std::vector<std::string> names;
    for (const auto& environment : environments)
        names.push_back(environment.name);
    return names;
}

std::vector<std::string> names_on_instances(const std::vector<Environment>& environments) {
    std::vector<std::string> names;
    for (const auto& environment : environments)
        if (!runs_pods(environment)) names.push_back(environment.name);
    return names;
}

std::vector<std::string> display_names_of(const std::vector<Environment>& environments) {
    std::vector<std::string> names;
    for (const auto& environment : environments)
        names.push_back(environment.name +
                        (runs_pods(environment) ? " (EKS: its pods are not reached)" : ""));
    return names;
}

std::string_view name_of(Agent agent) {
    return snow_white::name_of(agent_names, agent);
}

} // namespace snow_white::fleet
