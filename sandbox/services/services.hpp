// Each function adds one service's actions to the table. What they are handed outlives the table.
#pragma once

#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/action_table.hpp"
#include "sandbox/wire/identities.hpp"
#include "sandbox/world/world.hpp"

namespace sandbox {

void add_sts(ActionTable& actions, Identities& identities);
void add_iam(ActionTable& actions, const Identities& identities);
void add_elastic_beanstalk(ActionTable& actions, const World& world);
void add_ec2(ActionTable& actions, const World& world);
void add_ec2_network(ActionTable& actions, const World& world);
void add_cloudformation(ActionTable& actions, const std::vector<Stack>& stacks);

} // namespace sandbox
