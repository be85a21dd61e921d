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

} // namespace snow_white::report
