// Asks the operator at the terminal (/dev/tty, even when standard input is redirected). In: the
// question, and whether the screen shows what is typed. Out: the line that was typed; or
// ErrorKind::credentials: there is no terminal, or the operator typed ^C or ^D.
#pragma once

#include "src/aws/result.hpp"
#include "src/base/clock.hpp"

#include <functional>
#include <string>

namespace snow_white::aws {

enum class Echo { off, on };

using Prompt = std::function<Result<std::string>(const std::string& question)>;

Result<std::string> ask_on_terminal(const std::string& question, const Clock& clock, Echo echo);

} // namespace snow_white::aws
