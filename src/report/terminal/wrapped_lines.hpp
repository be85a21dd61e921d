// Text on as many lines as it needs, or as there are. In: parts and a width. Out: lines. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snow_white::report {

// The parts on as few lines as they need. None of them is cut.
std::vector<std::string> wrapped(const std::vector<std::string>& parts, std::string_view separator,
                                 std::size_t width);
std::vector<std::string> wrapped_words(const std::string& text, std::size_t width);

// At most so many lines; what is beyond them is cut off the last one.
std::vector<std::string> limited(std::vector<std::string> lines, std::size_t most,
                                 std::string_view separator, std::size_t width);

// A shell command that can be pasted: each line but the last one ends with a backslash. An option
// and its value stay together, and a quoted word stays whole. The first line gets `first` columns,
// each other one `width`. Empty: a part of it does not fit.
std::vector<std::string> wrapped_command(const std::string& command, std::size_t first,
                                         std::size_t width);

// How many of `count` rows are shown in so many lines, if the last line says how many are not.
std::size_t rows_shown(std::size_t count, std::size_t lines);

} // namespace snow_white::report
