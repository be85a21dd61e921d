// The command line, as people type it. In: arguments and the environment. Out: a Request, the text
// of --help or --version, or a UsageError. The table of flags is the parser's own; the manual and
// the completions are made from it.
#pragma once

#include "src/cli/input/request.hpp"

#include <variant>
#include <vector>

namespace snow_white::cli {

struct Flag {
    std::vector<std::string> names; // "-h", "--help"
    std::string argument;           // its placeholder, e.g. "ACTION"; empty: the flag takes none
    std::string meaning;            // without a full stop at its end
    std::string choices;            // all of its values, with blanks between; empty: any value
    bool required = false;
    bool repeatable = false;
};
std::vector<Flag> all_flags();
std::string action_words(std::string_view separator); // what -a takes
std::string description();                            // of the program, one sentence
std::string examples();                               // at most 80 columns, as all of the help
std::string notes();                                  // settings and exit codes

// `arguments` without the program's name.
Parsed<std::variant<Request, Printed>> parse_command_line(const std::vector<std::string>& arguments,
                                                          const Environment& environment);

} // namespace snow_white::cli
