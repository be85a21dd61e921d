#include "sandbox/stack/template_file.hpp"

#include <yaml-cpp/yaml.h>

#include <optional>
#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

using Json = nlohmann::json;

Json plain_scalar(const YAML::Node& node) {
    long long whole = 0;
    bool truth = false;
    const std::string& text = node.Scalar();
    if (text.empty() || text == "~" || text == "null") return nullptr;
    if (YAML::convert<long long>::decode(node, whole) && std::to_string(whole) == text)
        return whole;
    if (YAML::convert<bool>::decode(node, truth)) return truth;
    return text;
}

Json untagged(const YAML::Node& node) {
    if (node.IsNull()) return nullptr;
    if (node.IsScalar()) return node.Tag() == "?" ? plain_scalar(node) : Json(node.Scalar());
    Json result = node.IsSequence() ? Json::array() : Json::object();
    return result;
}

Json convert(const YAML::Node& node);

Json with_children(const YAML::Node& node) {
    Json result = untagged(node);
    if (node.IsSequence())
        for (const auto& element : node)
            result.push_back(convert(element));
    if (node.IsMap())
        for (const auto& member : node)
            result[member.first.Scalar()] = convert(member.second);
    return result;
}

// `!GetAtt A.B` takes its two parts in one scalar.
Json attribute_of(const Json& value) {
    if (!value.is_string()) return value;
    const std::string text = value;
    const std::size_t dot = text.find('.');
    if (dot == std::string::npos)
        throw std::runtime_error("!GetAtt " + text + " names no attribute");
    return {text.substr(0, dot), text.substr(dot + 1)};
}

Json convert(const YAML::Node& node) {
    const std::string& tag = node.Tag();
    const Json value = with_children(node);
    if (tag.size() < 2 || tag[0] != '!') return value;
    const std::string name = tag.substr(1);
    if (name == "Ref" || name == "Condition") return {{name, value}};
    return {{"Fn::" + name, name == "GetAtt" ? attribute_of(value) : value}};
}

} // namespace

nlohmann::json read_template(const std::string& yaml_text) {
    // Where a process makes one sandbox after the other, reading the same text was a seventh of its
    // time.
    thread_local std::optional<std::pair<std::string, Json>> latest;
    try {
        if (!latest || latest->first != yaml_text)
            latest.emplace(yaml_text, convert(YAML::Load(yaml_text)));
        return latest->second;
    } catch (const YAML::Exception& fault) {
        throw std::runtime_error(std::string("the template is not readable as YAML: ") +
                                 fault.what());
    }
}

} // namespace sandbox
