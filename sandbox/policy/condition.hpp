// The Condition element of an IAM statement. Operators: StringEquals, StringNotEquals, StringLike,
// ArnEquals, ArnLike. All conditions of a statement must hold, and one value of each suffices; the
// negated operator holds where none of its values is the call's. A key that the call does not carry
// holds for the negated operator and for no other. Sources, in the IAM user guide: "IAM JSON policy
// elements: Condition operators" and "Conditions with multiple context keys or values".
#pragma once

#include "sandbox/base/types.hpp"

#include <map>
#include <string>
#include <vector>

namespace sandbox {

struct Condition {
    enum class Operator { equals, not_equals, like, arn };
    Operator op = Operator::equals;
    std::string key; // in lower case: IAM overlooks the case of keys
    std::vector<std::string> values;
};

// Failure: std::runtime_error for an operator that is not known here.
std::vector<Condition> read_conditions(const Json& element);

bool holds(const Condition& condition, const std::map<std::string, std::string>& context);

// The pattern with its variable ${aws:username} replaced; empty when the caller has no user name.
std::string filled_in(const std::string& pattern,
                      const std::map<std::string, std::string>& context);

std::vector<std::string> one_or_more(const Json& value); // a policy writes "x" for ["x"]

} // namespace sandbox
