#include "src/report/slack/mrkdwn.hpp"

#include "src/base/printable.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

constexpr std::string_view ellipsis = "…";
constexpr std::size_t longest_url = 2'000;

std::string_view entity_of(char byte) {
    return byte == '&' ? "&amp;" : byte == '<' ? "&lt;" : byte == '>' ? "&gt;" : "";
}

// Of UTF-8: a byte that is not the first of its character.
bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80;
}

std::size_t columns_of(const std::string& safe) {
    std::size_t columns = 0;
    bool in_entity = false;
    for (const char byte : safe) {
        in_entity = in_entity || byte == '&';
        if (in_entity ? byte == ';' : !continues_character(byte)) ++columns;
        in_entity = in_entity && byte != ';';
    }
    return columns;
}

} // namespace

std::string escaped(const std::string& text, std::size_t limit) {
    const std::string plain = printable(text);
    std::string safe;
    std::size_t fits = 0; // bytes of `safe` that leave room for the ellipsis
    for (std::size_t at = 0; at < plain.size();) {
        std::size_t length = 1;
        while (at + length < plain.size() && continues_character(plain[at + length]))
            ++length;
        const std::string_view entity = entity_of(plain[at]);
        safe += entity.empty() ? std::string_view(plain).substr(at, length) : entity;
        if (safe.size() > limit) return safe.substr(0, fits) + std::string(ellipsis);
        if (safe.size() + ellipsis.size() <= limit) fits = safe.size();
        at += length;
    }
    return safe;
}

std::string code_safe(const std::string& text, std::size_t limit) {
    std::string safe = escaped(text, limit);
    std::ranges::replace(safe, '`', '\'');
    return safe;
}

std::string in_code(const std::string& text, std::size_t limit) {
    return "`" + code_safe(text, limit) + "`";
}

std::string link_to(const std::string& url, const std::string& words) {
    return fmt::format("<{}|{}>", escaped(url, longest_url), words);
}

std::string code_block(const std::vector<std::string>& lines) {
    return fmt::format("```\n{}\n```", fmt::join(lines, "\n"));
}

std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(row[i]));
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        std::string line = row[0] + std::string(widths[0] - columns_of(row[0]), ' ');
        for (std::size_t i = 1; i < row.size(); ++i)
            line += "  " + std::string(widths[i] - columns_of(row[i]), ' ') + row[i];
        lines.push_back(line);
    }
    return lines;
}

std::string utc_time(Instant at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(seconds));
}

std::string local_time(Instant at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    return fmt::format("<!date^{}^{{date_short_pretty}} {{time}}|{}>", seconds, utc_time(at));
}

} // namespace snow_white::report
