// The fleet as GET /_sandbox/fleet and the page show it:
// {"environments": [{"name", "id", "application", "status", "health",
//                    "instances": [{"id", "state", "agent", "hostname", "workers": […]}]}]}
// with workers as docs/instance-line.md has them.
#pragma once

#include "sandbox/world/world.hpp"

namespace sandbox {

Json fleet_view(World& world, Instant now);

} // namespace sandbox
