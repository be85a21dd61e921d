// The rules in force, and which of them a call meets. The same rules and the same calls at the same
// times give the same faults. Guarded by the sandbox's one lock.
#pragma once

#include "sandbox/faults/fault.hpp"
#include "sandbox/wire/action_table.hpp"

#include <random>
#include <vector>

namespace sandbox {

// Whether the rule can strike at all, which its text alone does not say. Failure:
// std::invalid_argument for an unknown service or action, or a page token's fault for an action
// without pages.
void check_reach(const FaultRule& rule, const ActionTable& actions);

class Faults {
public:
    // In place of those before; their times and counts begin now.
    void set(const std::vector<FaultRule>& rules, snow_white::Instant now);

    // The first rule that strikes; null when the call goes through. Rules after that one do not
    // count the call. `region`: which the call is for; empty for what is outside AWS.
    const FaultRule* meet(const std::string& service, const std::string& action,
                          snow_white::Instant now, const std::string& region = {});

private:
    struct ActiveFault {
        FaultRule rule;
        std::size_t seen = 0; // calls that matched in its time
        std::minstd_rand random;
        snow_white::Duration even{0}; // of `over`: when all calls let through had come, one by one
    };
    static bool is_within_rate(ActiveFault& armed, snow_white::Duration age);
    static bool strikes(ActiveFault& armed, snow_white::Duration age);

    std::vector<ActiveFault> armed_;
    snow_white::Instant set_at_{};
};

} // namespace sandbox
