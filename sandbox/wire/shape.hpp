// What an action accepts, as data: names, types, limits. Written by hand from the services'
// published API models and held against them by tests/contract. validate.hpp applies it,
// form_parameters.hpp reads by it.
//
//   structure({required("DocumentName", string().matching(R"(^[a-zA-Z0-9_\-.:/]{3,128}$)")),
//              optional("InstanceIds", list(string()).size(0, 50))})
#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

using Json = nlohmann::json;

struct Member;

struct Shape {
    enum class Type { string, integer, boolean, timestamp, number, structure, list, map };

    Type type = Type::string;
    std::optional<long long> min; // of the value, or of the length, as the type has it
    std::optional<long long> max;
    std::string pattern;                  // ECMAScript; empty: anything
    std::vector<std::string> values;      // an enum's
    std::vector<Member> members;          // a structure's
    std::shared_ptr<const Shape> element; // a list's elements, a map's values
    std::shared_ptr<const Shape> key;     // a map's keys

    Shape size(long long least, long long most) const;
    Shape at_least(long long least) const;
    Shape at_most(long long most) const;
    Shape matching(std::string ecma_pattern) const;
    Shape one_of(std::vector<std::string> allowed) const;
};

struct Member {
    std::string name; // as the model has it, which is what a handler sees
    Shape shape;
    bool required = false;
    std::string wire_name; // in the query protocols, where it differs ("Filter" for "Filters")

    Member on_the_wire(std::string other_name) const;
};

// The words in which the tables are written.
namespace shapes {
Shape string();
Shape integer();
Shape boolean();
Shape number();
Shape timestamp();
Shape list(Shape element);
Shape map(Shape key, Shape value);
Shape structure(std::vector<Member> members);
Member required(std::string name, Shape shape);
Member optional(std::string name, Shape shape);
} // namespace shapes

// As JSON, keyed as in botocore's models:
// {"type","min","max","pattern","enum","members","required","member",…}.
Json to_json(const Shape& shape);

} // namespace sandbox
