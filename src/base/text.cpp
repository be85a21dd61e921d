#include "src/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <regex>
#include <utility>

namespace snow_white {

namespace {

constexpr std::size_t longest_text = 400; // std::regex recurses once for each character

// Levenshtein's distance.
std::size_t distance(const std::string& from, const std::string& to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
        }
    }
    return row.back();
}

} // namespace

std::string nearest(const std::string& typed, const std::vector<std::string>& words) {
    if (typed.size() > longest_text) return "";
    std::string best;
    std::size_t least = std::min<std::size_t>(3, typed.size());
    for (const auto& word : words)
        if (const std::size_t far = distance(typed, word); far < least) {
            least = far;
            best = word;
        }
    return best;
}

std::string suggestion(const std::string& typed, const std::vector<std::string>& words,
                       const std::string& otherwise) {
    const std::string meant = nearest(typed, words);
    return meant.empty() ? otherwise : "did you mean " + meant + "?";
}

std::string lower_case(std::string text) {
    for (char& letter : text)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

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
