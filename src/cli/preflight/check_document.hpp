// --dry-run: the SSM document that a run would send. In: its name. Out: findings. A script that is
// not this checkout's prevents a run; a default version that is not the latest is a warning.
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// `document`: its physical name in that stack.
void check_document(aws::Client& workers, const std::string& document, const Stack& stack,
                    Findings& findings);

} // namespace snow_white::cli
