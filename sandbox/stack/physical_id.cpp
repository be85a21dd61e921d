#include "sandbox/stack/physical_id.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>

#include <map>
#include <regex>
#include <stdexcept>

namespace sandbox {

namespace {

std::string suffix(const ResourceNaming& naming, std::size_t length) {
    return in_upper_case(sha256_hex(naming.region + "/" + naming.stack + "/" + naming.logical_id))
        .substr(0, length);
}

// snow-white-QuietSideKiqDocument-AB12CD34EF56
std::string made_up_name(const ResourceNaming& naming) {
    return fmt::format("{}-{}-{}", naming.stack, naming.logical_id, suffix(naming, 12));
}

std::string name_of(const ResourceNaming& naming) {
    return naming.given_name.empty() ? made_up_name(naming) : naming.given_name;
}

std::string arn(const ResourceNaming& naming, const std::string& service, const std::string& rest) {
    return make_arn(service, service == "iam" ? "" : naming.region, naming.account, rest);
}

} // namespace

std::string name_property(const std::string& type) {
    static const std::map<std::string, std::string> properties{
        {"AWS::SSM::Document", "Name"},
        {"AWS::ECS::TaskDefinition", "Family"},
        {"AWS::Logs::LogGroup", "LogGroupName"},
        {"AWS::IAM::Role", "RoleName"},
        {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
        {"AWS::ECR::Repository", "RepositoryName"},
        {"AWS::SecretsManager::Secret", "Name"},
        {"AWS::ECS::Cluster", "ClusterName"},
    };
    const std::string* const property = find_key(properties, type);
    return property == nullptr ? "" : *property;
}

std::string physical_id(const ResourceNaming& naming) {
    const std::string name = name_of(naming);
    if (naming.type == "AWS::ECS::TaskDefinition")
        return arn(naming, "ecs", "task-definition/" + name + ":1");
    if (naming.type == "AWS::IAM::ManagedPolicy") return arn(naming, "iam", "policy/" + name);
    if (naming.type == "AWS::SecretsManager::Secret")
        return arn(naming, "secretsmanager",
                   fmt::format("secret:{}-{}", naming.given_name.empty() ? naming.logical_id : name,
                               suffix(naming, 6)));
    return name;
}

std::string fault_of_name(const ResourceNaming& naming) {
    static const std::regex reserved("(aws|amazon|amzn).*", std::regex::icase);
    static const std::regex document("[A-Za-z0-9_.-]{3,128}");
    static const std::regex repository(
        "(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*");
    const std::string name = name_of(naming);
    if (naming.type == "AWS::SSM::Document" && std::regex_match(name, reserved))
        return fmt::format(
            "{}: aws, amazon and amzn are reserved as beginnings of a document's name", name);
    if (naming.type == "AWS::SSM::Document" && !std::regex_match(name, document))
        return fmt::format("{}: a document's name has 3 to 128 letters, digits, _ - and .", name);
    if (naming.type == "AWS::ECR::Repository" && !std::regex_match(name, repository))
        return fmt::format(
            "{}: a repository's name has small letters, digits and single separators", name);
    return "";
}

std::string attribute(const ResourceNaming& naming, const std::string& name) {
    if (name == "Arn" && naming.type == "AWS::IAM::Role")
        return arn(naming, "iam", "role/" + name_of(naming));
    if (name == "Arn" && naming.type == "AWS::Logs::LogGroup")
        return arn(naming, "logs", "log-group:" + name_of(naming) + ":*");
    if (name == "Arn" && naming.type == "AWS::ECR::Repository")
        return arn(naming, "ecr", "repository/" + name_of(naming));
    if (name == "RepositoryUri" && naming.type == "AWS::ECR::Repository")
        return fmt::format("{}.dkr.ecr.{}.amazonaws.com/{}", naming.account, naming.region,
                           name_of(naming));
    if (name == "TaskDefinitionArn" && naming.type == "AWS::ECS::TaskDefinition")
        return physical_id(naming);
    fail<std::runtime_error>("Fn::GetAtt {}.{}: the sandbox knows no such attribute of {}",
                             naming.logical_id, name, naming.type);
}

} // namespace sandbox
