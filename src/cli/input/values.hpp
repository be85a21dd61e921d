// What the checks of values from outside share. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snow_white::cli {

// Whether the regular expression (ECMAScript) matches the whole value. Never for a value of more
// than 400 bytes.
bool matches(const std::string& value, const std::string& pattern);

// A regular expression: a port of this machine.
inline constexpr const char* this_machine = R"(http://127\.0\.0\.1:[0-9]{1,5})";

// Of UTF-8.
std::size_t count_characters(std::string_view text);

// At each separator. An empty text is one empty part.
std::vector<std::string> split(const std::string& text, char separator);

} // namespace snow_white::cli
