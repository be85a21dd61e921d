// The question before a stop, to a person at a terminal who has just read what it will do. In: a
// request. Out: whether to go on.
#pragma once

#include "src/cli/session/context.hpp"

#include <optional>

namespace snow_white::cli {

// Empty when standard input or output is no terminal. `clock` must outlive it.
aws::Prompt person_at_terminal(const Clock& clock);

// A stop, without --yes, and with a person to ask: scripts, CI and the container go on without a
// question.
bool asks_first(const Request& request, const Context& context);

// None: go on. Otherwise nothing is stopped: anything but yes was typed (cancelled), or the run was
// interrupted.
std::optional<ExitCode> confirm(const Request& request, Context& context);

} // namespace snow_white::cli
