#include "sandbox/stack/stack.hpp"
#include "sandbox/stack/resolver.hpp"
#include "sandbox/stack/template_file.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace sandbox {

namespace {

std::string stack_arn(const DeployOptions& options) {
    return fmt::format("arn:aws:cloudformation:{}:{}:stack/{}/{}", options.region, options.account,
                       options.name, as_uuid(sha256_hex(options.region + "/" + options.name)));
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
        throw std::runtime_error(
            fmt::format("Parameter '{}' must match pattern {}", name, pattern));
    const Json allowed = parameter.value("AllowedValues", Json::array());
    if (!is_allowed(value, allowed))
        throw std::runtime_error(
            fmt::format("Parameter '{}' must be one of {}", name, allowed.dump()));
}

void take_parameters(Stack& stack, const Json& declared, const DeployOptions& options) {
    for (const auto& [name, value] : options.parameters)
        if (!declared.contains(name))
            throw std::runtime_error(fmt::format("the template has no parameter {}", name));
    for (const auto& [name, parameter] : declared.items()) {
        const auto given = options.parameters.find(name);
        if (given == options.parameters.end() && !parameter.contains("Default"))
            throw std::runtime_error(
                fmt::format("parameter {} has neither a value nor a default", name));
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
            throw std::runtime_error(fmt::format("{} (rollback): {}", logical_id, fault));
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
    for (const StackResource& resource : resources)
        if (resource.logical_id == logical_id) return &resource;
    return nullptr;
}

Stack deploy(const std::string& template_text, const DeployOptions& options) {
    const Json whole = read_template(template_text);
    Stack stack;
    stack.name = options.name;
    stack.id = stack_arn(options);
    stack.description = whole.value("Description", "");
    stack.created = options.now;
    take_parameters(stack, whole.value("Parameters", Json::object()), options);
    const Resolver resolver(whole, stack.parameters, options, stack.id);
    resolver.check_rules();
    make_resources(stack, whole.at("Resources"), resolver);
    make_outputs(stack, whole.value("Outputs", Json::object()), resolver);
    return stack;
}

} // namespace sandbox
