#include "sandbox/server/region.hpp"
#include "sandbox/server/sandbox.hpp"
#include "sandbox/services/services.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

const StackResource* with_name(const Stack& stack, const StackResource& wanted) {
    for (const StackResource& resource : stack.resources)
        if (resource.type == wanted.type && resource.physical_id == wanted.physical_id)
            return &resource;
    return nullptr;
}

} // namespace

Region::Region(RegionState the_state, std::vector<Stack> the_stacks, EcsOptions ecs_options,
               Identities& identities, const snow_white::Clock& clock, Grants grants)
    : state(std::move(the_state)), stacks(std::move(the_stacks)), ssm(state),
      ecs(std::move(ecs_options), stacks.empty() ? no_stack : stacks.front(), logs, clock),
      endpoints{{},
                {state, stacks, [this](const std::string& name) { return ecs.roles_of(name); },
                 cluster_name, [this](const std::string& task) { return ecs.tags_of(task); }}} {
    for (const Stack& stack : stacks)
        ssm.documents.add_all(stack);
    ActionTable& actions = endpoints.actions;
    add_sts(actions, identities);
    add_iam(actions, identities, state, std::move(grants));
    add_elastic_beanstalk(actions, state);
    add_ec2(actions, state);
    add_ec2_network(actions, state);
    add_ecr(actions, state);
    add_cloudformation(actions, stacks);
    add_ssm_actions(actions, ssm);
    add_ecs_actions(actions, ecs);
    add_logs_actions(actions, logs);
}

void check_names_in_iam(const Stack& stack, const std::vector<const Stack*>& others) {
    for (const StackResource& resource : stack.resources) {
        if (!resource.type.starts_with("AWS::IAM::")) continue;
        for (const Stack* const other : others)
            if (with_name(*other, resource) != nullptr)
                throw std::runtime_error(fmt::format("{}: {} {} already exists in stack {}",
                                                     stack.id, resource.logical_id,
                                                     resource.physical_id, other->id));
    }
}

} // namespace sandbox
