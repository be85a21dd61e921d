// EC2: how a subnet reaches what is outside of its VPC. For --dry-run only.
#pragma once

#include "src/aws/client.hpp"

#include <set>
#include <vector>

namespace snow_white::aws {

// Of the route table that holds for a subnet: its own, or else its VPC's main one (VPC User Guide,
// "Subnet route tables").
struct Routes {
    std::string table; // rtb-…; empty: EC2 shows none, so nothing is known
    std::string internet; // the target of 0.0.0.0/0 (igw-…, nat-…, tgw-…, …); empty: no such route
    bool is_gone = false; // that target is gone (the route is a blackhole)
    std::vector<std::string>
        others; // what else is sent out of the VPC, but not to a peer or an endpoint
};

Result<Routes> get_routes(Client& client, const std::string& subnet, const std::string& vpc);

// The services, without the region ("ecr.api", "ssm"), that an endpoint serves to those who use
// that route table: one that is available, whose names are the service's own (private DNS), or
// whose gateway that table leads to.
Result<std::set<std::string>> list_endpoint_services(Client& client, const std::string& vpc,
                                                     const std::string& route_table);

} // namespace snow_white::aws
