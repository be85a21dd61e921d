// Limits how many calls a session makes: 60 at once, then three in two seconds. A drain that goes
// well stays below the limit. It protects AWS when a fault, ours or AWS's, makes the program call
// again and again. A list's further pages are not counted: the fleet's size decides their number,
// and each call waits for the answer to the one before.
#pragma once

#include "src/base/clock.hpp"

#include <algorithm>

namespace snow_white::aws {

class RateLimit {
public:
    static constexpr int burst = 60;
    static constexpr Duration interval{667};

    // In any span of this length.
    static constexpr int most_calls_within(Duration span) {
        return burst + static_cast<int>(span / interval);
    }

    // How long to wait before the next call, which is counted as made then. `elapsed` is of
    // Clock::elapsed().
    Duration before_call(Duration elapsed) {
        paced_until_ = std::max(paced_until_, elapsed);
        const Duration earliest = paced_until_ - interval * (burst - 1);
        paced_until_ += interval;
        return std::max(Duration{0}, earliest - elapsed);
    }

private:
    Duration paced_until_{}; // when all calls so far would have been made one by one
};

} // namespace snow_white::aws
