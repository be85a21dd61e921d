// The fleet as GET /_sandbox/fleet and the page show it:
// {"environments": [{"region", "name", "id", "application", "status", "health",
//                    "instances": [{"id", "state", "agent", "hostname", "workers": […]}]}]}
// with workers as docs/instance-line.md has them.
#pragma once

#include "sandbox/world/world.hpp"

namespace sandbox {

// The environments of one region.
Json environments_view(World& world, Instant now);

} // namespace sandbox
