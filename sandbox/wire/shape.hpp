// What an action accepts, as data: names, types, limits. It comes from request_shapes.json, which
// scripts/request-shapes makes of botocore's service models. validate.hpp applies it, form.hpp
// reads by it.
#pragma once

#include "sandbox/base/types.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

// A string as it is, any other value as JSON.
inline std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

struct Member;

struct Shape {
    enum class Type { string, integer, boolean, timestamp, number, structure, list, map };

    Type type = Type::string;
    std::optional<long long> min; // of the value, or of the length, as the type has it
    std::optional<long long> max;
    std::string pattern;                  // ECMAScript; empty: anything
    std::vector<std::string> values;      // an enum's
    std::vector<Member> members;          // a structure's, in the model's order
    std::shared_ptr<const Shape> element; // a list's elements, a map's values
    std::shared_ptr<const Shape> key;     // a map's keys
};

struct Member {
    std::string name; // as the model has it, which is what a handler sees
    Shape shape;
    bool required = false;
    std::string wire_name; // in the query protocols, where it differs ("Filter" for "Filters")
};

// The content of request_shapes.json, keyed as botocore's models are:
// {"ssm": {"SendCommand": {"type", "members", "required", "member", "min", "pattern", …}, …}, …}.
const nlohmann::ordered_json& request_shapes();

Shape parse_shape(const nlohmann::ordered_json& described);

} // namespace sandbox
