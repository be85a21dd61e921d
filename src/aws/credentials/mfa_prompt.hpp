// A question to the person at the terminal (/dev/tty, whatever standard input is). In: the
// question. Out: the line that was typed, shown on the screen or not; or an error of kind
// ErrorKind::credentials when there is no terminal, or when the person gave up (^C, ^D).
#pragma once

#include "src/aws/result.hpp"
#include "src/base/clock.hpp"

#include <functional>
#include <string>

namespace snow_white::aws {

enum class Typed { unseen, seen };

using Prompt = std::function<Result<std::string>(const std::string& question)>;

Result<std::string> ask_on_terminal(const std::string& question, const Clock& clock, Typed typed);

} // namespace snow_white::aws
