// Words from outside, made fit for a terminal and for one line. In: any bytes. Out: UTF-8 in which
// every control character (a line's end and an escape sequence's beginning among them), every
// character that turns the direction of writing, and every byte that is no UTF-8 is U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace snow_white {

std::string printable(std::string_view text);

// The same for a place of so many columns: ASCII, since what else there is may take none, one or
// two of them; what is cut ends with "..".
std::string truncate_ascii(std::string text, std::size_t width);

} // namespace snow_white
