// How a command ends: from an error of AWS's to a verdict, and from a verdict to the exit code.
#pragma once

#include "src/aws/result.hpp"
#include "src/cli/exit_code.hpp"
#include "src/drain/model/report.hpp"

namespace snow_white::cli {

drain::Verdict verdict_of(aws::ErrorKind kind);
ExitCode code_of(drain::Verdict verdict);

} // namespace snow_white::cli
