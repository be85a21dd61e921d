// Texts taken apart and put together.
#pragma once

#include "sandbox/base/fail.hpp"
#include "src/base/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sandbox {

// What stands before and after the first separator; without one all of it stands before.
inline std::pair<std::string, std::string> split_at(const std::string& text, char separator) {
    const std::size_t at = std::min(text.find(separator), text.size());
    return {text.substr(0, at), at < text.size() ? text.substr(at + 1) : ""};
}

// None: the text is no number, or something stands behind it.
template <class Number> std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

// Failure: std::runtime_error.
inline std::string read_file(const std::string& path) {
    if (const auto text = snow_white::read_text_file(path)) return *text;
    fail<std::runtime_error>("cannot read {}", path);
}

// `region` is empty for what the account has once: IAM, STS.
inline std::string make_arn(std::string_view service, std::string_view region,
                            std::string_view account, std::string_view resource) {
    return fmt::format("arn:aws:{}:{}:{}:{}", service, region, account, resource);
}

} // namespace sandbox
