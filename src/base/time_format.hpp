// AWS's timestamps. In: "2026-11-24T15:00:00Z", with or without a fraction, as XML and credentials
// have it; in place of the Z an offset, "+01:00", as programs that hand out credentials may print
// it.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>

namespace snow_white {

// None for a text that is not a timestamp.
std::optional<Instant> parse_timestamp(const std::string& text);

// "2026-11-24T20:52:49Z"
std::string iso_time(Instant at);

} // namespace snow_white
