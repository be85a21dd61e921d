// Holds what an instance says of its workers against what the action promises.
#pragma once

#include "src/drain/machine/targets.hpp"

namespace snow_white::drain {

// done: as asked. no_worker, unknown: see the note.
InstanceFinding check_workers(Action action, const InstanceLine& line);

// Something runs there, or is about to, that the action was to end.
bool is_at_work(const InstanceFinding& finding);

// Workers that the line tells of.
std::size_t count_workers(const InstanceLine& line);

} // namespace snow_white::drain
