// AWS takes a signature only near its own time, five minutes for most services. libcurl signs with
// the system's time, and a date that it is given it sends twice before 8.3.0 (curl issue 11738),
// which no service promises to take; so a wrong clock is not made up for: it is told.
#pragma once

#include "src/base/clock.hpp"
#include "src/http/http.hpp"

namespace snow_white::aws {

// "this machine's clock is 12 minutes behind AWS's: …"; empty when the clock is not why a call was
// refused.
std::string clock_fault(const Error& error, const HttpResponse& response, Instant now);

} // namespace snow_white::aws
