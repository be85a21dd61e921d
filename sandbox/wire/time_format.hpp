// The spellings of time on the wire.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>

namespace sandbox {

std::string
iso_time(snow_white::Instant time); // 2026-01-02T03:04:05.678Z: the query services' answers
std::string basic_time(snow_white::Instant time); // 20260102T030405Z: X-Amz-Date
double epoch_seconds(snow_white::Instant time);   // the JSON services' timestamps
std::optional<snow_white::Instant> parse_basic_time(const std::string& text);

} // namespace sandbox
