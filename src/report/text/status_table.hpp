// What each worker does now, as a table. In: the fleet, and what each instance answered to the
// status document. Out: a row for each worker, and for each instance that has none or did not
// answer; what holds up an action is on top. An instance that did not answer is unknown, never
// idle. Pure.
#pragma once

#include "src/drain/model/event.hpp"
#include "src/fleet/model/snapshot.hpp"
#include "src/report/text/summary.hpp"

#include <array>

namespace snow_white::report {

struct InstanceStatus {
    fleet::Instance instance;
    bool answered = false; // for all of its workers
    std::string why_not;   // a sentence; empty when it answered
    std::string host = {}; // its hostname; empty: not known
    std::vector<drain::RunningScript> scripts = {};
    std::vector<drain::Worker> workers = {};
};

// Sorted by environment and id. An instance that answered and is not in the fleet's list is added.
std::vector<InstanceStatus> statuses_of(const fleet::FleetSnapshot& fleet,
                                        const std::vector<drain::InvocationResult>& answers);

// In the order of the rows: what holds up an action first. No worker: no Sidekiq was found. Down:
// EC2 has stopped the instance or is terminating it.
enum class RowState { unknown, running, booting, suspended, no_worker, quiet, idle, stopped, down };
inline constexpr std::size_t row_states = 9;
std::string_view name_of(RowState state);
std::string_view text_for(RowState state); // of a change: "became idle"

struct StatusRow {
    fleet::Instance instance;
    RowState state = RowState::unknown;
    std::optional<drain::Worker> worker = {}; // none: the row is about the instance
    std::string why = {};                     // a sentence, where there is no worker
};

// Sorted by state, then by running jobs, the most first, then by environment and id.
std::vector<StatusRow> status_rows(const std::vector<InstanceStatus>& statuses);

// How many rows, from `first` on, are in each state.
std::array<std::size_t, row_states> count_states(const std::vector<StatusRow>& rows,
                                                 std::size_t first = 0);
// "5 quiet, 12 idle"; the states of the rows, in their order.
std::vector<std::string> state_counts(const std::array<std::size_t, row_states>& counts);

// The columns in the order of their value for a person.
enum class StatusColumn { state, busy, instance, environment, since, worker, agent, version, zone };
using StatusWidths = std::array<std::size_t, 9>; // for each column: that of its widest cell

struct TableFormat {
    // Of the terminal: the first columns that fit, each with a limit to its width. None: all of
    // them, in the order that a pipe has always had.
    std::optional<std::size_t> width = {};
    // SINCE is an age at this time. None: a timestamp.
    std::optional<Instant> ages_at = {};
    StatusWidths at_least = {}; // so that no column is narrower than in an earlier table
};

StatusWidths widths_of(const std::vector<StatusRow>& rows, const TableFormat& format);
// A heading, and a line for each row. A reason ends its line and may be longer than the terminal is
// wide.
std::vector<std::string> status_table(const std::vector<StatusRow>& rows,
                                      const TableFormat& format = {});
// On how many instances a script still runs, for each action: "a quiet still runs on 2 instances"
std::vector<std::string> running_scripts(const std::vector<InstanceStatus>& statuses);
// "3 workers on 3 instances: 2 running, 1 idle; 4 jobs running; a quiet still runs on 2; unknown: 1
// instance"
std::string status_sentence(const std::vector<InstanceStatus>& statuses);

// "40 s", "12 min", "5 h 47 min", "3 d 4 h"
std::string age_text(Duration age);

// It answered, or EC2 says that nothing runs there.
bool is_known(const InstanceStatus& status);

} // namespace snow_white::report
