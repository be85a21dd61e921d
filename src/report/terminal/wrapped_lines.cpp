#include "src/report/terminal/wrapped_lines.hpp"

#include "src/base/printable.hpp"
#include "src/base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

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

} // namespace snow_white::report
