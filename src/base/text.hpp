// What the checks of texts from outside share. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snow_white {

inline constexpr std::string_view blanks = " \t\r";
inline constexpr std::string_view blanks_and_line_ends = " \t\r\n";

// Without the blanks around it.
std::string trimmed(const std::string& text, std::string_view around = blanks);

// At each separator. An empty text is one empty part.
std::vector<std::string> split(const std::string& text, char separator);

// ASCII letters; other bytes stay.
std::string lower_case(std::string text);

// Of UTF-8.
std::size_t count_characters(std::string_view text);

// The word that was probably meant, whatever the case: the first of those with the fewest letters
// to insert, leave out, replace or swap, two at most and one in a short word; otherwise the first
// that begins with what was typed. Empty: none is so near.
std::string nearest(const std::string& typed, const std::vector<std::string>& words);

// "did you mean quiet?"; `otherwise` where none of the words is near.
std::string suggestion(const std::string& typed, const std::vector<std::string>& words,
                       const std::string& otherwise);

// Whether the regular expression (ECMAScript) matches the whole text. Never for a text of more than
// 400 bytes.
bool matches(const std::string& text, const std::string& pattern);

} // namespace snow_white
