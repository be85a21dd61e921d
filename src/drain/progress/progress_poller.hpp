// Live progress for people who watch a run. In: the drain's state, and the answers to the poller's
// own calls, which it makes while the drain sleeps. Out: snapshots. It never changes the state, and
// the reducer decides nothing by what the poller reads: the loop passes the job counts to
// note_job_counts() for the notice when an instance leaves.
//   Calls, whatever the fleet's size: after each change of the counts the results are read, a page
//   for each fifty instances and at most twelve pages a minute. Each half minute the status
//   document is sent to at most fifty unfinished instances, four calls each time. Where documents
//   download the script, it is sent to at most five, and to at most twenty instances an hour. Where
//   nobody watches there are none.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

class ProgressPoller {
public:
    // The next call, if one is due.
    std::optional<Effect> due(const State& state, Now now);

    // The response to that call, or its failure.
    void apply(const State& state, const Response& response, Now now);

    // The job counts since the last call of this function.
    std::map<InstanceId, JobCount> take_job_counts();

    // None: it equals the previous one.
    std::optional<ProgressSnapshot> changed_snapshot(const State& state, Now now);

    struct InstanceProgress {
        InstanceFinding finding;
        std::optional<Instant> requested; // when SSM got the command, by its clock
        CommandId command = {};           // whose result this is
    };
    struct PolledProgress {
        std::map<InstanceId, InstanceProgress> instances; // by the results
        std::map<InstanceId, JobCount> jobs;              // by the status document
    };

private:
    enum class Request { none, results, status, jobs };

    std::optional<Effect> read_results(const State& state, Now now);
    std::optional<Effect> ask_status(const State& state, Now now);
    void apply_results(const State& state, const std::vector<CommandResults>& results);
    void apply_jobs(const std::vector<CommandResults>& results, Now now);
    void apply_failure(const CallFailure& failure, Now now);
    std::vector<InstanceId> instances_to_ask(const State& state) const;

    PolledProgress polled_;
    std::map<InstanceId, JobCount> counted_;
    Request request_ = Request::none;     // what the next response answers
    std::pair<int, int> read_at_{-1, -1}; // completed and targeted when results were read
    Duration next_results_{};
    Duration next_status_{};
    std::optional<CommandId> status_command_; // its answers are awaited
    int status_reads_ = 0;                    // of its answers
    Duration next_status_read_{};
    bool carries_script_ = false; // by the results, the stack's documents carry the script
    bool reads_results_ = true;   // false: AWS has denied or refused it
    bool asks_status_ = true;     // the same
    std::optional<ProgressSnapshot> last_;
};

// The snapshot of a state and of what the poller has read (progress_builder.cpp). Pure.
ProgressSnapshot build_snapshot(const State& state, const ProgressPoller::PolledProgress& polled,
                                Now now);

} // namespace snow_white::drain
