#include "sandbox/wire/time_format.hpp"

#include <fmt/chrono.h>

#include <ctime>

namespace sandbox {

namespace {

std::tm utc(Instant time) {
    return fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

} // namespace

std::string iso_time(Instant time) {
    const auto milliseconds = time - std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc(time), milliseconds.count());
}

std::string basic_time(Instant time) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", utc(time));
}

double epoch_seconds(Instant time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

std::optional<Instant> parse_basic_time(const std::string& text) {
    std::tm parts{};
    strptime(text.c_str(), "%Y%m%dT%H%M%SZ", &parts);
    const Instant time{std::chrono::seconds{timegm(&parts)}};
    // strptime also takes 30 February and a shorter text.
    return basic_time(time) == text ? std::optional(time) : std::nullopt;
}

} // namespace sandbox
