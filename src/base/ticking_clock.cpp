#include "src/base/ticking_clock.hpp"

#include <algorithm>

namespace snow_white {

void TickingClock::wait(Duration duration) {
    constexpr Duration max_part{1'000};
    while (duration > Duration{0} && !clock_.interrupted()) {
        const Duration part = std::min(duration, max_part);
        clock_.wait(part);
        duration -= part;
        tick_();
    }
}

} // namespace snow_white
