#include "src/base/text.hpp"

#include <algorithm>
#include <regex>

namespace snow_white {

namespace {

constexpr std::size_t longest_text = 400; // std::regex recurses once for each character

} // namespace

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool matches(const std::string& text, const std::string& pattern) {
    return text.size() <= longest_text && std::regex_match(text, std::regex(pattern));
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](unsigned char byte) { return (byte & 0xC0U) != 0x80U; }));
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char byte : text) {
        if (byte == separator)
            parts.emplace_back();
        else
            parts.back() += byte;
    }
    return parts;
}

} // namespace snow_white
