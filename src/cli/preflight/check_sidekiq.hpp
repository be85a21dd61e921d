// --dry-run: whether Sidekiq's Redis answers. In: a request. Out: findings; Redis is only read. It
// is looked at with --here: only the task knows the stack's own URL (check_launch.hpp). A Redis
// that does not answer prevents no run.
#pragma once

#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

void check_sidekiq(const Request& request, Context& context, Findings& findings);

} // namespace snow_white::cli
