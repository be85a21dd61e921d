// EC2. In: a subnet and its VPC. Out: the routes out of the VPC, and the AWS services that VPC
// endpoints serve. For --dry-run only.
#pragma once

#include "src/aws/client.hpp"

#include <set>
#include <vector>

namespace snow_white::aws {

// Of the subnet's own route table, or else of its VPC's main one (VPC User Guide, "Subnet route
// tables").
struct Routes {
    std::string table; // rtb-…; empty: EC2 shows none, so nothing is known
    std::string internet; // the target of 0.0.0.0/0 (igw-…, nat-…, tgw-…, …); empty: no such route
    bool is_gone = false; // that target does not exist any more (the route is a blackhole)
    std::vector<std::string> others; // further destinations, but not to a peer or an endpoint
};

Result<Routes> get_routes(Client& client, const std::string& subnet, const std::string& vpc);

// The services ("ecr.api", "ssm") with an available endpoint: an interface endpoint with private
// DNS, or a gateway endpoint in that route table.
Result<std::set<std::string>> list_endpoint_services(Client& client, const std::string& vpc,
                                                     const std::string& route_table);

} // namespace snow_white::aws
