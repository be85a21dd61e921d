// What the promises are judged by: the world's truth and what went over the wire.
#pragma once

#include "src/report/exit_code.hpp"
#include "tests/simulation/history.hpp"

namespace simulation {

// The drain's constants that the promises speak of; nothing else here names any.
Duration validity(std::size_t instances);

bool ended_as(const Run& run, snow_white::report::ExitCode code);
bool ended_by_itself(const Run& run); // neither killed nor told to end
bool is_ours(const Life& life);
bool lives_at(const Life& life, Instant at);
// Of ours, those that live and can be seen.
std::vector<std::string> not_as_asked(const History& history, const Run& run, Instant at);
bool all_as_asked(const History& history, const Run& run, Instant at);

// When that may have changed, in [from, to].
std::vector<Instant> turns(const History& history, Instant from, Instant to);

Instant reported_at(const Run& run); // the run's end, but for what Slack takes

// A script that this run has sent, as far as it heard of its command.
bool is_sent_by(const Run& run, const Started& started);

// The last script that started there until then; none: null.
const Started* last_script(const History& history, const std::string& id, Instant until);

// A stop or a wake is not for environments that appear while it lasts: it names them.
bool is_meant(const History& history, const Run& run, const Life& life);

// SSM did not list invocations, several times.
bool results_are_out(const History& history, Instant from, Instant to);
bool any_in(const std::vector<Instant>& moments, Instant from, Instant to);
// SendCommand or all of AWS was out of reach, or the monitor was suspended.
bool hindered(const History& history, const Run& run, Instant from, Instant to);

// Of the calls that a fleet of that size makes in pages of fifty: one page for each fifty.
std::size_t pages_of(const History& history);

} // namespace simulation
