#include "sandbox/ssm/document_library.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"

#include "sandbox/wire/dialect.hpp"
#include "sandbox/wire/digest.hpp"
#include "sandbox/wire/time_format.hpp"
#include "sandbox/world/document_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace sandbox {

namespace {

template <class... Arguments>
[[noreturn]] void invalid_parameter(fmt::format_string<Arguments...> message,
                                    Arguments&&... arguments) {
    throw aws_error("InvalidParameters", message, std::forward<Arguments>(arguments)...);
}

void check_value(const std::string& name, const Json& definition, const std::string& value) {
    const Json allowed = definition.value("allowedValues", Json::array());
    const auto equals = [&value](const Json& candidate) { return text_of(candidate) == value; };
    if (!allowed.empty() && std::ranges::none_of(allowed, equals))
        invalid_parameter("Value '{}' of parameter {} is not one of {}", value, name,
                          allowed.dump());
    const std::string pattern = definition.value("allowedPattern", "");
    if (!pattern.empty() && !std::regex_match(value, std::regex(pattern)))
        invalid_parameter("Value '{}' of parameter {} does not match {}", value, name, pattern);
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

void DocumentLibrary::add(const std::string& name, const Json& properties, Instant created,
                          bool promotes) {
    const Json content = properties.value("Content", Json::object());
    const std::string text = text_of(content);
    Versions& versions = documents_[name];
    versions.all.push_back({.name = name,
                            .version = std::to_string(versions.all.size() + 1),
                            .format = properties.value("DocumentFormat", "JSON"),
                            .type = properties.value("DocumentType", "Command"),
                            .target_type = properties.value("TargetType", ""),
                            .content = content.is_string() ? Json::parse(text) : content,
                            .text = text,
                            .sha256 = sha256_hex(text),
                            .created = created});
    if (promotes) versions.by_default = versions.all.size() - 1;
}

void DocumentLibrary::add_all(const Stack& stack) {
    for (const auto& resource : stack.resources)
        if (resource.type == "AWS::SSM::Document")
            add(resource.physical_id, resource.properties, stack.created);
}

const DocumentLibrary::Versions& DocumentLibrary::versions_of(const std::string& name) const {
    const std::string own = make_arn("ssm", region_, account_, "document/");
    if (const auto* const versions =
            find_key(documents_, name.starts_with(own) ? name.substr(own.size()) : name))
        return *versions;
    throw aws_error("InvalidDocument", "Document with name {} does not exist.", name);
}

const Document& DocumentLibrary::find(const std::string& name, const std::string& version) const {
    const Versions& versions = versions_of(name);
    if (version.empty() || version == "$DEFAULT") return versions.all[versions.by_default];
    if (version == "$LATEST") return versions.all.back();
    if (const auto* const found = find_by(versions.all, &Document::version, version)) return *found;
    throw aws_error("InvalidDocumentVersion", "The document version {} of {} does not exist.",
                    version, name);
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
            invalid_parameter("Parameter {} is not defined in the document.", name);
    Json resolved = Json::object();
    for (const auto& [name, definition] : definitions.items()) {
        if (!given.contains(name) && !definition.contains("default"))
            invalid_parameter("Parameter {} has no value and no default.", name);
        resolved[name] = given.contains(name) ? given[name] : as_list(definition["default"]);
        if (definition.value("type", "String") == "String" && resolved[name].size() != 1)
            invalid_parameter("Parameter {} is a String and takes one value.", name);
        for (const auto& value : resolved[name])
            check_value(name, definition, text_of(value));
    }
    return resolved;
}

Duration execution_timeout(const Json& content) {
    Duration total{0};
    for (const auto& step : content.value("mainSteps", Json::array()))
        total += step_timeout(step);
    return total;
}

} // namespace sandbox
