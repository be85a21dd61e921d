// A history as a timeline for people: what happened, what the programs printed and sent, in the
// order of time.
#pragma once

#include "tests/simulation/history.hpp"

namespace simulation {

// At most so many lines: the beginning and the end of a longer timeline.
std::vector<std::string> timeline_of(const History& history, std::size_t most_lines);

} // namespace simulation
