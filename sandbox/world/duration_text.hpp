// "500ms", "30s", "2m", "6h": durations as the sandbox's options have them. Nothing for any other
// text.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>

namespace sandbox {

std::optional<snow_white::Duration> parse_duration(const std::string& text);

} // namespace sandbox
