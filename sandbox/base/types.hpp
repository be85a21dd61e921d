// The names of src/base that the whole sandbox uses.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/json.hpp"

namespace sandbox {

using snow_white::Clock;
using snow_white::Duration;
using snow_white::Instant;
using snow_white::Json;

} // namespace sandbox
