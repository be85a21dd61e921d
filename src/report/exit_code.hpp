// Every way in which the program ends. Documented in docs/operations.md; scripts rely on these
// numbers.
#pragma once

#include "src/drain/model/report.hpp"

#include <string_view>

namespace snow_white::report {

enum class ExitCode {
    done = 0, // what was asked for holds everywhere (or, after a launch without --wait: the task is
              // submitted)
    partial = 1,         // not everywhere; the report names where not
    usage = 2,           // bad input; nothing was sent
    nothing_matched = 3, // no environment matches; nothing was sent
    refused = 4,         // AWS refuses, or something of the stack or the cluster is not there
    timed_out = 5,       // the deadline came first
    denied = 6,          // credentials or rights are missing
    cancelled = 7,       // somebody cancelled the command, or did not say yes to a stop
    interrupted = 8,     // told to end by a signal; the workers go on as told
    unavailable = 9,     // AWS does not answer
    internal = 70,       // a bug of ours (EX_SOFTWARE of sysexits.h)
};

ExitCode code_of(drain::Verdict verdict);

// For programs: --json's word for it.
std::string_view name_of(ExitCode code);

} // namespace snow_white::report
