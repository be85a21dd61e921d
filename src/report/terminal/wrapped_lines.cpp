#include "src/report/terminal/wrapped_lines.hpp"

#include "src/base/printable.hpp"
#include "src/base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

// Blanks within single quotes, or behind a backslash, separate nothing.
std::vector<std::string> shell_words(const std::string& command) {
    std::vector<std::string> words(1);
    bool is_quoted = false;
    bool is_escaped = false;
    for (const char one : command) {
        if (one == ' ' && !is_quoted && !is_escaped) {
            words.emplace_back();
            continue;
        }
        if (one == '\'' && !is_escaped) is_quoted = !is_quoted;
        is_escaped = one == '\\' && !is_quoted && !is_escaped;
        words.back() += one;
    }
    return words;
}

// The words, each value behind its option.
std::vector<std::string> options_with_values(const std::string& command) {
    std::vector<std::string> parts;
    bool wants_value = false;
    for (auto& word : shell_words(command)) {
        const bool is_option = word.starts_with('-');
        if (wants_value && !is_option)
            parts.back() += " " + word;
        else
            parts.push_back(std::move(word));
        wants_value = is_option;
    }
    return parts;
}

} // namespace

std::vector<std::string> wrapped(const std::vector<std::string>& parts, std::string_view separator,
                                 std::size_t width) {
    std::vector<std::string> lines;
    for (const auto& part : parts) {
        if (lines.empty() || lines.back().size() + separator.size() + part.size() > width)
            lines.push_back(part);
        else
            lines.back().append(separator).append(part);
    }
    return lines;
}

std::vector<std::string> wrapped_words(const std::string& text, std::size_t width) {
    return wrapped(split(text, ' '), " ", width);
}

std::vector<std::string> limited(std::vector<std::string> lines, std::size_t most,
                                 std::string_view separator, std::size_t width) {
    if (lines.size() <= most) return lines;
    const auto last = lines.begin() + static_cast<std::ptrdiff_t>(most) - 1;
    *last = truncate_ascii(fmt::format("{}", fmt::join(last, lines.end(), separator)), width);
    lines.resize(most);
    return lines;
}

std::vector<std::string> wrapped_command(const std::string& command, std::size_t first,
                                         std::size_t width) {
    constexpr std::string_view backslash = " \\";
    std::vector<std::string> lines;
    for (const auto& part : options_with_values(command)) {
        const std::size_t room = lines.size() < 2 ? first : width;
        if (!lines.empty() && lines.back().size() + 1 + part.size() + backslash.size() <= room) {
            lines.back() += " " + part;
            continue;
        }
        if (part.size() + backslash.size() > (lines.empty() ? first : width)) return {};
        if (!lines.empty()) lines.back() += backslash;
        lines.push_back(part);
    }
    return lines;
}

std::size_t rows_shown(std::size_t count, std::size_t lines) {
    return count <= lines ? count : std::max<std::size_t>(lines, 1) - 1;
}

} // namespace snow_white::report
