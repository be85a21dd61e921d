// The words about environments of EB's tier Cluster: their workers run in pods on EKS, which SSM
// does not reach.
#pragma once

#include "src/drain/model/action.hpp"

#include <string>

namespace snow_white::drain {

// A sentence without its full stop.
std::string pods_out_of_reach(const std::string& environment);

// What the operator can do instead.
std::string_view advice_for_pods(Action action);

} // namespace snow_white::drain
