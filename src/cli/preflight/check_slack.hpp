// --dry-run: whether Slack accepts the token or webhook that is set at the prompt. In: a request.
// Out: findings; no message is posted. The stack's own token and webhook are secrets that an
// operator cannot read.
#pragma once

#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

void check_slack(const Request& request, Context& context, Findings& findings);

} // namespace snow_white::cli
