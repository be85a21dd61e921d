// What is told while a drain goes on. The last event of a run is its Report.
#pragma once

#include "src/drain/model/command.hpp"
#include "src/drain/model/progress_snapshot.hpp"
#include "src/fleet/model/snapshot.hpp"

#include <variant>

namespace snow_white::drain {

struct FleetDiscovered {
    std::vector<fleet::Environment> environments;
    std::optional<std::size_t> instances; // none: unknown
};

struct CommandStarted {
    CommandSpec spec;
    CommandId id;
    bool joined = false;           // it was in flight already: nothing was sent
    std::string region_label = {}; // of a run in several: where
};

// The commands of that purpose, summed up.
struct ProgressChanged {
    Purpose purpose = Purpose::act;
    int completed = 0;
    int targeted = 0;
};

struct Notice {
    std::string what;
    bool important = false; // worth a message to people who are not looking
    bool heartbeat = false; // a sign of life: nothing has happened
};

// ProgressSnapshot: only where somebody looks at the live progress.
using Event = std::variant<FleetDiscovered, CommandStarted, ProgressChanged, Notice,
                           ProgressSnapshot, Report>;

} // namespace snow_white::drain
