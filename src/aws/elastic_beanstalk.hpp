// Elastic Beanstalk: the environments of an application, and what they consist of.
#pragma once

#include "src/aws/client.hpp"
#include "src/aws/ids.hpp"

namespace snow_white::aws {

struct EbEnvironment {
    std::string name;   // case kept
    std::string id;     // e-abcdefghij
    std::string status; // Launching, Updating, Ready, Terminating, …
};

// Every page. An application that does not exist has no environments: EB answers an empty list.
Result<std::vector<EbEnvironment>> describe_environments(Client& client, const std::string& application);

Result<std::vector<InstanceId>> describe_environment_instances(Client& client,
                                                               const std::string& environment_name);

} // namespace snow_white::aws
