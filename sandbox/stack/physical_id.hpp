// What CloudFormation calls the things it makes: physical ids (which are what Ref gives), and
// attributes. The same region, stack, name and type give the same id in every run. Source: "Return
// values" of each resource type in the CloudFormation template reference.
#pragma once

#include <string>

namespace sandbox {

struct ResourceNaming {
    std::string account;
    std::string region;
    std::string stack;
    std::string logical_id;
    std::string type;
    std::string given_name; // the resource's name property, resolved; empty when it has none
};

// The property that names a resource of this type ("Family" for a task definition); empty when none
// does.
std::string name_property(const std::string& type);

std::string physical_id(const ResourceNaming& naming);

// As the service that makes the thing would refuse its name; empty: it takes it. Documents of SSM
// and repositories of ECR. Sources: the API references' pages on CreateDocument (Name:
// [a-zA-Z0-9_\-.]{3,128}; the beginnings aws, amazon and amzn are reserved) and CreateRepository
// (repositoryName). That capital letters do not get around the reserved beginnings is assumed.
std::string fault_of_name(const ResourceNaming& naming);

// Failure: std::runtime_error for an attribute that the sandbox does not know.
std::string attribute(const ResourceNaming& naming, const std::string& name);

} // namespace sandbox
