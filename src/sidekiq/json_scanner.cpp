#include "src/sidekiq/json_scanner.hpp"

#include <bitset>
#include <charconv>
#include <string_view>

namespace snow_white::sidekiq {

namespace {

// Writes UTF-8. A surrogate without its other half becomes three bytes that are no character.
char* write_utf8(unsigned code, char* to) {
    const auto put = [&to](unsigned byte) { *to++ = static_cast<char>(byte); };
    if (code < 0x80U) {
        put(code);
    } else if (code < 0x800U) {
        put(0xc0U | code >> 6U);
        put(0x80U | (code & 0x3fU));
    } else if (code < 0x10000U) {
        put(0xe0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3fU));
        put(0x80U | (code & 0x3fU));
    } else {
        put(0xf0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3fU));
        put(0x80U | (code >> 6U & 0x3fU));
        put(0x80U | (code & 0x3fU));
    }
    return to;
}

char simple_escape(char letter) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    const std::size_t which = letters.find(letter);
    return which == std::string_view::npos ? '\0' : meant[which];
}

bool ends_plain(char c) {
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

void JsonScanner::skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
        ++at_;
}

char JsonScanner::next() {
    skip_blanks();
    return at_ == end_ ? '\0' : *at_;
}

bool JsonScanner::starts(char wanted) {
    if (next() != wanted) return false;
    ++at_;
    return true;
}

std::optional<std::span<char>> JsonScanner::text() {
    if (!starts('"')) return std::nullopt;
    char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\')
        ++at_;
    char* to = at_;
    while (at_ != end_ && *at_ != '"') {
        if (*at_ != '\\')
            *to++ = *at_++;
        else if (!unescape(to))
            return std::nullopt;
    }
    if (at_ == end_) return std::nullopt;
    ++at_;
    return std::span<char>(begin, to);
}

// What is written is never longer than the escape that was read.
bool JsonScanner::unescape(char*& to) {
    if (end_ - at_ < 2) return false;
    const char letter = at_[1];
    at_ += 2;
    if (letter != 'u') {
        *to = simple_escape(letter);
        return *to++ != '\0';
    }
    auto code = hex_of_four();
    if (!code) return false;
    const bool high = *code >= 0xd800U && *code < 0xdc00U;
    if (high && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
        char* const before = at_;
        at_ += 2;
        const auto low = hex_of_four();
        if (low && *low >= 0xdc00U && *low < 0xe000U)
            code = 0x10000U + ((*code - 0xd800U) << 10U) + (*low - 0xdc00U);
        else
            at_ = before;
    }
    to = write_utf8(*code, to);
    return true;
}

std::optional<unsigned> JsonScanner::hex_of_four() {
    if (end_ - at_ < 4) return std::nullopt;
    unsigned value = 0;
    const auto [stopped, error] = std::from_chars(at_, at_ + 4, value, 16);
    if (error != std::errc{} || stopped != at_ + 4) return std::nullopt;
    at_ += 4;
    return value;
}

std::optional<double> JsonScanner::number() {
    next();
    double value = 0;
    const auto [stopped, error] = std::from_chars(at_, end_, value);
    if (error != std::errc{}) return std::nullopt;
    at_ += stopped - at_;
    if (at_ != end_ && !ends_plain(*at_)) return std::nullopt;
    return value;
}

bool JsonScanner::skip_text() {
    if (!starts('"')) return false;
    for (; at_ != end_; ++at_) {
        if (*at_ == '"') {
            ++at_;
            return true;
        }
        if (*at_ == '\\' && ++at_ == end_) return false;
    }
    return false;
}

// A number, true, false or null; it is not checked which.
bool JsonScanner::skip_plain() {
    const char* const begin = at_;
    while (at_ != end_ && !ends_plain(*at_) && *at_ != '"' && *at_ != ':' && *at_ != '{' &&
           *at_ != '[')
        ++at_;
    return at_ != begin;
}

bool JsonScanner::skip() {
    std::bitset<most_depth> is_object;
    int depth = 0;
    do {
        const char c = next();
        if (c == '{' || c == '[') {
            if (depth == most_depth) return false;
            is_object.set(static_cast<std::size_t>(depth++), c == '{');
            ++at_;
        } else if (c == '}' || c == ']') {
            if (depth == 0 || is_object.test(static_cast<std::size_t>(--depth)) != (c == '}'))
                return false;
            ++at_;
        } else if (c == '"') {
            if (!skip_text()) return false;
        } else if ((c == ',' || c == ':') && depth > 0) {
            ++at_;
        } else if (!skip_plain()) {
            return false;
        }
    } while (depth > 0);
    return true;
}

} // namespace snow_white::sidekiq
