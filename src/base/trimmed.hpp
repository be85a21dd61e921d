// Removes the blanks around a line's text.
#pragma once

#include <string>
#include <string_view>

namespace snow_white {

inline constexpr std::string_view blanks = " \t\r";

inline std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

} // namespace snow_white
