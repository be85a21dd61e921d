// IAM policy documents: read once, then asked whether they allow or deny a demand.
// Known: Effect, Action, Resource (both with wildcards), Condition (condition.hpp), the variable
// ${aws:username}. A document with anything else is a std::runtime_error: what cannot be judged
// must not pass. Source: "IAM JSON policy elements reference" in the IAM user guide.
#pragma once

#include "sandbox/policy/condition.hpp"
#include "sandbox/policy/demand.hpp"

#include <string>
#include <vector>

namespace sandbox {

struct Statement {
    bool allows = true; // else it denies
    std::vector<std::string> actions;
    std::vector<std::string> resources;
    std::vector<Condition> conditions;
};

std::vector<Statement> read_policy(const nlohmann::json& document);

// An explicit deny wins; nothing said is no.
enum class Judgement { allowed, not_mentioned, denied };
Judgement judge(const std::vector<Statement>& statements, const Demand& demand);

} // namespace sandbox
