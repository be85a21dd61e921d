// Whether a caller may make a call, by the policies attached to it, which are the account's: they
// hold in every region. Callers are named as in the journal: "user/alice",
// "role/snow-white-TaskRole-…".
#pragma once

#include "sandbox/policy/required_permissions.hpp"
#include "sandbox/policy/statement.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/dialect.hpp"

#include <map>
#include <set>

namespace sandbox {

// A refusal for want of a right, in the code of the service.
AwsError access_denied(const Dialect& dialect, const std::string& message);

class Authorizer {
public:
    void attach(const std::string& caller, const Json& policy_document);

    // From now on the caller lacks these actions, as if its policies did not have them; {} gives
    // all back.
    void withhold(const std::string& caller, std::set<std::string> actions);

    // The actions that the call needs, e.g. {"ecs:RunTask", "iam:PassRole"}, in the region that it
    // is for. Failure: AwsError, in the service's own code and words, for the first permission that
    // is not granted.
    std::set<std::string> authorize(const Call& call, const Dialect& dialect,
                                    const RegionContext& region) const;

    // The same for what AWS itself does in a role's name: the words of the refusal; none when it is
    // granted.
    std::optional<std::string> refusal_of(const Caller& caller,
                                          const RequiredPermission& permission) const;

private:
    PolicyDecision decide(const std::string& caller, const RequiredPermission& permission) const;

    std::map<std::string, std::vector<Statement>> policies_;
    std::map<std::string, std::set<std::string>> withheld_;
};

// Every role of the stack gets its inline policies and the stack's managed policies that it names.
// Failure: std::runtime_error for a managed policy that is not of this stack.
void attach_role_policies(Authorizer& authorizer, const Stack& stack);

// All managed policies of the stack, as for an operator who has everything that the template has
// for people.
void attach_managed_policies(Authorizer& authorizer, const Stack& stack, const std::string& caller);

} // namespace sandbox
