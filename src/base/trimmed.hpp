// A line's words without the blanks around them.
#pragma once

#include <string>
#include <string_view>

namespace snow_white {

inline constexpr std::string_view blanks = " \t\r";

std::string trimmed(const std::string& text);

} // namespace snow_white
