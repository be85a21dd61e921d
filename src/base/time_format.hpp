// Reads and writes AWS's timestamps. In: "2026-11-24T15:00:00Z", with or without a fraction, as in
// XML and credentials; or with an offset, "+01:00", as some programs print it. Out: UTC.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>

namespace snow_white {

// None: the text is no timestamp. A fraction of a second is dropped.
std::optional<Instant> parse_timestamp(const std::string& text);

// "2026-11-24T20:52:49Z"
std::string iso_time(Instant at);
// "20:52:49", UTC
std::string time_of_day(Instant at);
// "2 min 5 s"
std::string in_words(Duration duration);

} // namespace snow_white
