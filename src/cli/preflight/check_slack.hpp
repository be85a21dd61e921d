// --dry-run: whether Slack can be told with what is set at the prompt, found out without a message.
// The stack's own token and webhook are secrets that an operator cannot read.
#pragma once

#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

void look_at_slack(const Request& request, Context& context, Findings& findings);

} // namespace snow_white::cli
