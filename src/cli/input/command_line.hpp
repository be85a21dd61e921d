// The command line, as people type it.
#pragma once

#include "src/cli/input/request.hpp"

#include <variant>
#include <vector>

namespace snow_white::cli {

// A flag of the command line as the parser has it, for whatever else tells of it: manual,
// completions.
struct Flag {
    std::vector<std::string> names; // "-h", "--help"
    std::string argument;           // what stands for it, e.g. "ACTION"; empty: there is none
    std::string meaning;            // no full stop at its end
    bool required = false;
    bool repeatable = false;
};
std::vector<Flag> all_flags();
std::vector<std::string> action_words(); // what -a takes
std::string description();               // of the program, in a sentence
std::string examples();                  // lines of 80 columns, as in the rest
std::string notes();                     // settings and exit codes

// `arguments` without the program's name.
Parsed<std::variant<Request, Printed>> parse_command_line(const std::vector<std::string>& arguments,
                                                          const Environment& environment);

} // namespace snow_white::cli
