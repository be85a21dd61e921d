#include "sandbox/world/network.hpp"

#include <algorithm>

namespace sandbox {

namespace {

template <class Place> const Place* find(const std::vector<Place>& places, const std::string& id) {
    const auto found = std::find_if(places.begin(), places.end(),
                                    [&id](const Place& place) { return place.id == id; });
    return found == places.end() ? nullptr : &*found;
}

} // namespace

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
    return find(subnets, id);
}

const SecurityGroup* Network::security_group(const std::string& id) const {
    return find(security_groups, id);
}

} // namespace sandbox
