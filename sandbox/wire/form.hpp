// The query protocols' parameters: a form-encoded body, whose keys spell a path
// ("Filter.1.Value.2", "EnvironmentNames.member.1"), becomes JSON by the action's shape. Throws
// AwsError for a key that the shape does not have and for a number or boolean that is none.
#pragma once

#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/shape.hpp"

#include <map>
#include <string>

namespace sandbox {

using Form = std::map<std::string, std::string>; // decoded

Form parse_form(const std::string& body);

// `form` is without Action and Version.
Json form_to_json(const Dialect& dialect, const Shape& shape, const Form& form);

} // namespace sandbox
