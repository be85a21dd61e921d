// Makes text from outside safe to print on one line of a terminal. In: any bytes. Out: UTF-8 in
// which U+FFFD replaces every control character (also newline and escape), every character that
// changes the direction of writing or cannot be seen, and every invalid byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snow_white {

std::string printable(std::string_view text);

// The same for a column of `width` characters: ASCII only, because other characters may take none,
// one or two columns; a text that is cut ends with "..".
std::string truncate_ascii(std::string text, std::size_t width);

// The first text that is not wider, or the last. All are ASCII.
std::string first_fitting(const std::vector<std::string>& texts, std::size_t width);

} // namespace snow_white
