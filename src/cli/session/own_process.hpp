// This process: whether it is the task's container, and what of it others can see.
#pragma once

#include "src/base/environment.hpp"

namespace snow_white::cli {

// The image says so, by a file beside the program (scripts/collect); neither the environment nor an
// argument, which whoever starts the task can set.
bool is_in_container();

// The environment, and what is left of it for libraries and children: in the container nothing (and
// the result is what container_variables.hpp knows), elsewhere all but Slack's secrets and
// SSLKEYLOGFILE, into which libcurl's TLS would write the keys of its connections.
Environment take_environment(bool in_container);

// No core file, and no other process of the same user reads this one's memory.
void keep_memory_private();

} // namespace snow_white::cli
