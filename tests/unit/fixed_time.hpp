// The fixed time at which these tests begin.
#pragma once

#include "src/base/clock.hpp"

#include <chrono>

namespace test {

inline constexpr snow_white::Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} +
                                          std::chrono::hours{12}};

} // namespace test
