// How long the jobs of simulated instances go on once they are told to be quiet: spread evenly over
// a time
// ("30s"), or each instance's own time at random between two ("5s..110s"), the same in every run.
#pragma once

#include "sandbox/base/types.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace sandbox {

// "500ms", "30s", "2m", "6h": durations as the sandbox's options have them. Nothing for any other
// text.
std::optional<Duration> parse_duration(const std::string& text);

struct DrainTime {
    // Spread: of `count` instances, number `number` (from 0) takes its share, the last one all of
    // it.
    template <class Rep, class Period>
    DrainTime(std::chrono::duration<Rep, Period> all) : longest(all) {}
    DrainTime(Duration from, Duration to) : shortest(from), longest(to) {}

    Duration of(std::size_t number, std::size_t count) const;

    std::optional<Duration> shortest; // none: spread evenly
    Duration longest;
};

// Nothing for any other text, and for a time that ends before it begins.
std::optional<DrainTime> parse_drain_time(const std::string& text);

} // namespace sandbox
