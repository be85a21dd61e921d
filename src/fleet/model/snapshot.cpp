#include "src/fleet/model/snapshot.hpp"

namespace snow_white::fleet {

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
    switch (agent) {
    case Agent::online:
        return "online";
    case Agent::lost:
        return "lost";
    case Agent::absent:
        return "absent";
    case Agent::unknown:
        break;
    }
    return "unknown";
}

} // namespace snow_white::fleet
