// --dry-run of a launch: the task that would run, and whether the settings at the top of
// snow-white.sh are right about where. A setting that is wrong stands in the way. A look that is
// refused does not: RunTask needs none of them.
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// `cluster`: a client of the cluster's region.
void look_at_launch(aws::Client& cluster, const Request& request, Findings& findings);

} // namespace snow_white::cli
