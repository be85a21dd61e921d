#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace sandbox {

namespace {

struct Parts {
    std::chrono::year_month_day day;
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

Parts parts_of(snow_white::Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    return {std::chrono::year_month_day(day),
            std::chrono::hh_mm_ss<std::chrono::milliseconds>(instant - day)};
}

std::string formatted(const char* pattern, const Parts& p) {
    return fmt::format(fmt::runtime(pattern), static_cast<int>(p.day.year()),
                       static_cast<unsigned>(p.day.month()), static_cast<unsigned>(p.day.day()),
                       p.time.hours().count(), p.time.minutes().count(), p.time.seconds().count(),
                       p.time.subseconds().count());
}

} // namespace

std::string iso_time(snow_white::Instant time) {
    return formatted("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts_of(time));
}

std::string basic_time(snow_white::Instant time) {
    return formatted("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts_of(time));
}

double epoch_seconds(snow_white::Instant time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

std::optional<snow_white::Instant> parse_basic_time(const std::string& text) {
    int year = 0, hour = 0, minute = 0, second = 0;
    unsigned month = 0, day = 0;
    if (text.size() != 16 || std::sscanf(text.c_str(), "%4d%2u%2uT%2d%2d%2dZ", &year, &month, &day,
                                         &hour, &minute, &second) != 6)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

} // namespace sandbox
