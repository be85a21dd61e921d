// The progress of a drain at one moment: plain data for the terminal, Slack and --json. Its size is
// bounded whatever the fleet's size: a task logs it as one line.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/ids.hpp"
#include "src/drain/model/action.hpp"
#include "src/drain/model/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

enum class Stage {
    discovering, // nothing is sent yet
    waiting,     // for the action's commands
    verifying,   // for the answers of a verification
};

struct EnvironmentProgress {
    std::string name; // empty: not known
    std::size_t instances = 0;
    std::size_t as_asked = 0; // by their own answers
    std::size_t gone = 0;     // terminated or stopped in EC2; as_asked does not count them

    std::size_t not_as_asked() const { return instances - as_asked - gone; }
    bool operator==(const EnvironmentProgress&) const = default;
};

// An instance that is not as asked, or not known to be.
struct UnfinishedInstance {
    InstanceId id;
    std::string environment; // empty: not known
    Outcome outcome = Outcome::pending;
    Instant since{}; // when SSM got its command, by SSM's clock; if not known: the run's start
    std::optional<JobCount> last_count; // none: not known
    bool operator==(const UnfinishedInstance&) const = default;
};

// Somebody has to look at it: it failed, or does not answer.
inline bool is_trouble(const UnfinishedInstance& one) {
    return one.outcome != Outcome::pending;
}

struct ProgressSnapshot {
    static constexpr std::size_t most_environments = 40;
    static constexpr std::size_t most_unfinished = 40;

    Action action = Action::quiet;
    Stage stage = Stage::discovering;
    Instant begun{}; // the run's start
    Instant deadline{};
    int completed = 0; // instances whose command of this stage has ended, whatever its result
    int targeted = 0;
    EnvironmentProgress all;                       // of the whole fleet; its name is empty
    std::vector<EnvironmentProgress> environments; // unfinished ones first, then by name
    std::size_t omitted_environments = 0;          // not listed
    // Those in trouble first, then those with most jobs; `all` has their number.
    std::vector<UnfinishedInstance> unfinished;
    int jobs = 0;            // of all unfinished instances whose job count is known
    std::size_t counted = 0; // the number of those instances
    SidekiqView sidekiq = {};
    bool operator==(const ProgressSnapshot&) const = default;
};

// Sorts both lists, and shortens them to their limits. Of instances in trouble or with as many jobs
// the longest are first, by whole seconds; those whose jobs are not known are last.
void trim(ProgressSnapshot& snapshot);

} // namespace snow_white::drain
