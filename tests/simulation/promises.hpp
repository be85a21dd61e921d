// The promises of docs/design.md, held against a history that has been played.
#pragma once

#include "tests/simulation/history.hpp"

namespace simulation {

using Broken = std::vector<std::string>;

// Each broken promise, one sentence; empty when all are kept.
Broken broken_promises(const History& history);

// Of one run, by what they are about: what it says is true; it says something; it ends, and not in
// vain; it leaves nobody out; what it costs.
void check_truth(const History& history, const Run& run, Broken& broken);
void check_words(const History& history, const Run& run, Broken& broken);
void check_liveness(const History& history, const Run& run, Broken& broken);
void check_reach(const History& history, const Run& run, Broken& broken);
void check_cost(const History& history, const Run& run, Broken& broken);

} // namespace simulation
