// Sidekiq's times. In: a number: seconds since 1970, or milliseconds (which Sidekiq 8 writes for a
// job's own times). Out: the moment. None: it is neither.
#pragma once

#include "src/base/clock.hpp"

#include <optional>

namespace snow_white::sidekiq {

inline std::optional<Instant> instant_of(double number) {
    constexpr double least_milliseconds = 100'000'000'000; // as seconds: the year 5138
    constexpr double year_5138 = least_milliseconds * 1000;
    if (!(number >= 0 && number < year_5138)) return std::nullopt;
    const double milliseconds = number < least_milliseconds ? number * 1000 : number;
    return Instant{Duration{static_cast<Duration::rep>(milliseconds)}};
}

} // namespace snow_white::sidekiq
