// AWS regions by name: which there are, and what follows from the name.
#pragma once

#include <string>

namespace sandbox {

// Where what the sandbox has once is: the cluster, its tasks and logs, the subnets. IAM is signed
// for here, too.
inline const std::string home_region = "us-east-1";

// Whether AWS's commercial partition names its regions so: eu-west-1. Source: partitions.json of
// the SDKs (regionRegex), with the points of the compass that its regions have, so that a misspelt
// one is none.
bool is_region(const std::string& name);

// What EC2 calls a host in its network: ip-10-0-0-4.ec2.internal in us-east-1,
// ip-10-0-0-4.eu-west-1.compute.internal elsewhere. Source: "EC2 instance hostnames and domains" in
// the EC2 user guide.
std::string private_dns_name(const std::string& region, const std::string& private_ip);

} // namespace sandbox
