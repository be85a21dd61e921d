#include "sandbox/ecs/task_definition.hpp"

#include "sandbox/wire/time_format.hpp"

#include <cctype>
#include <set>

namespace sandbox {

namespace {

// CloudFormation's keys are the API's with a capital; the keys of a map belong to the user and
// stay.
Json in_camel_case(const Json& value, bool is_map = false) {
    if (value.is_array()) {
        Json list = Json::array();
        for (const auto& element : value)
            list.push_back(in_camel_case(element));
        return list;
    }
    if (!value.is_object()) return value;
    Json object = Json::object();
    for (const auto& [key, inner] : value.items()) {
        std::string name = key;
        if (!is_map) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        object[name] = in_camel_case(inner, key == "Options" || key == "DockerLabels");
    }
    return object;
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

// A template may write 512 or '512'; the API has one type for each.
void fix_types(Json& document) {
    for (const char* const name : {"cpu", "memory"})
        if (document.contains(name)) document[name] = text_of(document[name]);
    for (auto& container : document["containerDefinitions"]) {
        for (const char* const name :
             {"cpu", "memory", "memoryReservation", "startTimeout", "stopTimeout"})
            if (container.contains(name) && container[name].is_string())
                container[name] = std::stoi(container[name].get<std::string>());
        if (container.contains("essential") && container["essential"].is_string())
            container["essential"] = container["essential"] == "true";
    }
}

void add_defaults(Json& container) {
    for (const char* const name :
         {"environment", "mountPoints", "volumesFrom", "portMappings", "systemControls"})
        if (!container.contains(name)) container[name] = Json::array();
    if (!container.contains("cpu")) container["cpu"] = 0;
    if (!container.contains("essential")) container["essential"] = true;
}

} // namespace

Json task_definition_document(const StackResource& resource, const Stack& stack) {
    Json document = in_camel_case(resource.properties);
    document.erase("tags");
    fix_types(document);
    for (auto& container : document["containerDefinitions"])
        add_defaults(container);
    const std::string& arn = resource.physical_id; // …:task-definition/FAMILY:REVISION
    document["taskDefinitionArn"] = arn;
    document["family"] = arn.substr(arn.find('/') + 1, arn.rfind(':') - arn.find('/') - 1);
    document["revision"] = std::stoi(arn.substr(arn.rfind(':') + 1));
    document["status"] = "ACTIVE";
    document["compatibilities"] = {"EC2", "FARGATE"};
    document["requiresAttributes"] = Json::array();
    document["registeredAt"] = epoch_seconds(stack.created);
    for (const char* const name : {"volumes", "placementConstraints"})
        if (!document.contains(name)) document[name] = Json::array();
    return document;
}

std::optional<std::string> secret_value(const Stack& stack, const std::string& value_from) {
    for (const auto& resource : stack.resources)
        if (resource.type == "AWS::SecretsManager::Secret" && resource.physical_id == value_from)
            return resource.properties.value("SecretString", "");
    return std::nullopt;
}

} // namespace sandbox
