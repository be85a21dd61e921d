// `snow-white-check LOG…`: holds logs of runs against the promises that a log can show. In: the
// words of the command line, standard input. Out: a line for each promise that is broken, and one
// for each log.
#pragma once

#include <cstdio>
#include <iosfwd>
#include <string>
#include <vector>

namespace snow_white::promises {

enum class CheckCode {
    kept = 0,
    broken = 1, // a promise
    usage = 2,  // bad input: a log that cannot be read, or that has no run in it
};

CheckCode check(const std::vector<std::string>& arguments, std::istream& in, std::FILE* out,
                std::FILE* err);

} // namespace snow_white::promises
