// The promises of docs/design.md, checked against a history that has been played.
#pragma once

#include "tests/simulation/history.hpp"

namespace simulation {

using BrokenPromises = std::vector<std::string>;

// One sentence for each broken promise; empty when all are kept.
BrokenPromises broken_promises(const History& history);

// The checks of one run, by subject: what it says is true; it reports at all; it ends, neither
// early nor late; it reaches every instance; what it costs.
void check_truth(const History& history, const Run& run, BrokenPromises& broken);
void check_reports(const History& history, const Run& run, BrokenPromises& broken);
void check_liveness(const History& history, const Run& run, BrokenPromises& broken);
void check_reach(const History& history, const Run& run, BrokenPromises& broken);
void check_cost(const History& history, const Run& run, BrokenPromises& broken);

} // namespace simulation
