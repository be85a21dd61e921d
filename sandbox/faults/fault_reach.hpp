// Whether a rule can strike at all, which its text alone does not say.
#pragma once

#include "sandbox/faults/fault.hpp"
#include "sandbox/wire/action_table.hpp"

namespace sandbox {

// Failure: std::invalid_argument for an unknown service or action, or a page token's fault for an
// action without pages.
void check_reach(const FaultRule& rule, const ActionTable& actions);

} // namespace sandbox
