// One region of the account: its environments and instances, its stacks, and the services that know
// only these. What the account has once (IAM, STS) and what watches all calls (faults, journal) is
// in sandbox_state.hpp.
#pragma once

#include "sandbox/ecs/ecs.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/ssm/ssm_actions.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/dispatch.hpp"

#include <vector>

namespace sandbox {

struct Region {
    // `identities` and `clock` must outlive it.
    Region(RegionState the_state, std::vector<Stack> the_stacks, EcsOptions ecs_options,
           Identities& identities, const snow_white::Clock& clock, Grants grants);
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;

    RegionState state;
    Stack no_stack;
    std::vector<Stack> stacks;
    LogStore logs;
    SystemsManager ssm;
    Ecs ecs;
    Endpoints endpoints;
};

// The names in IAM are the account's: two stacks of one template can only be deployed in two
// regions when CloudFormation makes the names of their roles and policies up. Failure:
// std::runtime_error as CloudFormation words it, for a name that one of `others` has taken.
void check_names_in_iam(const Stack& stack, const std::vector<const Stack*>& others);

} // namespace sandbox
