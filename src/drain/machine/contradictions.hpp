// Compares what an instance says about its workers with what the action promises.
#pragma once

#include "src/drain/machine/targets.hpp"

namespace snow_white::drain {

// done: each worker is as asked. Otherwise the note names the worker, or says what is missing.
InstanceFinding check_workers(Action action, const InstanceLine& line);

// A worker takes or runs jobs there, or is about to, although the action was to end that.
bool is_at_work(const InstanceFinding& finding);

// Also those that did not fit into the line.
std::size_t count_workers(const InstanceLine& line);

} // namespace snow_white::drain
