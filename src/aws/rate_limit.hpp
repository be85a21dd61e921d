// How many calls a session makes at most, whatever happens: the first few dozen at once, then one
// by one. It binds no drain that goes well; it is for the day on which a fault, ours or AWS's,
// would have us ask and ask. A listing's further pages are not counted: their number is the
// fleet's, and each is asked for after the one before it.
#pragma once

#include "src/base/clock.hpp"

namespace snow_white::aws {

class RateLimit {
public:
    static constexpr int at_once = 60;
    static constexpr Duration one_each{667};

    // No more than that many calls in any span of this length.
    static constexpr int most_calls_within(Duration span) {
        return at_once + static_cast<int>(span / one_each);
    }

    // How long to wait before the next call, which is counted as made then.
    // `elapsed` as Clock::elapsed() tells it.
    Duration before_call(Duration elapsed);

private:
    Duration even_{}; // when all calls so far would have been made, had they come one by one
};

} // namespace snow_white::aws
