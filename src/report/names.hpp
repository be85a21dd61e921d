// How the program can end, and the names of what a run reports. In: a verdict, an outcome, a stage.
// Out: the process's exit code (docs/operations.md lists the numbers; scripts rely on them), and
// the names in --json (docs/json-lines.schema.json lists them; they do not change when the messages
// to people do).
#pragma once

#include "src/drain/model/progress_snapshot.hpp"

#include <optional>
#include <string_view>

namespace snow_white::report {

enum class ExitCode {
    // What was asked for holds everywhere; or, after a launch without --wait, ECS has the task.
    done = 0,
    partial = 1,         // not everywhere; the report names where not
    usage = 2,           // wrong input; nothing was sent
    nothing_matched = 3, // no environment matches; nothing was sent
    refused = 4,         // AWS refuses, or a part of the stack or the cluster does not exist
    timed_out = 5,       // the deadline passed
    denied = 6,          // credentials or rights are missing
    cancelled = 7,       // somebody cancelled the command, or did not confirm a stop
    interrupted = 8,     // a signal ended the monitor; the workers carry out their commands
    unavailable = 9,     // AWS does not answer, or Redis
    internal = 70,       // a bug of ours (EX_SOFTWARE of sysexits.h)
    unwritten = 74,      // the output could not be written (EX_IOERR); else it would have been 0
};

ExitCode code_of(drain::Verdict verdict);

// The name in --json. A number that is no exit code of ours has the name of `internal`.
std::string_view name_of(ExitCode code);
std::string_view key_of(drain::Verdict verdict); // that of its exit code
std::string_view key_of(drain::Outcome outcome);
std::string_view key_of(drain::Stage stage);
std::string_view key_of(drain::SidekiqView::Source source);

// For people; docs/operations.md says what each means and what to do.
std::string_view text_for(drain::Outcome outcome);

// None for an unknown name.
std::optional<ExitCode> code_of_verdict(std::string_view key);
std::optional<drain::Outcome> outcome_of(std::string_view key);
std::optional<drain::Stage> stage_of(std::string_view key);
std::optional<drain::SidekiqView::Source> sidekiq_source_of(std::string_view key);

} // namespace snow_white::report
