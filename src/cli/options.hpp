// The command line, as people type it.
#pragma once

#include "src/cli/request.hpp"

#include <variant>
#include <vector>

namespace snow_white::cli {

// `arguments` without the program's name.
Parsed<std::variant<Request, Printed>> parse_command_line(const std::vector<std::string>& arguments,
                                                          const aws::Environment& environment);

} // namespace snow_white::cli
