// The page at `/`: every worker of the fleet as a small bar, and the Slack inbox. Plain HTML with
// its style inside; it loads itself anew every two seconds.
#pragma once

#include "sandbox/wire/http_message.hpp"
#include "src/base/clock.hpp"

#include <nlohmann/json.hpp>

namespace sandbox {

// `fleet` as fleet_view() has it, `messages` as SlackInbox has them.
HttpResponse page(const nlohmann::json& fleet, const nlohmann::json& messages,
                  snow_white::Instant now);

} // namespace sandbox
