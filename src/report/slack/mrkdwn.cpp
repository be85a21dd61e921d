#include "src/report/slack/mrkdwn.hpp"

#include "src/base/printable.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace snow_white::report {

namespace {

constexpr std::string_view ellipsis = "…";

std::string_view entity_of(char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    default:
        return {};
    }
}

// `text` is UTF-8: what begins at `at` is as long as its first byte says.
std::size_t length_of_character(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
        ++end;
    return end - at;
}

} // namespace

std::string escaped(const std::string& text, std::size_t limit) {
    const std::string plain = printable(text);
    std::string safe;
    std::size_t fits = 0; // so much of `safe` leaves room for the ellipsis
    for (std::size_t at = 0; at < plain.size();) {
        const std::size_t length = length_of_character(plain, at);
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
    for (char& byte : safe)
        if (byte == '`') byte = '\'';
    return safe;
}

std::string in_code(const std::string& text, std::size_t limit) {
    return "`" + code_safe(text, limit) + "`";
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
