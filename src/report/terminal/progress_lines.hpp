// The lines of the progress screen. In: what is known of a run, a time and a width. Out: texts that
// have the most important words on any width. All are ASCII, or become it. Pure.
#pragma once

#include "src/drain/model/progress_snapshot.hpp"
#include "src/report/terminal/alternate_screen.hpp"
#include "src/report/text/summary.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::report {

// "NOT YET quiet and idle: NOT SAFE to go on"
std::string verdict_line(drain::Action action, std::size_t width);

// How many are as asked, and how many have finished, where SSM knows more than the workers said.
std::string count_line(const std::optional<drain::ProgressSnapshot>& snapshot, drain::Action action,
                       std::size_t width);

// "at least 9 jobs running"; empty: not known. By Sidekiq's Redis, where that names jobs.
std::string running_line(const drain::ProgressSnapshot& snapshot, std::size_t width);

// `begun`: for want of a snapshot.
std::string time_line(const std::optional<drain::ProgressSnapshot>& snapshot, Instant begun,
                      Instant now, std::size_t width);

// What Ctrl-C does. A task and what was sent continue without the terminal.
std::string interruption_line(const RunInfo& run_info,
                              const std::optional<drain::ProgressSnapshot>& snapshot);

// The command that ends the run, as it can be pasted, on as many lines as it needs. Empty: it does
// not fit.
std::vector<std::string> cancel_lines(const RunInfo& run_info, const Screen& screen);

// Of an instance: the id always, then what is known, the environment, the time since its command.
// `has_other_counts`: Redis's newer counts stand beside it, so that its own count has its age.
std::string unfinished_line(const drain::UnfinishedInstance& one, bool has_other_counts,
                            Instant now, std::size_t width);

// Of a job: its class always, then its age, the instance, the class's module, the queue.
std::string named_job_line(const drain::JobLeft& job, Instant now, std::size_t width);

// "and 30 more: 28 ImportJob, 2 ReportJob": the jobs beyond the first `shown`.
std::string more_jobs_line(const drain::SidekiqView& view, std::size_t shown, std::size_t width);

} // namespace snow_white::report
