#include "src/aws/pace.hpp"

#include <algorithm>

namespace snow_white::aws {

Duration Pace::before_call(Instant now) {
    // Further ahead it is only when the system's clock was set back.
    even_ = std::clamp(even_, now, now + one_each * at_once);
    const Instant earliest = even_ - one_each * (at_once - 1);
    even_ += one_each;
    return std::max(Duration{0}, earliest - now);
}

} // namespace snow_white::aws
