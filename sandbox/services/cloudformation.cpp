// CloudFormation, the reading half: stacks, and what their resources are really called.
#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"

#include <fmt/format.h>

namespace sandbox {

namespace {

const char* const status = "CREATE_COMPLETE";

const Stack& stack_named(const std::vector<Stack>& stacks, const std::string& name_or_id,
                         const char* words) {
    for (const Stack& stack : stacks)
        if (stack.name == name_or_id || stack.id == name_or_id) return stack;
    throw AwsError("ValidationError", fmt::format(fmt::runtime(words), name_or_id));
}

Json describe(const Stack& stack, const StackResource& resource, const char* time_key) {
    return {{"StackName", stack.name},
            {"StackId", stack.id},
            {"LogicalResourceId", resource.logical_id},
            {"PhysicalResourceId", resource.physical_id},
            {"ResourceType", resource.type},
            {time_key, iso_time(stack.created)},
            {"ResourceStatus", status},
            {"DriftInformation", {{"StackResourceDriftStatus", "NOT_CHECKED"}}}};
}

Json describe(const Stack& stack) {
    Json parameters = Json::array();
    for (const auto& [key, value] : stack.parameters)
        parameters.push_back(
            {{"ParameterKey", key},
             {"ParameterValue", stack.secret_parameters.contains(key) ? "****" : value}});
    Json outputs = Json::array();
    for (const auto& [key, value] : stack.outputs)
        outputs.push_back({{"OutputKey", key}, {"OutputValue", value}});
    return {{"StackId", stack.id},
            {"StackName", stack.name},
            {"Description", stack.description},
            {"Parameters", parameters},
            {"Outputs", outputs},
            {"CreationTime", iso_time(stack.created)},
            {"StackStatus", status},
            {"DisableRollback", false},
            {"Capabilities", {"CAPABILITY_NAMED_IAM"}},
            {"NotificationARNs", Json::array()},
            {"Tags", Json::array()}};
}

Json describe_stack_resource(const Call& call, const std::vector<Stack>& stacks) {
    const std::string logical_id = call.parameters["LogicalResourceId"];
    const Stack& stack =
        stack_named(stacks, call.parameters["StackName"], "Stack '{}' does not exist");
    const StackResource* const resource = stack.find(logical_id);
    if (!resource)
        throw aws_error("ValidationError", "Resource {} does not exist for stack {}", logical_id,
                        stack.name);
    return {{"StackResourceDetail", describe(stack, *resource, "LastUpdatedTimestamp")}};
}

const Stack& stack_of(const std::string& physical_id, const std::vector<Stack>& stacks) {
    for (const Stack& stack : stacks)
        for (const StackResource& resource : stack.resources)
            if (resource.physical_id == physical_id) return stack;
    throw aws_error("ValidationError", "Stack for {} does not exist", physical_id);
}

Json describe_stack_resources(const Call& call, const std::vector<Stack>& stacks) {
    const Json& asked = call.parameters;
    if (asked.contains("StackName") == asked.contains("PhysicalResourceId"))
        throw AwsError("ValidationError",
                       "You must specify either StackName or PhysicalResourceId, but not both");
    const Stack& stack =
        asked.contains("StackName")
            ? stack_named(stacks, asked["StackName"], "Stack with id {} does not exist")
            : stack_of(asked["PhysicalResourceId"], stacks);
    Json listed = Json::array();
    for (const StackResource& resource : stack.resources)
        if (asked.value("LogicalResourceId", resource.logical_id) == resource.logical_id)
            listed.push_back(describe(stack, resource, "Timestamp"));
    if (listed.empty() && asked.contains("LogicalResourceId"))
        throw aws_error("ValidationError", "Resource {} does not exist for stack {}",
                        asked["LogicalResourceId"].get<std::string>(), stack.name);
    return {{"StackResources", listed}};
}

Json describe_stacks(const Call& call, const std::vector<Stack>& stacks) {
    Json listed = Json::array();
    if (call.parameters.contains("StackName")) {
        listed.push_back(describe(
            stack_named(stacks, call.parameters["StackName"], "Stack with id {} does not exist")));
    } else {
        for (const Stack& stack : stacks)
            listed.push_back(describe(stack));
    }
    return {{"Stacks", listed}};
}

} // namespace

void add_cloudformation(ActionTable& actions, const std::vector<Stack>& stacks) {
    const std::string service = "cloudformation";
    actions.add(service, "DescribeStackResource", describe_stack_resource, stacks);
    actions.add(service, "DescribeStackResources", describe_stack_resources, stacks);
    actions.add(service, "DescribeStacks", describe_stacks, stacks);
}

} // namespace sandbox
