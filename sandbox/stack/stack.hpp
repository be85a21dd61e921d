// The CloudFormation stack as deployed: the real template's resources with every intrinsic
// resolved. In: the template's text and parameters. Failure: std::runtime_error that names the
// resource and the intrinsic that could not be resolved.
#pragma once

#include "sandbox/base/types.hpp"
#include "sandbox/world/region.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sandbox {

struct StackResource {
    std::string logical_id;
    std::string physical_id;
    std::string type; // AWS::SSM::Document
    Json properties;  // resolved
};

struct Stack {
    std::string name;
    std::string id; // arn:aws:cloudformation:…:stack/NAME/UUID
    std::string description;
    std::map<std::string, std::string> parameters; // as given, or the defaults
    std::set<std::string> secret_parameters;       // NoEcho: never shown
    std::map<std::string, std::string> outputs;
    std::vector<StackResource> resources; // by logical id; without those whose condition is false
    Instant created{};

    const StackResource* find(const std::string& logical_id) const;
};

struct DeployOptions {
    std::string account = "123456789012";
    std::string region = home_region;
    std::string name = "snow-white";
    std::map<std::string, std::string> parameters; // what `--parameter-overrides` would say
    Instant now{};
};

Stack deploy(const std::string& template_text, const DeployOptions& options);

} // namespace sandbox
