#include "sandbox/policy/authorizer.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

// "User: ARN is not authorized to perform: ACTION on resource: ARN because …": the common error of
// all services since 2021; EC2 puts a sentence before it, IAM names a user in words of its own.
std::string refusal(const Caller& caller, const RequiredPermission& permission,
                    PolicyDecision decision) {
    const std::string on = permission.resource_words.empty()
                               ? ""
                               : fmt::format(" on resource: {}", permission.resource_words);
    const std::string why =
        decision == PolicyDecision::denied
            ? "with an explicit deny in an identity-based policy"
            : fmt::format("because no identity-based policy allows the {} action",
                          permission.action);
    return fmt::format("User: {} is not authorized to perform: {}{} {}", caller.arn,
                       permission.action, on, why);
}

const Json& managed_policy(const Stack& stack, const std::string& arn) {
    for (const StackResource& resource : stack.resources)
        if (resource.type == "AWS::IAM::ManagedPolicy" && resource.physical_id == arn)
            return resource.properties.at("PolicyDocument");
    throw std::runtime_error("the sandbox has no managed policy " + arn);
}

} // namespace

AwsError access_denied(const Dialect& dialect, const std::string& message) {
    switch (dialect.protocol) {
    case Protocol::ec2:
        return {"UnauthorizedOperation",
                "You are not authorized to perform this operation. " + message, 403};
    case Protocol::query:
        return {"AccessDenied", message, 403};
    case Protocol::json:
        break;
    }
    return {"AccessDeniedException", message, 400};
}

void Authorizer::attach(const std::string& caller, const Json& policy_document) {
    auto& statements = policies_[caller];
    for (auto& statement : read_policy(policy_document))
        statements.push_back(std::move(statement));
}

void Authorizer::withhold(const std::string& caller, std::set<std::string> actions) {
    withheld_[caller] = std::move(actions);
}

PolicyDecision Authorizer::decide(const std::string& caller,
                                  const RequiredPermission& permission) const {
    const auto withheld = withheld_.find(caller);
    if (withheld != withheld_.end() && withheld->second.contains(permission.action))
        return PolicyDecision::not_mentioned;
    const auto policies = policies_.find(caller);
    return policies == policies_.end() ? PolicyDecision::not_mentioned
                                       : sandbox::decide(policies->second, permission);
}

std::optional<std::string> Authorizer::refusal_of(const Caller& caller,
                                                  const RequiredPermission& permission) const {
    const PolicyDecision decision = decide(caller.short_name(), permission);
    return decision == PolicyDecision::allowed
               ? std::nullopt
               : std::optional(refusal(caller, permission, decision));
}

std::set<std::string> Authorizer::authorize(const Call& call, const Dialect& dialect,
                                            const RegionContext& region) const {
    std::set<std::string> actions;
    for (RequiredPermission& permission : required_permissions_of(call, region)) {
        // Every request carries it, whatever the action. Source: "AWS global condition context
        // keys", IAM user guide.
        permission.context["aws:RequestedRegion"] = region.state.region;
        if (!call.caller.user_name.empty())
            permission.context["aws:username"] = call.caller.user_name;
        const PolicyDecision decision = decide(call.caller.short_name(), permission);
        if (decision != PolicyDecision::allowed)
            throw access_denied(dialect, refusal(call.caller, permission, decision));
        actions.insert(permission.action);
    }
    return actions;
}

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
