#include "sandbox/world/duration_text.hpp"

#include <regex>

namespace sandbox {

std::optional<snow_white::Duration> parse_duration(const std::string& text) {
    static const std::regex form("([0-9]{1,6})(ms|s|m|h)");
    std::smatch parts;
    if (!std::regex_match(text, parts, form)) return std::nullopt;
    const long long number = std::stoll(parts[1]);
    const std::string unit = parts[2];
    if (unit == "ms") return std::chrono::milliseconds(number);
    if (unit == "s") return std::chrono::seconds(number);
    if (unit == "m") return std::chrono::minutes(number);
    return std::chrono::hours(number);
}

} // namespace sandbox
