#include "src/base/ticking_clock.hpp"

#include <algorithm>

namespace snow_white {

void TickingClock::wait(Duration duration) {
    constexpr Duration max_part{1'000};
    // Neither a suspension nor a tick that takes long prolongs the wait.
    const Duration end = clock_.elapsed() + duration;
    for (Duration left = duration; left > Duration{0} && !clock_.interrupted();
         left = end - clock_.elapsed()) {
        clock_.wait(std::min(left, max_part));
        tick_();
    }
}

} // namespace snow_white
