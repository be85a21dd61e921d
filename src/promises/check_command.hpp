// `snow-white-check LOG…`: checks logs of runs against the promises that a log can show. In: the
// command line's arguments, standard input. Out: a line for each broken promise and one for each
// log, and an exit code.
#pragma once

#include <cstdio>
#include <iosfwd>
#include <string>
#include <vector>

namespace snow_white::promises {

enum class CheckCode {
    kept = 0,
    broken = 1, // a promise
    usage = 2,  // bad input: a log that cannot be read or has no run, or wrong arguments
};

CheckCode check(const std::vector<std::string>& arguments, std::istream& in, std::FILE* out,
                std::FILE* err);

} // namespace snow_white::promises
