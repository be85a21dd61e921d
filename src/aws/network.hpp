// EC2: how a subnet reaches what is outside of its VPC. For --dry-run only.
#pragma once

#include "src/aws/client.hpp"

#include <set>

namespace snow_white::aws {

// Where the subnet sends what is for the internet (0.0.0.0/0): the target's id (igw-…, nat-…, tgw-…, …).
// Empty: it has no such route, or the target is gone. A subnet without a route table of its own has its VPC's
// main one (VPC User Guide, "Subnet route tables").
Result<std::string> get_default_route(Client& client, const std::string& subnet, const std::string& vpc);

// The services that have an endpoint in the VPC, without the region: "ecr.api", "ssm".
Result<std::set<std::string>> list_endpoint_services(Client& client, const std::string& vpc);

} // namespace snow_white::aws
