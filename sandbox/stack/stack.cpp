#include "sandbox/stack/stack.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/stack/resolver.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/shape.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

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
    return node.IsSequence() ? Json::array() : Json::object();
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

// A CloudFormation template's YAML as JSON, with the short forms of intrinsics spelt out: `!Ref X`
// becomes {"Ref": "X"}, `!Sub '…'` {"Fn::Sub": "…"}. Plain scalars get YAML's types; quoted ones
// stay strings. Failure: std::runtime_error with the place.
Json read_template(const std::string& yaml_text) {
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

std::string stack_arn(const DeployOptions& options) {
    const std::string digest = sha256_hex(options.region + "/" + options.name);
    return make_arn("cloudformation", options.region, options.account,
                    fmt::format("stack/{}/{}", options.name, as_uuid(digest)));
}

bool is_allowed(const std::string& value, const Json& allowed) {
    return allowed.empty() || std::ranges::any_of(allowed, [&value](const Json& one) {
               return text_of(one) == value;
           });
}

// Of a list each value for itself (CloudFormation: "Parameters section", AllowedPattern).
void check_value(const std::string& name, const Json& parameter, const std::string& value) {
    std::string pattern = parameter.value("AllowedPattern", ".*");
    if (is_list(parameter)) pattern = fmt::format("({0})(,({0}))*", pattern);
    if (!std::regex_match(value, std::regex(pattern)))
        fail<std::runtime_error>("Parameter '{}' must match pattern {}", name, pattern);
    const Json allowed = parameter.value("AllowedValues", Json::array());
    if (!is_allowed(value, allowed))
        fail<std::runtime_error>("Parameter '{}' must be one of {}", name, allowed.dump());
}

void take_parameters(Stack& stack, const Json& declared, const DeployOptions& options) {
    for (const auto& [name, value] : options.parameters)
        if (!declared.contains(name))
            fail<std::runtime_error>("the template has no parameter {}", name);
    for (const auto& [name, parameter] : declared.items()) {
        const auto given = options.parameters.find(name);
        if (given == options.parameters.end() && !parameter.contains("Default"))
            fail<std::runtime_error>("parameter {} has neither a value nor a default", name);
        if (given != options.parameters.end()) check_value(name, parameter, given->second);
        stack.parameters[name] = given != options.parameters.end()
                                     ? given->second
                                     : text_of(parameter.value("Default", Json("")));
        if (parameter.value("NoEcho", false)) stack.secret_parameters.insert(name);
    }
}

bool wanted(const Json& part, const Resolver& resolver) {
    return !part.contains("Condition") || resolver.condition(part["Condition"]);
}

void make_resources(Stack& stack, const Json& declared, const Resolver& resolver) {
    for (const auto& [logical_id, resource] : declared.items()) {
        if (!wanted(resource, resolver)) continue;
        if (const auto fault = fault_of_name(resolver.naming(logical_id)); !fault.empty())
            fail<std::runtime_error>("{} (rollback): {}", logical_id, fault);
        const Json properties = resource.value("Properties", Json::object());
        stack.resources.push_back({logical_id, physical_id(resolver.naming(logical_id)),
                                   resource.at("Type"), resolver.resolve(properties)});
    }
}

void make_outputs(Stack& stack, const Json& declared, const Resolver& resolver) {
    for (const auto& [name, output] : declared.items()) {
        if (!wanted(output, resolver)) continue;
        stack.outputs[name] = text_of(resolver.resolve(output.at("Value")));
    }
}

} // namespace

const StackResource* Stack::find(const std::string& logical_id) const {
    return find_by(resources, &StackResource::logical_id, logical_id);
}

Stack deploy(const std::string& template_text, const DeployOptions& options) {
    const Json whole = read_template(template_text);
    Stack stack{.name = options.name,
                .id = stack_arn(options),
                .description = whole.value("Description", ""),
                .created = options.now};
    take_parameters(stack, whole.value("Parameters", Json::object()), options);
    const Resolver resolver(whole, stack.parameters, options, stack.id);
    resolver.check_rules();
    make_resources(stack, whole.at("Resources"), resolver);
    make_outputs(stack, whole.value("Outputs", Json::object()), resolver);
    return stack;
}

} // namespace sandbox
