// AWS's timestamps. In: "2026-11-24T15:00:00Z", with or without a fraction, as XML and credentials have it.
#pragma once

#include "src/clock/clock.hpp"

#include <optional>
#include <string>

namespace snow_white::aws {

// None for a text that is not a UTC timestamp.
std::optional<Instant> parse_timestamp(const std::string& text);

} // namespace snow_white::aws
