// What to do after a report: words, and the command to type next. Pure.
#pragma once

#include "src/report/text/summary.hpp"

namespace snow_white::report {

Next next_step(const drain::Report& report, const Subject& subject);

} // namespace snow_white::report
