// SSM commands, as the drain knows them: plain data.
#pragma once

#include "src/base/ids.hpp"
#include "src/drain/model/instance_line.hpp"
#include "src/drain/model/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

enum class Purpose { act, verify }; // the action's document; the read-only status document

// One command to be sent. One of the two lists is empty.
struct CommandSpec {
    Purpose purpose = Purpose::act;
    std::vector<std::string> environments;
    std::vector<InstanceId> instances;
};

// SSM's counts of one command, in instances. Its lists may be behind them (see CommandResults).
struct CommandProgress {
    int targeted = 0;
    int completed = 0;
    bool over = false;
    bool known = true;       // false: SSM has no such command; it lists a new one seconds later
    bool cancelling = false; // SSM cancels it; where an agent is away, for days
    bool operator==(const CommandProgress&) const = default;
};

// A command of the stack's documents that SSM lists, whoever sent it.
struct InFlightCommand {
    enum class Stage { running, cancelling, over };

    CommandId id;
    Action action = Action::quiet;
    std::vector<std::string> environments; // one of the two lists is empty
    std::vector<InstanceId> instances;
    Stage stage = Stage::running;
    std::optional<Instant> requested = {}; // by SSM's clock; none: SSM did not say
    CommandProgress progress = {};
};

// How an invocation has ended, as SSM says it.
enum class InvocationEnd {
    pending, // not yet
    succeeded,
    failed,
    refused, // SSM or the agent would not run it
    timed_out,
    cancelled,
    not_begun,   // an earlier batch of the command failed, so that SSM ended it
    unreachable, // not delivered, and nobody can be asked
    undelivered, // SSM calls it undelivered, and it may have run all the same
};

// One invocation: a command on one instance.
struct InvocationResult {
    InstanceId id;
    InvocationEnd end = InvocationEnd::pending;
    std::string detail;                    // SSM's own word for the end (StatusDetails)
    std::optional<InstanceLine> line;      // what the instance says about its workers
    std::string last_output;               // where there is no line or no success
    std::optional<Instant> requested = {}; // by SSM's clock; none: SSM did not say
    bool carries_script = false;           // no step of the document downloads it; false: not known
};

struct CommandResults {
    CommandId id;
    bool known = true; // false: SSM has no such command any more
    std::vector<InvocationResult> invocations;
};

} // namespace snow_white::drain
