// IAM policy documents: read once, then asked whether they allow or deny a permission.
// Known: Effect, Action, Resource (both with wildcards), Condition (condition.hpp), the variable
// ${aws:username}. A document with anything else is a std::runtime_error: what is not supported
// must not pass. Source: "IAM JSON policy elements reference" in the IAM user guide.
#pragma once

#include "sandbox/policy/condition.hpp"

#include <map>
#include <string>
#include <vector>

namespace sandbox {

// What a call asks of IAM: may the caller do `action` on `resource`, as things stand in `context`?
struct RequiredPermission {
    std::string action;   // ssm:SendCommand
    std::string resource; // an ARN, or "*" where the action knows no narrower one
    std::map<std::string, std::string>
        context;                // condition keys, spelt as in the reference: ecs:cluster
    std::string resource_words; // how the service's error names the resource; empty: it does not
};

struct Statement {
    bool allows = true; // else it denies
    std::vector<std::string> actions;
    std::vector<std::string> resources;
    std::vector<Condition> conditions;
};

std::vector<Statement> read_policy(const Json& document);

// An explicit deny wins; nothing said is no.
enum class PolicyDecision { allowed, not_mentioned, denied };
PolicyDecision decide(const std::vector<Statement>& statements,
                      const RequiredPermission& permission);

} // namespace sandbox
