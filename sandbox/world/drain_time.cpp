#include "sandbox/world/drain_time.hpp"

#include <algorithm>
#include <random>
#include <regex>

namespace sandbox {

namespace {

// From 0 up to 1, by nothing but the number.
double chance_of(std::size_t number) {
    std::mt19937_64 random(number);
    return static_cast<double>(random() >> 11) / static_cast<double>(1ULL << 53);
}

} // namespace

Duration DrainTime::of(std::size_t number, std::size_t count) const {
    if (!shortest) return longest * (number + 1) / std::max<std::size_t>(count, 1);
    const double span = static_cast<double>((longest - *shortest).count());
    return *shortest + Duration{static_cast<Duration::rep>(span * chance_of(number))};
}

std::optional<Duration> parse_duration(const std::string& text) {
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

std::optional<DrainTime> parse_drain_time(const std::string& text) {
    const auto dots = text.find("..");
    const auto first = parse_duration(text.substr(0, dots));
    if (dots == std::string::npos) return first;
    const auto second = parse_duration(text.substr(dots + 2));
    if (!first || !second || *second < *first) return std::nullopt;
    return DrainTime{*first, *second};
}

} // namespace sandbox
