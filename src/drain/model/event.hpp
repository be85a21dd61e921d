// What a drain reports while it runs: plain data. The last event of a run is its Report.
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
    bool adopted = false;          // it was in flight already: nothing was sent
    std::string region_label = {}; // empty in a run of one region
};

// The counts of all commands of that purpose together, in instances.
struct ProgressChanged {
    Purpose purpose = Purpose::act;
    int completed = 0;
    int targeted = 0;
};

struct Notice {
    std::string what;
    bool important = false; // also for people who do not watch: by Slack
    bool heartbeat = false; // nothing has happened: the run still waits
};

// A ProgressSnapshot comes only where somebody watches the live progress. A SidekiqView comes when
// Sidekiq's Redis says something else than before.
using Event = std::variant<FleetDiscovered, CommandStarted, ProgressChanged, Notice,
                           ProgressSnapshot, SidekiqView, Report>;

} // namespace snow_white::drain
