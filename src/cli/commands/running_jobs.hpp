// The jobs that run now, for the question before a stop. In: a region and its fleet. Out: a line
// for the person: the application, the profile, the region, and the number of jobs, or why it is
// not known. It sends the read-only status document and nothing else.
#pragma once

#include "src/cli/session/aws_session.hpp"
#include "src/cli/session/context.hpp"

namespace snow_white::cli {

std::string describe_running_jobs(RegionSession& region,
                                  const aws::Result<fleet::FleetSnapshot>& fleet, Context& context);

} // namespace snow_white::cli
