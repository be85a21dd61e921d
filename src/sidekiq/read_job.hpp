// What Sidekiq writes about a running job, as a RunningJob. In: a value of IDENTITY:work (or
// IDENTITY:workers, before 6.4.2), JSON that may be changed in place. Out: the class, id, queue and
// start alone. The arguments are skipped where they stand: they are copied nowhere.
#pragma once

#include "src/sidekiq/model/snapshot.hpp"

#include <optional>
#include <span>

namespace snow_white::sidekiq {

// Without thread and identity, which the value does not have. None: not understood.
std::optional<RunningJob> read_job(std::span<char> json);

} // namespace snow_white::sidekiq
