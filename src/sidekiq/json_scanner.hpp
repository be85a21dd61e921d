// Walks through JSON text in place and keeps nothing of it: no value becomes an object, and what is
// skipped is not copied. In: bytes that the scanner may overwrite while it unescapes a text. Every
// function returns false, or none, for what is no JSON; then the rest is of no use.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace snow_white::sidekiq {

class JsonScanner {
public:
    static constexpr int most_depth = 100;

    explicit JsonScanner(std::span<char> json) : at_(json.data()), end_(at_ + json.size()) {}

    // Calls `member` for each; it must read or skip the value. The name is valid until then.
    template <typename Member> bool object(Member member) {
        if (!starts('{')) return false;
        if (starts('}')) return true;
        do {
            const auto name = text();
            if (!name || !starts(':') || !member(std::string_view(name->data(), name->size())))
                return false;
        } while (starts(','));
        return starts('}');
    }

    // The value as text, unescaped in place.
    std::optional<std::span<char>> text();
    std::optional<double> number();
    bool skip();

    // What the next value begins with; 0 at the end.
    char next();
    bool is_at_end() { return next() == 0; }

private:
    void skip_blanks();
    bool starts(char wanted);
    bool skip_text();
    bool skip_plain();
    bool unescape(char*& to);
    std::optional<unsigned> hex_of_four();

    char* at_;
    char* end_;
};

} // namespace snow_white::sidekiq
