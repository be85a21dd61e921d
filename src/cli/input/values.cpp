#include "src/cli/input/values.hpp"

#include <algorithm>
#include <regex>

namespace snow_white::cli {

namespace {

constexpr std::size_t longest_value = 400; // std::regex recurses once for each character

} // namespace

bool matches(const std::string& value, const std::string& pattern) {
    return value.size() <= longest_value && std::regex_match(value, std::regex(pattern));
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

} // namespace snow_white::cli
