// The end of a run: its verdict, and the outcome of each instance. Plain data.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/ids.hpp"
#include "src/drain/model/instance_line.hpp"
#include "src/drain/model/sidekiq_view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

// An instance that EC2 terminated or stopped during a quiet or a stop, where jobs may be lost.
struct Leaving {
    std::optional<int> jobs; // in its last answer, one or more; none: it had never answered
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
    done,            // every instance is as asked
    partial,         // not everywhere: the report names where not
    nothing_matched, // no environment's name contains the pattern
    timed_out,       // the deadline came first
    cancelled,       // somebody cancelled the command in SSM
    interrupted,     // the monitor got a signal to end; the workers go on
    denied,          // AWS refused our credentials or rights
    refused,         // AWS refused the call itself, or what it needs is not there
    unavailable,     // AWS did not answer
};

// The end of one region, in a run of several.
struct RegionResult {
    std::string region_label;
    Verdict verdict = Verdict::done;
    std::string why;
    bool may_have_sent = false;
    bool is_send_unknown = false;
};

struct Report {
    // The latest counts of the action's commands, in instances.
    struct Counts {
        int completed = 0;
        int targeted = 0;
    };

    Action action = Action::quiet;
    Verdict verdict = Verdict::done;
    std::string why; // what happened, for a verdict that is not about instances
    std::vector<std::string> environments;
    std::vector<InstanceResult> instances;
    std::vector<std::string> unverified; // what AWS did not show, one sentence each
    std::vector<std::string> warnings;
    std::vector<std::string> deploying = {}; // environments to which EB deploys at the end
    std::vector<std::string> on_pods = {};   // environments on EKS, which got no command
    bool may_have_sent = false;              // a command was sent, or its answer was lost
    bool is_send_unknown = false;            // all that may have been sent are lost answers
    bool is_stack_unknown = false;  // it is not deployed there under the name that was asked
    bool workers_were_asked = true; // false: done is by the commands' results alone
    Duration elapsed{};
    // A success of this region, as elapsed time: when its workers were asked, and until when it
    // stands; none: it is no success.
    struct Validity {
        Duration asked{};
        Duration until{};
    };
    std::optional<Validity> validity = {};
    std::optional<Counts> last_counts = {}; // none: SSM counted nothing
    std::vector<RegionResult> regions = {}; // empty in a run of one region
    SidekiqView sidekiq = {};
    Instant ended{}; // wall time
};

// Instances that left EC2 while jobs may have run there.
struct LeftCounts {
    std::size_t with_jobs = 0;
    int jobs = 0; // of those
    std::size_t unanswered = 0;
};
LeftCounts count_left(const Report& report);

// "eu-west-1: …"; unchanged in a run of one region, whose label is empty.
std::string prefix_region(const std::string& region, const std::string& sentence);

} // namespace snow_white::drain
