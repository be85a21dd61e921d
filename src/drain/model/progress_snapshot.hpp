// Where a drain stands at a moment, for whoever looks on. Plain data, all that a picture needs, and
// of a bounded size whatever the fleet's: a task logs it as one line.
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
    discovering, // who is there: nothing is sent yet
    waiting,     // told; those that have not ended are waited for
    verifying,   // each worker is asked what it does now
};

struct EnvironmentProgress {
    std::string name; // empty: not known
    std::size_t instances = 0;
    std::size_t as_asked = 0; // by their own word
    std::size_t gone = 0;     // of them: terminated or stopped in EC2, nothing runs there

    std::size_t not_as_asked() const { return instances - as_asked - gone; }
    bool operator==(const EnvironmentProgress&) const = default;
};

// An instance that is not as asked, or not known to be.
struct UnfinishedInstance {
    InstanceId id;
    std::string environment; // empty: not known
    Outcome outcome = Outcome::pending;
    Instant since{}; // when SSM was given its command; where SSM does not say, the run's start
    std::optional<JobCount> heard; // none: not known
    bool operator==(const UnfinishedInstance&) const = default;
};

struct ProgressSnapshot {
    static constexpr std::size_t most_environments = 40;
    static constexpr std::size_t most_unfinished = 40;

    Action action = Action::quiet;
    Stage stage = Stage::discovering;
    Instant begun{}; // the run
    Instant deadline{};
    int completed =
        0; // of `targeted`: instances whose command of this stage has ended, however it did
    int targeted = 0;
    EnvironmentProgress all;                       // its name is empty
    std::vector<EnvironmentProgress> environments; // those that are not through first, then by name
    std::size_t omitted_environments = 0;          // than those listed
    std::vector<UnfinishedInstance> unfinished; // the longest first; `all` says how many there are
    int jobs = 0;          // running on those of all unfinished that were heard …
    std::size_t heard = 0; // … which are so many
    bool operator==(const ProgressSnapshot&) const = default;
};

// In their order, and no more of them than there is room for.
void trim(ProgressSnapshot& standing);

} // namespace snow_white::drain
