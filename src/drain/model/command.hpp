// SSM commands, as the drain knows them.
#pragma once

#include "src/base/ids.hpp"
#include "src/drain/model/instance_line.hpp"
#include "src/drain/model/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

enum class Purpose { act, verify }; // the action's document; the read-only status document

// One SSM command to be sent: which document, to whom. One of the two lists is empty.
struct CommandSpec {
    Purpose purpose = Purpose::act;
    std::vector<std::string> environments;
    std::vector<InstanceId> instances;
};

// What SSM counts of one command. Its lists may lag behind its counts (see CommandResults).
struct CommandProgress {
    int targeted = 0;
    int completed = 0;
    bool over = false;
    bool known = true; // false: SSM has no such command (a new one may take a while to show)
    bool operator==(const CommandProgress&) const = default;
};

// A command of the stack's that SSM knows, whoever sent it.
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

// One instance's part of a command.
struct InvocationResult {
    InstanceId id;
    Outcome end = Outcome::pending;        // done here means: SSM reports success
    std::string detail;                    // SSM's own word for the end
    std::optional<InstanceLine> line;      // what the instance said of its workers
    std::string last_output;               // where there is no line or no success
    std::optional<Instant> requested = {}; // when SSM was given the command; none: not told
    bool carries_script = false; // the document: no step of it downloads one; false: not told
};

struct CommandResults {
    CommandId id;
    bool known = true; // false: SSM has no such command any more
    std::vector<InvocationResult> invocations;
};

} // namespace snow_white::drain
