// The promises of docs/design.md that a run's own log can show, and their numbers. In: a run's log.
// Out: each promise that it breaks. The simulation judges by the same functions; what it knows
// beside the log is `Known`.
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

// What a log does not show. Of a real run nothing of it is known.
struct Known {
    std::optional<Instant> begun = {}; // known: it is a drain, whatever it has told
    std::optional<Instant> ended = {};
    std::optional<Duration> timeout = {};
    std::vector<Suspension> suspensions = {};
    std::vector<Instant> failed_calls = {}; // to AWS
    bool has_calls = false;                 // false: nobody knows which calls failed, or whether
    bool killed = false;                    // it could not report
};

struct Breach {
    std::string promise; // "b", "x4"
    std::string what;    // with words of the log in it, as they came: not fit for a terminal yet
    const Event* event =
        nullptr; // at which it shows; a part of the run's log; null: the log is empty
};

std::vector<Breach> judge(const RunLog& run, const Known& known = {});

// These words of a drain say that AWS does not answer, or refuses for now.
bool tells_of_outage(std::string_view words);

// The promises that this run's log has let us judge: not all are shown by every log.
std::vector<std::string> judged(const RunLog& run);

// One row for each promise of docs/design.md, in its order: whether a log can show it, and by what;
// else why not.
struct Visible {
    std::string_view promise;
    bool shown = false;
    std::string_view why;
};
const std::vector<Visible>& visible_promises();

} // namespace snow_white::promises
