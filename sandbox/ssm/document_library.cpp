#include "sandbox/ssm/document_library.hpp"

#include "sandbox/wire/aws_error.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/time_format.hpp"
#include "sandbox/world/document_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace sandbox {

namespace {

[[noreturn]] void invalid_parameter(const std::string& message) {
    throw AwsError("InvalidParameters", message);
}

void check_value(const std::string& name, const Json& definition, const std::string& value) {
    const Json allowed = definition.value("allowedValues", Json::array());
    const auto equals = [&value](const Json& candidate) { return text_of(candidate) == value; };
    if (!allowed.empty() && std::none_of(allowed.begin(), allowed.end(), equals))
        invalid_parameter(fmt::format("Value '{}' of parameter {} is not one of {}", value, name,
                                      allowed.dump()));
    const std::string pattern = definition.value("allowedPattern", "");
    if (!pattern.empty() && !std::regex_match(value, std::regex(pattern)))
        invalid_parameter(
            fmt::format("Value '{}' of parameter {} does not match {}", value, name, pattern));
}

Json as_list(const Json& value) {
    return value.is_array() ? value : Json::array({text_of(value)});
}

Json described_parameters(const Json& content) {
    Json described = Json::array();
    const Json definitions = content.value("parameters", Json::object());
    for (const auto& [name, definition] : definitions.items()) {
        Json parameter = {{"Name", name}, {"Type", definition.value("type", "String")}};
        if (definition.contains("description"))
            parameter["Description"] = definition["description"];
        if (definition.contains("default"))
            parameter["DefaultValue"] = text_of(definition["default"]);
        described.push_back(std::move(parameter));
    }
    return described;
}

} // namespace

void DocumentLibrary::add(const std::string& name, const Json& properties,
                          snow_white::Instant created, bool promotes) {
    const Json content = properties.value("Content", Json::object());
    Document document;
    document.name = name;
    document.format = properties.value("DocumentFormat", "JSON");
    document.type = properties.value("DocumentType", "Command");
    document.target_type = properties.value("TargetType", "");
    document.text = text_of(content);
    document.content = content.is_string() ? Json::parse(document.text) : content;
    document.sha256 = sha256_hex(document.text);
    document.created = created;
    Versions& versions = documents_[name];
    document.version = std::to_string(versions.all.size() + 1);
    versions.all.push_back(std::move(document));
    if (promotes) versions.by_default = versions.all.size() - 1;
}

void DocumentLibrary::add_all(const Stack& stack) {
    for (const auto& resource : stack.resources)
        if (resource.type == "AWS::SSM::Document")
            add(resource.physical_id, resource.properties, stack.created);
}

const DocumentLibrary::Versions& DocumentLibrary::versions_of(const std::string& name) const {
    const std::string own = fmt::format("arn:aws:ssm:{}:{}:document/", region_, account_);
    const auto found = documents_.find(name.starts_with(own) ? name.substr(own.size()) : name);
    if (found == documents_.end())
        throw AwsError("InvalidDocument",
                       fmt::format("Document with name {} does not exist.", name));
    return found->second;
}

const Document& DocumentLibrary::find(const std::string& name, const std::string& version) const {
    const Versions& versions = versions_of(name);
    if (version.empty() || version == "$DEFAULT") return versions.all[versions.by_default];
    if (version == "$LATEST") return versions.all.back();
    const auto found = std::ranges::find(versions.all, version, &Document::version);
    if (found == versions.all.end())
        throw AwsError("InvalidDocumentVersion",
                       fmt::format("The document version {} of {} does not exist.", version, name));
    return *found;
}

Json DocumentLibrary::describe(const Json& parameters) const {
    const Document& document = find(parameters.at("Name"), parameters.value("DocumentVersion", ""));
    const Versions& versions = versions_of(parameters.at("Name"));
    Json described = {{"Hash", document.sha256},
                      {"HashType", "Sha256"},
                      {"Name", document.name},
                      {"Owner", account_},
                      {"CreatedDate", epoch_seconds(document.created)},
                      {"Status", "Active"},
                      {"DocumentVersion", document.version},
                      {"Parameters", described_parameters(document.content)},
                      {"PlatformTypes", {"Linux", "MacOS"}},
                      {"DocumentType", document.type},
                      {"SchemaVersion", document.content.value("schemaVersion", "2.2")},
                      {"LatestVersion", versions.all.back().version},
                      {"DefaultVersion", versions.all[versions.by_default].version},
                      {"DocumentFormat", document.format},
                      {"Tags", Json::array()}};
    if (document.content.contains("description"))
        described["Description"] = document.content["description"];
    if (!document.target_type.empty()) described["TargetType"] = document.target_type;
    return {{"Document", std::move(described)}};
}

Json DocumentLibrary::get(const Json& parameters) const {
    const Document& document = find(parameters.at("Name"), parameters.value("DocumentVersion", ""));
    return {{"Name", document.name},
            {"CreatedDate", epoch_seconds(document.created)},
            {"DocumentVersion", document.version},
            {"Status", "Active"},
            {"Content", document.text},
            {"DocumentType", document.type},
            {"DocumentFormat", document.format}};
}

Json resolve_parameters(const Json& content, const Json& given) {
    const Json definitions = content.value("parameters", Json::object());
    for (const auto& [name, values] : given.items())
        if (!definitions.contains(name))
            invalid_parameter(fmt::format("Parameter {} is not defined in the document.", name));
    Json resolved = Json::object();
    for (const auto& [name, definition] : definitions.items()) {
        if (!given.contains(name) && !definition.contains("default"))
            invalid_parameter(fmt::format("Parameter {} has no value and no default.", name));
        resolved[name] = given.contains(name) ? given[name] : as_list(definition["default"]);
        if (definition.value("type", "String") == "String" && resolved[name].size() != 1)
            invalid_parameter(fmt::format("Parameter {} is a String and takes one value.", name));
        for (const auto& value : resolved[name])
            check_value(name, definition, text_of(value));
    }
    return resolved;
}

snow_white::Duration execution_timeout(const Json& content) {
    snow_white::Duration total{0};
    for (const auto& step : content.value("mainSteps", Json::array()))
        total += step_timeout(step);
    return total;
}

} // namespace sandbox
