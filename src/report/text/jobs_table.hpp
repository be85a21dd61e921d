// The running jobs of Sidekiq's Redis as a table. In: a snapshot. Out: a heading, and a line for
// each job, the longest-running first. Pure.
#pragma once

#include "src/sidekiq/model/snapshot.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::report {

// The columns in the order of their value for a person. Where: "HOST:PID" of the process.
enum class JobColumn { age, class_name, queue, where, id };
using JobWidths = std::array<std::size_t, 5>; // for each column: that of its widest cell

struct JobsFormat {
    // Of the terminal: the first columns that fit, each with a limit to its width, and the job's
    // age. None: all of them, with the time at which the job began.
    std::optional<std::size_t> width = {};
    std::size_t most_rows = std::numeric_limits<std::size_t>::max();
    JobWidths at_least = {}; // so that no column is narrower than in an earlier table
};

JobWidths widths_of(const sidekiq::Snapshot& snapshot, const JobsFormat& format);
std::vector<std::string> jobs_table(const sidekiq::Snapshot& snapshot,
                                    const JobsFormat& format = {});

// The process that runs the job; null: it is not among the snapshot's.
const sidekiq::Process* process_of(const sidekiq::RunningJob& job,
                                   const sidekiq::Snapshot& snapshot);

} // namespace snow_white::report
