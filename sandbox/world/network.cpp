#include "sandbox/world/network.hpp"
#include "sandbox/base/lookup.hpp"

namespace sandbox {

Network home_network() {
    const std::string other_vpc = "vpc-0b2c3d4e5f6071829";
    return {.subnets = {{subnet_id, vpc_id, "us-east-1a", "10.0.0.0/24"},
                        {"subnet-0b2c3d4e5f6071829", other_vpc, "us-east-1b", "10.1.0.0/24"}},
            .security_groups = {{security_group_id, vpc_id, "snow-white"},
                                {"sg-0b2c3d4e5f6071829", other_vpc, "default"}},
            .route_tables = {{"rtb-0a1b2c3d4e5f60718", vpc_id, "", "igw-0a1b2c3d4e5f60718"},
                             {"rtb-0b2c3d4e5f6071829", other_vpc, "", ""}},
            .endpoints = {}};
}

const Subnet* Network::subnet(const std::string& id) const {
    return find_by(subnets, &Subnet::id, id);
}

const SecurityGroup* Network::security_group(const std::string& id) const {
    return find_by(security_groups, &SecurityGroup::id, id);
}

} // namespace sandbox
