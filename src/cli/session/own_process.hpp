// This process. Out: whether it runs in the task's container, and its environment. It also hides
// its secrets from libraries, children and other processes.
#pragma once

#include "src/base/environment.hpp"

namespace snow_white::cli {

// A file beside the program says so (scripts/collect puts it into the image). Whoever starts the
// task can set the environment and the arguments, so that neither of them counts.
bool is_in_container();

// Returns the environment, in the container only what container_variables.hpp knows, and erases
// variables for libraries and children: in the container all of them, elsewhere secrets (Slack's,
// the URL of Redis) and SSLKEYLOGFILE, into which libcurl's TLS would write the keys of its
// connections.
Environment take_environment(bool in_container);

// Opens those of the descriptors 0 to 2 that are closed, on /dev/null, so that no file and no
// socket of ours gets their number and what is printed. Writing to them fails.
void open_standard_descriptors();

// No core file is written, and no other process of the same user can read this one's memory.
void keep_memory_private();

} // namespace snow_white::cli
