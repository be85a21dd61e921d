// The spellings of time on the wire.
#pragma once

#include "sandbox/base/types.hpp"

#include <optional>
#include <string>

namespace sandbox {

std::string iso_time(Instant time);   // 2026-01-02T03:04:05.678Z: the query services' answers
std::string basic_time(Instant time); // 20260102T030405Z: X-Amz-Date
double epoch_seconds(Instant time);   // the JSON services' timestamps
std::optional<Instant> parse_basic_time(const std::string& text);

} // namespace sandbox
