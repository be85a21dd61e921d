// What Sidekiq's Redis says, in sentences. In: a snapshot, or two that follow one another. Out: a
// line of sums, what to know beside it, and what is different. Pure.
#pragma once

#include "src/sidekiq/model/snapshot.hpp"

#include <string>
#include <vector>

namespace snow_white::report {

struct RedisCounts {
    std::size_t hosts = 0; // of the processes that are alive
    std::size_t quiet = 0;
    std::size_t embedded = 0;
    std::size_t waiting_queues = 0; // queues in which a job waits
    std::int64_t waiting = 0;       // jobs in queues
};
RedisCounts counts_of(const sidekiq::Snapshot& snapshot);

// "12 jobs run in 5 processes on 3 hosts; 40 wait in 2 queues (default 38, mailers 2); 7 scheduled,
// 2 to be tried again, 0 dead"
std::string jobs_sentence(const sidekiq::Snapshot& snapshot);

// "12 jobs run", "40 wait", …: the same for a line with little room.
std::vector<std::string> brief_jobs_sums(const sidekiq::Snapshot& snapshot);

// A sentence each: who is quiet and who takes jobs, embedded processes, dead ones, what was left
// out, and of many jobs how many are of which class.
std::vector<std::string> jobs_notes(const sidekiq::Snapshot& snapshot);

// "12 ReportJob, 5 ImportJob, and 3 of 2 other classes": of the jobs from `first` on.
std::string class_counts(const sidekiq::Snapshot& snapshot, std::size_t first = 0);

struct JobsChanges {
    std::string marks;    // for each job of the later snapshot '+': new; ' ': as before
    std::string sentence; // "since 12:00:00: 3 jobs ended, 2 began, 9 fewer wait"
};
JobsChanges changes_between(const sidekiq::Snapshot& before, const sidekiq::Snapshot& now);

} // namespace snow_white::report
