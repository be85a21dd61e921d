// The promises of docs/design.md that a run's log can show. In: a run's log, and in the simulation
// what is known beside it (`Known`). Out: each promise that the run breaks.
#pragma once

#include "src/promises/run_log.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snow_white::promises {

struct Suspension { // of the monitor's process
    Instant from{};
    Instant until{};
};

// What a log does not show: empty for a real run.
struct RunContext {
    std::optional<Instant> begun = {}; // then the run is a drain, whatever its log says
    std::optional<Instant> ended = {};
    std::optional<Duration> timeout = {};
    std::vector<Suspension> suspensions = {};
    std::vector<Instant> failed_calls = {}; // to AWS
    bool has_calls = false;                 // false: which calls failed is not known
    bool killed = false;                    // the process was: it could not report
};

struct Breach {
    std::string promise;          // "b", "x4"
    std::string what;             // may quote the log, so any bytes: not fit for a terminal
    const Event* event = nullptr; // of the run's log, where it shows; null: the log is empty
};

std::vector<Breach> find_breaches(const RunLog& run, const RunContext& known = {});

// The text of an event says that AWS does not answer, or denies for now.
bool mentions_outage(std::string_view words);

// The promises that this log can show: not every log shows all.
std::vector<std::string> checked_promises(const RunLog& run);

// A row for each promise of docs/design.md, in the same order: whether a log can show it, and how,
// or why not.
struct Visible {
    std::string_view promise;
    bool shown = false;
    std::string_view why;
};
const std::vector<Visible>& visible_promises();

} // namespace snow_white::promises
