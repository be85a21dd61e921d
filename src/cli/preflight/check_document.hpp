// --dry-run: what a run would send. A script that is not this checkout's stands in the way; a
// default version that is not the latest is warned of.
#pragma once

#include "src/aws/client.hpp"
#include "src/cli/preflight/findings.hpp"

namespace snow_white::cli {

// `document`: its physical name, in that stack.
void look_at_document(aws::Client& workers, const std::string& document, const Stack& stack,
                      Findings& findings);

} // namespace snow_white::cli
