// What to do after a report: words, and the command to type next. Pure.
#pragma once

#include "src/report/text/summary.hpp"

namespace snow_white::report {

NextStep next_step(const drain::Report& report, const RunInfo& run_info);

} // namespace snow_white::report
