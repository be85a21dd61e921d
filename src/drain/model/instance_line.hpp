// The JSON line that an instance prints about its workers; docs/instance-line.md has the format.
// In: the output of a step, any bytes. Out: the line's data. A line that does not fit the format in
// any part is none.
#pragma once

#include "src/base/clock.hpp"
#include "src/drain/model/action.hpp"
#include "src/drain/model/outcome.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snow_white::drain {

enum class WorkerState { booting, suspended, running, quiet, idle, stopped };

struct Worker {
    int pid = 0; // 0: no process, or one that did not fit into the line
    std::string unit;
    std::string version; // Sidekiq's
    // Running jobs. Of workers that did not fit, the first has the jobs of all in its state.
    int busy = 0;
    int threads = 0;
    WorkerState state = WorkerState::running;
    // In this state since then, by the host's clock; only in a status. None: not known.
    std::optional<Instant> since = {};
    std::string container = {}; // Docker's; empty: in none, or not known
    int pid_inside = 0;         // in its own pid namespace; 0: that is `pid`, or not known
    // How Sidekiq calls its host in Redis. Empty: not known. Any user of that host can choose it.
    std::string redis_host = {};
};

// A script of Snow White that runs there beside the one that answers.
struct RunningScript {
    Action action = Action::quiet;
    int pid = 0;
};

struct InstanceLine {
    Outcome outcome = Outcome::failed; // done, no_worker, busy or failed
    std::string action; // the script's argument: an action or "status"; empty: not known
    std::string note;
    std::string host;                   // its name; empty: not known, or an older script
    std::vector<RunningScript> scripts; // empty: none, or an older script
    bool already = false;               // what was asked for held before the script did anything
    std::vector<Worker> workers; // also those that did not fit, when the line has their states
    int omitted_workers = 0;     // workers of which only the number is known
};

// A script with this argument prints such a line.
bool is_answer_to(const InstanceLine& line, std::string_view action);

// The jobs that an instance ran when it answered last.
struct JobCount {
    int jobs = 0;
    Instant at{}; // wall time
    bool operator==(const JobCount&) const = default;
};

// `output`: the step's whole output, as SSM joins it: standard output, a title, standard error. The
// last line of standard output that is not blank counts.
std::optional<InstanceLine> parse_instance_line(const std::string& output);

// The last line of an output without such a line: it says why there is none. Empty: no output.
std::string last_output_line(const std::string& output);

std::string_view name_of(WorkerState state);

int count_jobs(const std::vector<Worker>& workers);

} // namespace snow_white::drain
