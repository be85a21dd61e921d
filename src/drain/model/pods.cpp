#include "src/drain/model/pods.hpp"

namespace snow_white::drain {

std::string pods_out_of_reach(const std::string& environment) {
    return "environment " + environment + " is of tier Cluster (EKS): SSM does not reach its pods";
}

std::string_view advice_for_pods(Action action) {
    if (action == Action::quiet)
        return "scale its worker deployment down, or send its Sidekiq TSTP, with kubectl";
    return action == Action::stop ? "scale its worker deployment down with kubectl"
                                  : "scale its worker deployment up, or restart it, with kubectl";
}

} // namespace snow_white::drain
