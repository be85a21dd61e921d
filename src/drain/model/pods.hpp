// Environments of tier Cluster run their workers in pods on EKS, which SSM does not reach: what
// people are told.
#pragma once

#include "src/drain/model/action.hpp"

#include <string>

namespace snow_white::drain {

// Where it runs, and that nobody is told there. One sentence without an end.
std::string pods_out_of_reach(const std::string& environment);

// What to do instead.
std::string_view advice_for_pods(Action action);

} // namespace snow_white::drain
