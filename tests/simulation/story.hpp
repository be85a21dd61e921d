// A history as a person reads it: what happened, what the programs said and sent, in the order of
// time.
#pragma once

#include "tests/simulation/history.hpp"

namespace simulation {

// At most so many lines: the beginning and the end of a longer one.
std::vector<std::string> story_of(const History& history, std::size_t most_lines);

} // namespace simulation
