#include "sandbox/policy/stack_policies.hpp"

#include <stdexcept>

namespace sandbox {

namespace {

const Json& managed_policy(const Stack& stack, const std::string& arn) {
    for (const StackResource& resource : stack.resources)
        if (resource.type == "AWS::IAM::ManagedPolicy" && resource.physical_id == arn)
            return resource.properties.at("PolicyDocument");
    throw std::runtime_error("the sandbox has no managed policy " + arn);
}

} // namespace

void attach_role_policies(Authorizer& authorizer, const Stack& stack) {
    for (const StackResource& resource : stack.resources) {
        if (resource.type != "AWS::IAM::Role") continue;
        const std::string caller = "role/" + resource.physical_id;
        for (const Json& policy : resource.properties.value("Policies", Json::array()))
            authorizer.attach(caller, policy.at("PolicyDocument"));
        for (const Json& arn : resource.properties.value("ManagedPolicyArns", Json::array()))
            authorizer.attach(caller, managed_policy(stack, arn));
    }
}

void attach_managed_policies(Authorizer& authorizer, const Stack& stack,
                             const std::string& caller) {
    for (const StackResource& resource : stack.resources)
        if (resource.type == "AWS::IAM::ManagedPolicy")
            authorizer.attach(caller, resource.properties.at("PolicyDocument"));
}

} // namespace sandbox
