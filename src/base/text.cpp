#include "src/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <regex>
#include <utility>

namespace snow_white {

namespace {

constexpr std::size_t longest_text = 400; // std::regex recurses once for each character

// The distance of Damerau and Levenshtein, in which no letter is edited twice: letters to insert,
// leave out or replace, and neighbours to swap.
std::size_t distance(const std::string& from, const std::string& to) {
    std::vector<std::size_t> before;
    std::vector<std::size_t> last;
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        before = std::exchange(last, row);
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = last[j] + (from[i] == to[j] ? 0 : 1);
            row[j + 1] = std::min({replaced, row[j] + 1, last[j + 1] + 1});
            if (i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j])
                row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
        }
    }
    return row.back();
}

// How many letters may be wrong in a word of that length: more would be another word.
std::size_t most_wrong(std::size_t length) {
    return length < 3 ? 0 : length < 6 ? 1 : 2;
}

} // namespace

std::string nearest(const std::string& typed, const std::vector<std::string>& words) {
    if (typed.size() > longest_text) return "";
    const std::string letters = lower_case(typed);
    std::string best;
    std::size_t least = most_wrong(typed.size()) + 1;
    for (const auto& word : words)
        if (const std::size_t far = distance(letters, lower_case(word)); far < least) {
            least = far;
            best = word;
        }
    if (!best.empty() || typed.size() < 3) return best;
    const auto longer = std::ranges::find_if(words, [&letters](const std::string& word) {
        return lower_case(word).starts_with(letters);
    });
    return longer == words.end() ? "" : *longer;
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

std::string trimmed(const std::string& text, std::string_view around) {
    const auto begin = text.find_first_not_of(around);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(around) - begin + 1);
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
