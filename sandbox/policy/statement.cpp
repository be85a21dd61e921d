#include "sandbox/policy/statement.hpp"

#include "sandbox/services/tags.hpp"
#include "src/base/text.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace sandbox {

namespace {

void check_elements(const Json& statement) {
    static const std::set<std::string> known{"Sid", "Effect", "Action", "Resource", "Condition"};
    for (const auto& [name, value] : statement.items())
        if (!known.contains(name))
            throw std::runtime_error("the sandbox cannot judge the policy element " + name);
}

void check_variables(const std::vector<std::string>& patterns) {
    for (const auto& pattern : patterns)
        if (filled_in(pattern, {{"aws:username", "x"}}).find("${") != std::string::npos)
            throw std::runtime_error("the sandbox cannot judge the policy variable in " + pattern);
}

Statement read_statement(const Json& element) {
    check_elements(element);
    Statement statement;
    statement.allows = element.at("Effect") == "Allow";
    for (const std::string& action : one_or_more(element.at("Action")))
        statement.actions.push_back(snow_white::lower_case(action));
    statement.resources = one_or_more(element.at("Resource"));
    check_variables(statement.resources);
    statement.conditions = read_conditions(element.value("Condition", Json::object()));
    for (const auto& condition : statement.conditions)
        check_variables(condition.values);
    return statement;
}

bool applies(const Statement& statement, const RequiredPermission& permission) {
    const auto names_action =
        [action = snow_white::lower_case(permission.action)](const std::string& pattern) {
            return matches_wildcards(pattern, action);
        };
    const auto names_resource = [&permission](const std::string& pattern) {
        const std::string filled = filled_in(pattern, permission.context);
        // An action that knows no resource is granted on all of them, or not at all.
        return permission.resource == "*" ? filled == "*"
                                          : matches_wildcards(filled, permission.resource);
    };
    const auto condition_holds = [&permission](const Condition& condition) {
        return holds(condition, permission.context);
    };
    return std::ranges::any_of(statement.actions, names_action) &&
           std::ranges::any_of(statement.resources, names_resource) &&
           std::ranges::all_of(statement.conditions, condition_holds);
}

} // namespace

std::vector<Statement> read_policy(const Json& document) {
    const Json& elements = document.at("Statement");
    std::vector<Statement> statements;
    if (elements.is_object()) return {read_statement(elements)};
    for (const auto& element : elements)
        statements.push_back(read_statement(element));
    return statements;
}

PolicyDecision decide(const std::vector<Statement>& statements,
                      const RequiredPermission& permission) {
    PolicyDecision decision = PolicyDecision::not_mentioned;
    for (const auto& statement : statements) {
        if (!applies(statement, permission)) continue;
        if (!statement.allows) return PolicyDecision::denied;
        decision = PolicyDecision::allowed;
    }
    return decision;
}

} // namespace sandbox
