// A CloudFormation template's YAML as JSON, with the short forms of intrinsics spelt out: `!Ref X`
// becomes
// {"Ref": "X"}, `!Sub '…'` {"Fn::Sub": "…"}. Plain scalars get YAML's types; quoted ones stay
// strings. Failure: std::runtime_error with the place.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace sandbox {

nlohmann::json read_template(const std::string& yaml_text);

} // namespace sandbox
