#include "src/base/printable.hpp"

#include <algorithm>

namespace snow_white {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0; // 0: the text begins with an invalid byte
};

Character first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {lead, 1};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
    char32_t code = lead & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80) return {};
        code = code << 6U | (next & 0x3fU);
    }
    const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
    const bool invalid = (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff;
    return overlong || invalid ? Character{} : Character{code, bytes};
}

bool is_harmless(char32_t code) {
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool sets_direction = code == 0x61c || code == 0x200e || code == 0x200f ||
                                (code >= 0x2028 && code <= 0x202e) ||
                                (code >= 0x2066 && code <= 0x2069);
    // Characters that nobody sees, of which two names that look the same may be made.
    const bool invisible = code == 0x200b || (code >= 0x2060 && code <= 0x2064) || code == 0xfeff ||
                           (code >= 0xe0000 && code <= 0xe007f);
    return !control && !sets_direction && !invisible;
}

} // namespace

std::string printable(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const Character first = first_character(text);
        safe +=
            first.bytes > 0 && is_harmless(first.code) ? text.substr(0, first.bytes) : replacement;
        text.remove_prefix(std::max<std::size_t>(first.bytes, 1));
    }
    return safe;
}

std::string truncate_ascii(std::string text, std::size_t width) {
    for (char& byte : text)
        if (byte < ' ' || byte > '~') byte = '?';
    if (text.size() <= width) return text;
    const std::string cut = width > 2 ? ".." : "";
    return text.substr(0, width - cut.size()) + cut;
}

std::string first_fitting(const std::vector<std::string>& texts, std::size_t width) {
    for (const auto& text : texts)
        if (text.size() <= width) return text;
    return texts.back();
}

} // namespace snow_white
