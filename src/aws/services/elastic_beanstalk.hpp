// Elastic Beanstalk. In: an application's name. Out: its environments; every page is read. EC2 has
// their instances (ec2.hpp): DescribeEnvironmentResources may need rights of the services behind EB
// (EB's own read-only policy has them: autoscaling, ELB, CloudFormation;
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
    std::string tier = {}; // WebServer, Worker, Cluster; empty: not in the answer
};

// EB lists a terminated environment for an hour.
bool is_terminated(const EbEnvironment& environment);

// An environment of this tier runs pods on EKS and has no instances. Source: EnvironmentTier in
// botocore's model of Elastic Beanstalk (1.44.8): Name `Cluster`, Type `EKS`.
inline constexpr const char* cluster_tier = "Cluster";

// An application that does not exist has no environments: EB answers with an empty list.
Result<std::vector<EbEnvironment>> describe_environments(Client& client,
                                                         const std::string& application);

// Of all applications of the account in this region. Environment names are unique among them.
Result<std::vector<EbEnvironment>> describe_all_environments(Client& client);

} // namespace snow_white::aws
