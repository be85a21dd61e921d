#include "src/report/slack/code_table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::report {

namespace {

// One character a column: what Slack writes as an entity is one, a character of several bytes is
// one.
std::size_t columns_of(const std::string& safe) {
    std::size_t columns = 0;
    bool in_entity = false;
    for (const char byte : safe) {
        if (byte == '&') in_entity = true;
        if (!in_entity && (static_cast<unsigned char>(byte) & 0xc0U) != 0x80) ++columns;
        if (in_entity && byte == ';') {
            in_entity = false;
            ++columns;
        }
    }
    return columns;
}

std::string padded(const std::string& safe, std::size_t columns) {
    return safe + std::string(columns - std::min(columns, columns_of(safe)), ' ');
}

} // namespace

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
        std::string line = padded(row[0], widths[0]);
        for (std::size_t i = 1; i < row.size(); ++i)
            line += "  " + std::string(widths[i] - columns_of(row[i]), ' ') + row[i];
        lines.push_back(line);
    }
    return lines;
}

} // namespace snow_white::report
