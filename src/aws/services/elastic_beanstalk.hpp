// Elastic Beanstalk: the environments of an application. Their instances are EC2's to tell:
// DescribeEnvironmentResources may want rights of the services behind it (EB's own read-only policy
// has them: autoscaling, ELB, CloudFormation;
// https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.iam.managed-policies.html).
#pragma once

#include "src/aws/client.hpp"
#include "src/base/ids.hpp"

namespace snow_white::aws {

struct EbEnvironment {
    std::string name;   // case kept
    std::string id;     // e-abcdefghij
    std::string status; // Launching, Updating, Ready, Terminating, …
    std::string application;
    std::string tier = {}; // WebServer, Worker, Cluster; empty: not told
};

// An environment of this tier runs pods on EKS and has no instances. Source: EnvironmentTier in
// botocore's model of Elastic Beanstalk (1.44.8): Name `Cluster`, Type `EKS`.
inline constexpr const char* cluster_tier = "Cluster";

// Every page. An application that does not exist has no environments: EB answers an empty list.
Result<std::vector<EbEnvironment>> describe_environments(Client& client,
                                                         const std::string& application);

// The same of every application of the account in this region. No two have an environment of the
// same name.
Result<std::vector<EbEnvironment>> describe_all_environments(Client& client);

} // namespace snow_white::aws
