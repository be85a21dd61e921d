// --dry-run of a launch. In: a request. Out: findings: the task that would run, and whether the
// settings at the top of snow-white.sh name the right cluster, subnet and security group. A wrong
// setting prevents a run. A check that AWS denies does not: RunTask needs none of these rights.
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// `cluster`: a client of the cluster's region.
void check_launch(aws::Client& cluster, const Request& request, Findings& findings);

} // namespace snow_white::cli
