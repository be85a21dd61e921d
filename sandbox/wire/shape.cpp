#include "sandbox/wire/shape.hpp"
#include "sandbox/base/lookup.hpp"

#include <map>

namespace sandbox {

extern const char* const request_shapes_json; // the file, as sandbox/CMakeLists.txt embeds it

namespace {

using Described = nlohmann::ordered_json;

Shape::Type parse_type(const std::string& name) {
    static const std::map<std::string, Shape::Type> types{
        {"string", Shape::Type::string},   {"integer", Shape::Type::integer},
        {"boolean", Shape::Type::boolean}, {"timestamp", Shape::Type::timestamp},
        {"double", Shape::Type::number},   {"structure", Shape::Type::structure},
        {"list", Shape::Type::list},       {"map", Shape::Type::map}};
    return types.at(name);
}

std::shared_ptr<const Shape> parse_inner(const Described& described, const char* name) {
    return std::make_shared<const Shape>(parse_shape(described.at(name)));
}

} // namespace

const Described& request_shapes() {
    static const Described shapes = Described::parse(request_shapes_json);
    return shapes;
}

Shape parse_shape(const Described& described) {
    Shape shape;
    shape.type = parse_type(described.at("type"));
    if (described.contains("min")) shape.min = described["min"];
    if (described.contains("max")) shape.max = described["max"];
    shape.pattern = described.value("pattern", "");
    shape.values = described.value("enum", shape.values);
    if (shape.type == Shape::Type::list) shape.element = parse_inner(described, "member");
    if (shape.type == Shape::Type::map) {
        shape.key = parse_inner(described, "key");
        shape.element = parse_inner(described, "value");
    }
    if (shape.type != Shape::Type::structure) return shape;
    const Described& required = described.at("required");
    for (const auto& [name, member] : described.at("members").items())
        shape.members.push_back({name, parse_shape(member), contains(required, name),
                                 member.value("locationName", "")});
    return shape;
}

} // namespace sandbox
