// Each function adds one service's actions to the table. What they are handed outlives the table.
#pragma once

#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/wire/identities.hpp"
#include "sandbox/world/region_state.hpp"

#include <functional>

namespace sandbox {

void add_sts(ActionTable& actions, Identities& identities);
// `grants`: whether a role's own policies grant an action on a resource.
using Grants = std::function<bool(const std::string& role, const std::string& action,
                                  const std::string& resource)>;
void add_iam(ActionTable& actions, const Identities& identities, const RegionState& state,
             Grants grants);
void add_elastic_beanstalk(ActionTable& actions, const RegionState& state);
void add_ec2(ActionTable& actions, const RegionState& state);
void add_ecr(ActionTable& actions, const RegionState& state);
void add_ec2_network(ActionTable& actions, const RegionState& state);
void add_cloudformation(ActionTable& actions, const std::vector<Stack>& stacks);

} // namespace sandbox
