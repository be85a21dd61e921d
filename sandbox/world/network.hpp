// The networks of a region: what EC2 describes of them, and what RunTask looks a task's place up
// in. There are two VPCs at home, so that what is in the other one can be named by mistake. Plain
// data.
#pragma once

#include <string>
#include <vector>

namespace sandbox {

// Where the helper's settings point.
inline const std::string vpc_id = "vpc-0a1b2c3d4e5f60718";
inline const std::string subnet_id = "subnet-0a1b2c3d4e5f60718";
inline const std::string security_group_id = "sg-0a1b2c3d4e5f60718";

struct Subnet {
    std::string id;
    std::string vpc;
    std::string availability_zone;
    std::string cidr_block;
};

struct RouteTable {
    std::string id;
    std::string vpc;
    std::string subnet;  // empty: the VPC's main one
    std::string way_out; // the target of 0.0.0.0/0: igw-…, nat-…; empty: it has no such route
    bool blackhole = false;               // the target is gone
    std::vector<std::string> by_nat = {}; // further destinations, sent to a NAT gateway
};

struct VpcEndpoint {
    std::string id;
    std::string vpc;
    std::string service; // com.amazonaws.us-east-1.ecr.api
    bool private_names = true;
    std::string route_table = {}; // of a gateway, to which it leads; empty: it is an interface
};

struct SecurityGroup {
    std::string id;
    std::string vpc;
    std::string name;
};

struct Network {
    std::vector<Subnet> subnets;
    std::vector<SecurityGroup> security_groups;
    std::vector<RouteTable> route_tables;
    std::vector<VpcEndpoint> endpoints;

    // Null when there is none such.
    const Subnet* subnet(const std::string& id) const;
    const SecurityGroup* security_group(const std::string& id) const;
};

// The home region's. The others have none.
Network home_network();

} // namespace sandbox
