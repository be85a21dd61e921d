#include "src/aws/rate_limit.hpp"

#include <algorithm>

namespace snow_white::aws {

Duration RateLimit::before_call(Duration elapsed) {
    even_ = std::max(even_, elapsed);
    const Duration earliest = even_ - one_each * (at_once - 1);
    even_ += one_each;
    return std::max(Duration{0}, earliest - elapsed);
}

} // namespace snow_white::aws
