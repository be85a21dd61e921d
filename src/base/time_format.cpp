#include "src/base/time_format.hpp"

#include <cstdio>
#include <ctime>
#include <fmt/chrono.h>

namespace snow_white {

namespace {

// `rest`: the text after the seconds. ".5+01:00" is one hour.
std::chrono::minutes offset_of(const std::string& rest) {
    const auto sign = rest.find_first_of("+-");
    int hours = 0;
    int minutes = 0;
    if (sign == std::string::npos ||
        std::sscanf(rest.c_str() + sign + 1, "%2d:%2d", &hours, &minutes) < 1)
        return {};
    const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
    return rest[sign] == '-' ? -offset : offset;
}

} // namespace

std::optional<Instant> parse_timestamp(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (end == nullptr) return std::nullopt;
    return Instant{std::chrono::seconds{timegm(&parts)} - offset_of(end)};
}

std::string iso_time(Instant at) {
    const auto seconds =
        std::chrono::time_point_cast<std::chrono::seconds>(at).time_since_epoch().count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::string time_of_day(Instant at) {
    return iso_time(at).substr(11, 8);
}

std::string in_words(Duration duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

} // namespace snow_white
