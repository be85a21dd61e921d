// A random fault of AWS or Slack, as text for sandbox::parse_fault(): which call, how, when.
#pragma once

#include "tests/simulation/random.hpp"

#include <string>

namespace simulation {

std::string random_fault(Random& random);

// cfn/snow-white-cfn.yml
const std::string& template_text();

} // namespace simulation
