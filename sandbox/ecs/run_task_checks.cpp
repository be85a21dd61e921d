// What RunTask refuses, in the words in which ECS does (as its users quote them).
#include "sandbox/ecs/ecs.hpp"
#include "sandbox/wire/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace sandbox {

namespace {

constexpr std::size_t longest_overrides = 8192;
constexpr std::size_t longest_started_by = 128;
constexpr std::size_t longest_token = 64;
constexpr int most_tasks = 10;

template <class... Arguments>
[[noreturn]] void invalid(fmt::format_string<Arguments...> message, Arguments&&... arguments) {
    throw aws_error("InvalidParameterException", message, std::forward<Arguments>(arguments)...);
}

bool may_start(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '/' || c == '_';
}

void check_texts(const Json& parameters) {
    const std::string started_by = parameters.value("startedBy", "");
    if (started_by.size() > longest_started_by)
        invalid("startedBy cannot be longer than {} characters.", longest_started_by);
    if (!std::ranges::all_of(started_by, may_start))
        invalid("startedBy may contain letters, digits, hyphens, forward slashes and underscores "
                "only.");
    const std::string token = parameters.value("clientToken", "");
    const bool printable = std::ranges::all_of(token, [](char c) { return c >= '!' && c <= '~'; });
    if (token.size() > longest_token || !printable)
        invalid("clientToken takes up to {} characters in the range of 33-126.", longest_token);
    const int count = parameters.value("count", 1);
    if (count < 1 || count > most_tasks) invalid("Count should be within [1, {}].", most_tasks);
}

// Source: ECS API reference, Tag: letters, digits, spaces and _ . : / = + - @. What is not ASCII
// passes here: it may be a letter.
bool fits_a_tag(const std::string& text) {
    return std::ranges::all_of(text, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               (static_cast<unsigned char>(c) & 0x80U) != 0 ||
               std::string_view(" _.:/=+-@").find(c) != std::string_view::npos;
    });
}

void check_tags(const Json& parameters) {
    for (const auto& tag : parameters.value("tags", Json::array())) {
        const std::string key = tag.value("key", "");
        if (key.empty() || key.starts_with("aws:"))
            invalid("Some of the tags contain invalid keys.");
        if (!fits_a_tag(key) || !fits_a_tag(tag.value("value", "")))
            invalid("Some of the tags contain invalid characters. Valid characters: UTF-8 letters, "
                    "spaces, numbers and _ . / = + - : @");
    }
}

void check_overrides(const Json& parameters, const Json& definition) {
    const Json overrides = parameters.value("overrides", Json::object());
    if (overrides.dump().size() > longest_overrides)
        invalid("Container Overrides length must be at most {}", longest_overrides);
    for (const auto& override : overrides.value("containerOverrides", Json::array())) {
        const std::string name = override.value("name", "");
        const auto& containers = definition.at("containerDefinitions");
        if (std::ranges::none_of(containers, [&name](const Json& container) {
                return container.value("name", "") == name;
            }))
            invalid("Override for container named {} is not a container in the TaskDefinition.",
                    name);
    }
}

} // namespace

void Ecs::check_network(const Json& parameters) const {
    const auto pointer = "/networkConfiguration/awsvpcConfiguration"_json_pointer;
    if (!parameters.contains(pointer))
        invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    const Json& network = parameters[pointer];
    const auto subnets = network.value("subnets", std::vector<std::string>{});
    const auto groups = network.value("securityGroups", std::vector<std::string>{});
    if (subnets.empty()) invalid("subnets can not be empty.");
    for (const auto& id : subnets)
        if (options_.network.subnet(id) == nullptr)
            invalid(
                "Error retrieving subnet information for [{}]: The subnet ID '{}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)",
                fmt::join(subnets, ", "), id);
    for (const auto& id : groups)
        if (options_.network.security_group(id) == nullptr)
            invalid("Error retrieving security group information for [{}]: The security group '{}' "
                    "does "
                    "not exist (ErrorCode: InvalidGroup.NotFound)",
                    fmt::join(groups, ", "), id);
    // EC2's words for it (RunInstances); how ECS passes them on was not seen.
    for (const auto& subnet : subnets)
        for (const auto& group : groups)
            if (options_.network.subnet(subnet)->vpc != options_.network.security_group(group)->vpc)
                invalid("Security group {} and subnet {} belong to different networks.", group,
                        subnet);
}

const Json& Ecs::check_run_task(const Json& parameters) const {
    check_cluster(parameters);
    check_texts(parameters);
    check_tags(parameters);
    const Json* const found = definition(parameters.at("taskDefinition"));
    if (found == nullptr) throw AwsError("ClientException", "TaskDefinition not found.");
    if (parameters.value("launchType", "EC2") != "FARGATE")
        invalid("No Container Instances were found in your cluster.");
    check_network(parameters);
    check_overrides(parameters, *found);
    return *found;
}

} // namespace sandbox
