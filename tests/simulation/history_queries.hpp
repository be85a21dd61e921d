// What the promises are checked against: the true state of the simulated world, and the calls.
#pragma once

#include "src/report/names.hpp"
#include "tests/simulation/history.hpp"

namespace simulation {

// The limits of the drain that the promises depend on are the drain's own (machine/limits.hpp);
// nothing in this folder repeats one.
Duration validity(std::size_t instances);

bool ended_as(const Run& run, snow_white::report::ExitCode code);
bool ended_by_itself(const Run& run); // neither killed nor stopped by SIGTERM
bool is_ours(const InstanceLifetime& lifetime);
bool exists_at(const InstanceLifetime& lifetime, Instant at);
// The instances that belong to the run, are alive and can be seen.
std::vector<std::string> not_as_asked(const History& history, const Run& run, Instant at);
bool all_as_asked(const History& history, const Run& run, Instant at);

// The times in [from, to] at which that may have changed.
std::vector<Instant> change_times(const History& history, Instant from, Instant to);

Instant reported_at(const Run& run); // the run's end, without the time that Slack takes

// True if this run sent the script's command and received the command's ID.
bool is_sent_by(const Run& run, const StartedScript& started);

// The last script that started on the instance until then; nullptr if there is none.
const StartedScript* last_script(const History& history, const std::string& id, Instant until);

// A stop or a wake does not act on environments that are created while it lasts: it names them.
bool is_targeted(const History& history, const Run& run, const InstanceLifetime& lifetime);

// A wake in batches: an instance may have failed, which stops the rest of the batches, or may be
// gone, and keeps its place in a batch.
bool batch_may_fail(const History& history, const Run& run);

// SSM failed to list invocations, several times.
bool results_unavailable(const History& history, Instant from, Instant to);
bool any_in(const std::vector<Instant>& moments, Instant from, Instant to);
// SendCommand or all of AWS was unreachable, or the monitor was suspended.
bool was_hindered(const History& history, const Run& run, Instant from, Instant to);

// How many pages of fifty items a listing of the whole fleet has.
std::size_t pages_of(const History& history);

} // namespace simulation
