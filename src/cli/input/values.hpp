// What several checks of values from outside share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snow_white::cli {

// The whole value is as the regular expression says. What is longer than any value that we take is
// not.
bool matches(const std::string& value, const std::string& pattern);

// A port of this machine, as `matches` takes it.
inline constexpr const char* this_machine = R"(http://127\.0\.0\.1:[0-9]{1,5})";

// In UTF-8.
std::size_t count_characters(std::string_view text);

// At each separator; an empty text is one empty part.
std::vector<std::string> split(const std::string& text, char separator);

} // namespace snow_white::cli
