// A fault of AWS's or Slack's, as text for sandbox::parse_fault(): which call, how, when.
#pragma once

#include "tests/simulation/chance.hpp"

#include <string>

namespace simulation {

std::string fault_of_chance(Chance& chance);

// cfn/snow-white-cfn.yml
const std::string& template_text();

} // namespace simulation
