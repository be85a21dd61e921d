// What became of each instance, and of the whole run: plain data.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/ids.hpp"
#include "src/drain/model/action.hpp"
#include "src/drain/model/instance_line.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

enum class Outcome {
    pending,     // its command has not ended
    done,        // what was asked for holds, by the instance's own line and by the verification
    already,     // it held before anything was asked
    completed,   // SSM reports success, but no line came with it: what the workers do was not seen
    no_worker,   // no Sidekiq there; never counts as done
    busy,        // a worker runs a job and was left alone
    awake,       // quieted or stopped, and seen taking jobs afterwards
    asleep,      // woken, and seen not taking jobs afterwards
    booting,     // a worker is still starting: it takes jobs soon
    suspended,   // a worker's process is stopped by a signal, jobs and all
    failed,      // the script or SSM says so
    refused,     // SSM or the agent would not run it there
    timed_out,   // ran longer than the document allows, or was not fetched in time
    cancelled,   // somebody cancelled the command
    unreachable, // no SSM agent answers
    unknown,     // what its workers do could not be learnt
    gone,        // terminated or shutting down: nothing runs there
    off,         // stopped in EC2: nothing runs there
};

inline constexpr std::array all_outcomes{
    Outcome::pending,   Outcome::done,      Outcome::already,     Outcome::completed,
    Outcome::no_worker, Outcome::busy,      Outcome::awake,       Outcome::asleep,
    Outcome::booting,   Outcome::suspended, Outcome::failed,      Outcome::refused,
    Outcome::timed_out, Outcome::cancelled, Outcome::unreachable, Outcome::unknown,
    Outcome::gone,      Outcome::off};

// How an instance left EC2 (terminated or stopped) during a quiet or a stop, where jobs may be lost
// with it.
struct Leaving {
    std::optional<int>
        jobs; // that it ran when it answered last, one or more; none: it had never answered
};

struct InstanceResult {
    InstanceId id;
    std::string environment; // empty: not known
    Outcome outcome = Outcome::pending;
    std::string note; // one sentence; empty when the outcome says it all
    std::vector<Worker> workers;
    std::optional<Leaving> left = {}; // none: it did not leave, or ran no job when it answered last
};

enum class Verdict {
    done,            // it holds for every instance that there is
    partial,         // not everywhere: the report names where not
    nothing_matched, // no environment's name contains the pattern
    timed_out,       // the deadline came first
    cancelled,       // somebody cancelled the command in SSM
    interrupted,     // the monitor was told to end; the workers go on as told
    denied,          // AWS refused our credentials or rights
    refused,         // AWS refused the call itself, or what it needs is not there
    unavailable,     // AWS did not answer
};

// How a run of several regions ended in one of them.
struct RegionResult {
    std::string region_label;
    Verdict verdict = Verdict::done;
    std::string why;
    bool may_have_sent = false;
};

struct Report {
    // Of the action's commands, as last counted: instances.
    struct Counts {
        int completed = 0;
        int targeted = 0;
    };

    Action action = Action::quiet;
    Verdict verdict = Verdict::done;
    std::string why; // for a verdict that is not about instances: what happened
    std::vector<std::string> environments;
    std::vector<InstanceResult> instances;
    std::vector<std::string> unverified; // what could not be seen, one sentence each
    std::vector<std::string> warnings;
    std::vector<std::string> deploying = {}; // environments to which EB deploys at the end
    std::vector<std::string> on_pods = {};   // environments on EKS: nobody was told there
    bool may_have_sent = false;              // a command was sent, or may have been
    bool workers_were_asked =
        true; // false: done is what the commands said, not what workers do now
    Duration elapsed{};
    std::optional<Counts> last_counts = {}; // none: nothing was counted
    std::vector<RegionResult> regions = {}; // of several, each; of a run in one: none
};

// Instances that left EC2 while jobs may have run there.
struct LeftCounts {
    std::size_t with_jobs = 0;
    int jobs = 0; // that those ran
    std::size_t unanswered = 0;
};
LeftCounts count_left(const Report& report);

// Nothing that we know of runs there, or what was asked for holds.
bool is_success(Outcome outcome);
// Of these: nothing runs there.
constexpr bool is_gone(Outcome outcome) {
    return outcome == Outcome::gone || outcome == Outcome::off;
}

// "eu-west-1: …", of what is told of that region; as it was where there is one region, which has no
// name.
std::string prefix_region(const std::string& region, const std::string& sentence);

} // namespace snow_white::drain
