#include "sandbox/stack/resolver.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/wire/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

// What stands for AWS::NoValue until its place is dropped: no template can spell it.
const Json no_value = Json::binary({});

bool is_call(const Json& value) {
    if (!value.is_object() || value.size() != 1) return false;
    const std::string key = value.begin().key();
    return key == "Ref" || key == "Condition" || key.starts_with("Fn::");
}

Json split(const std::string& separator, const std::string& text) {
    Json parts = Json::array();
    std::size_t begin = 0;
    for (std::size_t end = text.find(separator); end != std::string::npos;
         end = text.find(separator, begin)) {
        parts.push_back(text.substr(begin, end - begin));
        begin = end + separator.size();
    }
    parts.push_back(text.substr(begin));
    return parts;
}

} // namespace

bool is_list(const Json& parameter) {
    return parameter.value("Type", "") == "CommaDelimitedList";
}

Resolver::Resolver(const Json& whole_template, const std::map<std::string, std::string>& parameters,
                   const DeployOptions& options, std::string stack_id)
    : template_(whole_template), parameters_(parameters), options_(options),
      stack_id_(std::move(stack_id)) {}

const Json& Resolver::section(const char* name) const {
    static const Json empty = Json::object();
    const auto found = template_.find(name);
    return found == template_.end() ? empty : *found;
}

Json Resolver::resolve(const Json& value) const {
    if (is_call(value)) return call(value.begin().key(), value.begin().value());
    if (!value.is_structured()) return value;
    Json result = value.is_array() ? Json::array() : Json::object();
    for (const auto& [key, member] : value.items()) {
        Json resolved = resolve(member);
        if (resolved == no_value) continue;
        if (value.is_array())
            result.push_back(std::move(resolved));
        else
            result[key] = std::move(resolved);
    }
    return result;
}

Json Resolver::call(const std::string& function, const Json& argument) const {
    if (function == "Ref") return reference(argument);
    if (function == "Fn::Sub") return substitute(argument);
    if (function == "Fn::GetAtt")
        return attribute(naming(argument.at(0)), text_of(resolve(argument.at(1))));
    if (function == "Fn::FindInMap") return mapped(argument);
    if (function == "Fn::If") return resolve(argument.at(condition(argument.at(0)) ? 1 : 2));
    if (function == "Fn::Join") {
        std::vector<std::string> parts;
        for (const Json& part : resolve(argument.at(1)))
            parts.push_back(text_of(part));
        return fmt::format("{}", fmt::join(parts, argument.at(0).get<std::string>()));
    }
    if (function == "Fn::Select")
        return resolve(argument.at(1))
            .at(static_cast<std::size_t>(std::stoul(text_of(argument.at(0)))));
    if (function == "Fn::Split") return split(argument.at(0), text_of(resolve(argument.at(1))));
    if (function == "Fn::Equals" || function == "Fn::Not" || function == "Fn::And" ||
        function == "Fn::Or" || function == "Condition")
        return truth({{function, argument}});
    fail<std::runtime_error>("{} is not known to the sandbox", function);
}

Json Resolver::reference(const std::string& name) const {
    const std::map<std::string, Json> pseudo{
        {"AWS::AccountId", options_.account},
        {"AWS::Region", options_.region},
        {"AWS::StackName", options_.name},
        {"AWS::StackId", stack_id_},
        {"AWS::Partition", "aws"},
        {"AWS::URLSuffix", "amazonaws.com"},
        {"AWS::NoValue", no_value},
    };
    if (const auto found = pseudo.find(name); found != pseudo.end()) return found->second;
    if (const auto found = parameters_.find(name); found != parameters_.end())
        return is_list(section("Parameters").value(name, Json::object()))
                   ? split(",", found->second)
                   : Json(found->second);
    return physical_id(naming(name));
}

Json Resolver::mapped(const Json& argument) const {
    Json found = section("Mappings");
    for (const Json& part : argument) {
        const std::string key = text_of(resolve(part));
        if (!found.contains(key)) fail<std::runtime_error>("no mapping has {}", argument.dump());
        found = Json(found[key]);
    }
    return found;
}

// "${Name}", "${Resource.Attribute}", and "${!literally}".
std::string Resolver::substitute(const Json& argument) const {
    const std::string pattern = argument.is_array() ? argument.at(0) : argument;
    const Json own_variables = argument.is_array() ? resolve(argument.at(1)) : Json::object();
    std::string result;
    std::size_t begin = 0;
    while (begin < pattern.size()) {
        const std::size_t dollar = std::min(pattern.find("${", begin), pattern.size());
        result += pattern.substr(begin, dollar - begin);
        if (dollar == pattern.size()) break;
        const std::size_t end = pattern.find('}', dollar);
        if (end == std::string::npos)
            throw std::runtime_error("Fn::Sub without closing brace: " + pattern);
        const std::string name = pattern.substr(dollar + 2, end - dollar - 2);
        result +=
            name.starts_with('!') ? "${" + name.substr(1) + "}" : variable(name, own_variables);
        begin = end + 1;
    }
    return result;
}

std::string Resolver::variable(const std::string& name, const Json& own_variables) const {
    if (own_variables.contains(name)) return text_of(own_variables[name]);
    const std::size_t dot = name.find('.');
    return dot == std::string::npos ? text_of(reference(name))
                                    : attribute(naming(name.substr(0, dot)), name.substr(dot + 1));
}

bool Resolver::condition(const std::string& name) const {
    const auto found = section("Conditions").find(name);
    if (found == section("Conditions").end())
        fail<std::runtime_error>("the template has no condition {}", name);
    return truth(*found);
}

void Resolver::check_rules() const {
    for (const auto& [name, rule] : section("Rules").items()) {
        if (rule.contains("RuleCondition") && !truth(rule["RuleCondition"])) continue;
        for (const Json& assertion : rule.at("Assertions"))
            if (!truth(assertion.at("Assert")))
                fail<std::runtime_error>("rule {}: {}", name,
                                         assertion.value("AssertDescription", ""));
    }
}

bool Resolver::truth(const Json& value) const {
    const std::string function = value.begin().key();
    const Json& argument = value.begin().value();
    const auto holds = [this](const Json& one) { return truth(one); };
    if (function == "Condition") return condition(argument);
    if (function == "Fn::Not") return !truth(argument.at(0));
    if (function == "Fn::And") return std::ranges::all_of(argument, holds);
    if (function == "Fn::Or") return std::ranges::any_of(argument, holds);
    if (function == "Fn::Equals")
        return text_of(resolve(argument.at(0))) == text_of(resolve(argument.at(1)));
    fail<std::runtime_error>("{} is no condition", function);
}

ResourceNaming Resolver::naming(const std::string& logical_id) const {
    const auto found = section("Resources").find(logical_id);
    if (found == section("Resources").end())
        fail<std::runtime_error>("the template has no resource, parameter or condition named {}",
                                 logical_id);
    ResourceNaming result{options_.account, options_.region,   options_.name,
                          logical_id,       found->at("Type"), {}};
    const std::string property = name_property(result.type);
    const Json properties = found->value("Properties", Json::object());
    if (properties.contains(property)) result.given_name = text_of(resolve(properties[property]));
    return result;
}

} // namespace sandbox
