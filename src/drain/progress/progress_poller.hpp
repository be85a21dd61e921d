// For people who look at the progress while a drain waits: what is asked for them, and what they
// are shown. It reads the drain's state and never changes it: nothing is decided by what it learns.
// What it hears of jobs the loop hands to the reducer's note_heard(), for the words about an
// instance that leaves.
//   cost, whatever the fleet's size: the results once after each change, a page for each fifty
//   instances and no more than twelve pages a minute; the status document each half minute to at
//   most fifty of those that still run, with four calls each time; where documents download the
//   script, to at most five, and no more than twenty instances an hour. Where nobody looks:
//   nothing.
#pragma once

#include "src/drain/machine/state.hpp"

namespace snow_white::drain {

class ProgressPoller {
public:
    // What is to be asked now, while the drain sleeps.
    std::optional<Effect> due(const State& state, Now now);

    // The response to it, a failure among them.
    void apply(const State& state, const Response& response, Now now);

    // The jobs that instances have told of since this was asked last: for note_heard().
    std::map<InstanceId, JobCount> take_heard();

    // The progress, where it differs from what was returned last.
    std::optional<ProgressSnapshot> changed_snapshot(const State& state, Now now);

    struct InstanceProgress {
        InstanceFinding finding;
        std::optional<Instant> requested; // when SSM was given the command
    };
    struct PolledProgress {
        std::map<InstanceId, InstanceProgress> seen; // by the results that were read
        std::map<InstanceId, JobCount> jobs;
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
    std::map<InstanceId, JobCount> heard_;
    Request request_ = Request::none;     // what the next response is to
    std::pair<int, int> read_at_{-1, -1}; // completed and targeted then
    Duration next_results_{};
    Duration next_status_{};
    std::optional<CommandId> status_command_; // its answers are awaited
    int status_reads_ = 0;                    // of these answers
    Duration next_status_read_{};
    bool carries_script_ = false; // the stack's documents do, by the results that were read
    bool reads_results_ = true;   // false once AWS has shown that it will not
    bool asks_status_ = true;
    std::optional<ProgressSnapshot> last_;
};

} // namespace snow_white::drain
