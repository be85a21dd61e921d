// The promises of docs/design.md, held against a history that has been played.
#pragma once

#include "tests/simulation/history.hpp"

namespace simulation {

// Each broken promise, one sentence; empty when all are kept.
std::vector<std::string> broken_promises(const History& history);

} // namespace simulation
