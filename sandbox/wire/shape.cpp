#include "sandbox/wire/shape.hpp"

#include <utility>

namespace sandbox {

Shape Shape::size(long long least, long long most) const {
    Shape limited = *this;
    limited.min = least;
    limited.max = most;
    return limited;
}

Shape Shape::at_least(long long least) const {
    Shape limited = *this;
    limited.min = least;
    return limited;
}

Shape Shape::at_most(long long most) const {
    Shape limited = *this;
    limited.max = most;
    return limited;
}

Shape Shape::matching(std::string ecma_pattern) const {
    Shape limited = *this;
    limited.pattern = std::move(ecma_pattern);
    return limited;
}

Shape Shape::one_of(std::vector<std::string> allowed) const {
    Shape limited = *this;
    limited.values = std::move(allowed);
    return limited;
}

Member Member::on_the_wire(std::string other_name) const {
    Member renamed = *this;
    renamed.wire_name = std::move(other_name);
    return renamed;
}

namespace shapes {

namespace {
Shape plain(Shape::Type type) {
    Shape shape;
    shape.type = type;
    return shape;
}
} // namespace

Shape string() {
    return plain(Shape::Type::string);
}
Shape integer() {
    return plain(Shape::Type::integer);
}
Shape boolean() {
    return plain(Shape::Type::boolean);
}
Shape number() {
    return plain(Shape::Type::number);
}
Shape timestamp() {
    return plain(Shape::Type::timestamp);
}

Shape list(Shape element) {
    Shape shape = plain(Shape::Type::list);
    shape.element = std::make_shared<const Shape>(std::move(element));
    return shape;
}

Shape map(Shape key, Shape value) {
    Shape shape = plain(Shape::Type::map);
    shape.key = std::make_shared<const Shape>(std::move(key));
    shape.element = std::make_shared<const Shape>(std::move(value));
    return shape;
}

Shape structure(std::vector<Member> members) {
    Shape shape = plain(Shape::Type::structure);
    shape.members = std::move(members);
    return shape;
}

Member required(std::string name, Shape shape) {
    return {std::move(name), std::move(shape), true, {}};
}
Member optional(std::string name, Shape shape) {
    return {std::move(name), std::move(shape), false, {}};
}

} // namespace shapes

namespace {

const char* type_name(Shape::Type type) {
    switch (type) {
    case Shape::Type::string:
        return "string";
    case Shape::Type::integer:
        return "integer";
    case Shape::Type::boolean:
        return "boolean";
    case Shape::Type::timestamp:
        return "timestamp";
    case Shape::Type::number:
        return "double";
    case Shape::Type::structure:
        return "structure";
    case Shape::Type::list:
        return "list";
    case Shape::Type::map:
        return "map";
    }
    return "";
}

void add_members(const Shape& shape, Json& described) {
    described["members"] = Json::object();
    described["required"] = Json::array();
    for (const Member& member : shape.members) {
        Json inner = to_json(member.shape);
        if (!member.wire_name.empty()) inner["locationName"] = member.wire_name;
        described["members"][member.name] = std::move(inner);
        if (member.required) described["required"].push_back(member.name);
    }
}

} // namespace

Json to_json(const Shape& shape) {
    Json described = {{"type", type_name(shape.type)}};
    if (shape.min) described["min"] = *shape.min;
    if (shape.max) described["max"] = *shape.max;
    if (!shape.pattern.empty()) described["pattern"] = shape.pattern;
    if (!shape.values.empty()) described["enum"] = shape.values;
    if (shape.type == Shape::Type::structure) add_members(shape, described);
    if (shape.type == Shape::Type::list) described["member"] = to_json(*shape.element);
    if (shape.type == Shape::Type::map) {
        described["key"] = to_json(*shape.key);
        described["value"] = to_json(*shape.element);
    }
    return described;
}

} // namespace sandbox
