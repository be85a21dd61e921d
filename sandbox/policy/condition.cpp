#include "sandbox/policy/condition.hpp"

#include "sandbox/services/tags.hpp"
#include "src/base/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace sandbox {

namespace {

const std::string user_variable = "${aws:username}";
constexpr int arn_parts = 6; // arn:partition:service:region:account:resource

Condition::Operator operator_named(const std::string& name) {
    if (name == "StringEquals") return Condition::Operator::equals;
    if (name == "StringNotEquals") return Condition::Operator::not_equals;
    if (name == "StringLike") return Condition::Operator::like;
    if (name == "ArnEquals" || name == "ArnLike")
        return Condition::Operator::arn; // the same, says the guide
    throw std::runtime_error("the sandbox cannot judge the condition operator " + name);
}

std::vector<std::string> parts_of(const std::string& arn) {
    std::vector<std::string> parts(1);
    for (const char c : arn) {
        if (c == ':' && parts.size() < arn_parts)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

// Each of the six parts by itself: a wildcard does not reach over a colon, save in the last.
bool matches_arn(const std::string& pattern, const std::string& arn) {
    const auto wanted = parts_of(pattern);
    const auto seen = parts_of(arn);
    return wanted.size() == seen.size() &&
           std::equal(wanted.begin(), wanted.end(), seen.begin(), matches_wildcards);
}

bool matches(Condition::Operator op, const std::string& pattern, const std::string& value) {
    if (op == Condition::Operator::equals || op == Condition::Operator::not_equals)
        return pattern == value;
    return op == Condition::Operator::like ? matches_wildcards(pattern, value)
                                           : matches_arn(pattern, value);
}

} // namespace

std::vector<std::string> one_or_more(const Json& value) {
    if (value.is_string()) return {value.get<std::string>()};
    return value.get<std::vector<std::string>>();
}

std::vector<Condition> read_conditions(const Json& element) {
    std::vector<Condition> conditions;
    for (const auto& [name, keys] : element.items())
        for (const auto& [key, values] : keys.items())
            conditions.push_back(
                {operator_named(name), snow_white::lower_case(key), one_or_more(values)});
    return conditions;
}

std::string filled_in(const std::string& pattern,
                      const std::map<std::string, std::string>& context) {
    const std::size_t at = pattern.find(user_variable);
    if (at == std::string::npos) return pattern;
    const auto user = context.find("aws:username");
    if (user == context.end()) return {};
    return std::string(pattern).replace(at, user_variable.size(), user->second);
}

bool holds(const Condition& condition, const std::map<std::string, std::string>& context) {
    const auto found = std::ranges::find_if(context, [&condition](const auto& entry) {
        return snow_white::lower_case(entry.first) == condition.key;
    });
    const auto is_the_calls = [&](const std::string& pattern) {
        const std::string filled = filled_in(pattern, context);
        return !filled.empty() && matches(condition.op, filled, found->second);
    };
    const bool one_is =
        found != context.end() && std::ranges::any_of(condition.values, is_the_calls);
    return one_is != (condition.op == Condition::Operator::not_equals);
}

} // namespace sandbox
