// The rules in force, and which of them applies to a call. The same rules and the same calls at the
// same times give the same faults. Guarded by the sandbox's one lock.
#pragma once

#include "sandbox/faults/fault.hpp"
#include "sandbox/wire/action_table.hpp"

#include <random>
#include <vector>

namespace sandbox {

// Whether the rule can apply at all, which its text alone does not say. Failure:
// std::invalid_argument for an unknown service or action, or a page token's fault for an action
// without pages.
void check_reach(const FaultRule& rule, const ActionTable& actions);

class Faults {
public:
    // In place of those before; their times and counts begin now.
    void set(const std::vector<FaultRule>& rules, Instant now);

    // The first rule that applies; null when the call goes through. Rules after that one do not
    // count the call. `region`: which the call is for; empty for what is outside AWS.
    const FaultRule* rule_for(const std::string& service, const std::string& action, Instant now,
                              const std::string& region = {});

private:
    struct ActiveFault {
        FaultRule rule;
        std::size_t seen = 0; // calls that matched in its time
        std::minstd_rand random;
        // Of `over`: when the calls that were let through would have come at the allowed rate.
        Duration bucket_time{0};
    };
    static bool is_within_rate(ActiveFault& fault, Duration age);
    static bool applies(ActiveFault& fault, Duration age);

    std::vector<ActiveFault> active_;
    Instant set_at_{};
};

} // namespace sandbox
