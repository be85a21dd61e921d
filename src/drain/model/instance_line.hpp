// The one JSON line by which an instance tells about its workers: docs/instance-line.md has the
// format. It comes from outside: what does not fit is no line at all, never half a line.
#pragma once

#include "src/base/clock.hpp"
#include "src/drain/model/action.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

enum class WorkerState { booting, suspended, running, quiet, idle, stopped };

struct Worker {
    int pid = 0; // 0: no process, or one that did not fit into the line
    std::string unit;
    std::string version; // Sidekiq's
    int busy =
        0; // jobs running; of those that did not fit the first has the jobs of all in its state
    int of = 0; // threads
    WorkerState state = WorkerState::running;
    // By the host's clock, of those that a status listed; none: nobody knows.
    std::optional<Instant> since = {};
    // Of one in a container of Docker; empty, 0: not known.
    std::string container = {};
    int pid_inside = 0;
};

// A script of Snow White that acts there beside the one that answers.
struct RunningScript {
    Action action = Action::quiet;
    int pid = 0;
};

enum class InstanceOutcome { done, no_worker, busy, failed };

struct InstanceLine {
    InstanceOutcome outcome = InstanceOutcome::failed;
    std::string
        action; // what the script was told: "quiet", "wake", "stop", "status"; empty: not known
    std::string note;
    std::string host;                   // its name; empty: not known, or an older script
    std::vector<RunningScript> scripts; // empty: none, or an older script
    bool already = false;               // it held before the script did anything
    std::vector<Worker> workers;        // those that did not fit, too, when their states are told
    int omitted_workers = 0;            // workers of which nothing is known
};

// It is what a document that tells the script this would print.
bool is_answer_to(const InstanceLine& line, std::string_view action);

// The jobs that an instance ran when it answered last, by wall time.
struct JobCount {
    int jobs = 0;
    Instant at{};
    bool operator==(const JobCount&) const = default;
};

// `output`: the step's whole output, as SSM joins it: standard output, a title, standard error.
// The last line of standard output that is not blank counts.
std::optional<InstanceLine> parse_instance_line(const std::string& output);

// Of an output without such a line, the last words that say why; empty when there are none.
std::string last_output_line(const std::string& output);

std::string_view name_of(WorkerState state);

// That these run now.
int count_jobs(const std::vector<Worker>& workers);

} // namespace snow_white::drain
