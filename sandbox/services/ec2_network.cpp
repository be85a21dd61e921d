// EC2: subnets, security groups, route tables and endpoints, with the filters that a person looks
// for a place with.
#include "sandbox/base/lookup.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/services/paging.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/services/tags.hpp"

#include <algorithm>
#include <map>

namespace sandbox {

namespace {

// Of which kind the things are that an action describes.
struct Kind {
    const char* ids;       // the parameter that names them
    const char* id_filter; // the filter by their id
    const char* prefix;    // of an id
    const char* malformed; // AWS's codes
    const char* not_found;
    const char* noun;
    const char* list; // in the answer
};
constexpr Kind subnets{
    "SubnetIds", "subnet-id", "subnet-", "InvalidSubnetID.Malformed", "InvalidSubnetID.NotFound",
    "subnet ID", "subnetSet"};
constexpr Kind security_groups{"GroupIds",
                               "group-id",
                               "sg-",
                               "InvalidGroupId.Malformed",
                               "InvalidGroup.NotFound",
                               "security group",
                               "securityGroupInfo"};

constexpr Kind route_tables{"RouteTableIds",
                            "route-table-id",
                            "rtb-",
                            "InvalidRouteTableID.Malformed",
                            "InvalidRouteTableID.NotFound",
                            "routeTable ID",
                            "routeTableSet"};
constexpr Kind vpc_endpoints{"VpcEndpointIds",
                             "vpc-endpoint-id",
                             "vpce-",
                             "InvalidVpcEndpointId.Malformed",
                             "InvalidVpcEndpointId.NotFound",
                             "Vpc Endpoint Id",
                             "vpcEndpointSet"};

// One of them: what filters see of it, by their names, and what is answered.
struct Described {
    std::map<std::string, std::string> fields;
    Json item;
};

bool is_hexadecimal(const std::string& text) {
    return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Ids are of 8 hexadecimal digits, the newer ones of 17.
bool is_id(const std::string& text, const std::string& prefix) {
    if (!text.starts_with(prefix)) return false;
    const std::string digits = text.substr(prefix.size());
    return (digits.size() == 8 || digits.size() == 17) && is_hexadecimal(digits);
}

void check_ids(const std::vector<std::string>& wanted, const std::vector<Described>& all,
               const Kind& kind) {
    for (const std::string& id : wanted)
        if (!is_id(id, kind.prefix))
            throw aws_error(kind.malformed, "Invalid id: \"{}\" (expecting \"{}...\")", id,
                            kind.prefix);
    for (const std::string& id : wanted)
        if (std::ranges::none_of(
                all, [&](const Described& one) { return one.fields.at(kind.id_filter) == id; }))
            throw aws_error(kind.not_found, "The {} '{}' does not exist", kind.noun, id);
}

bool is_wanted(const Described& one, const std::vector<std::string>& ids, const Json& filters,
               const Kind& kind) {
    return (ids.empty() || contains(ids, one.fields.at(kind.id_filter))) &&
           std::ranges::all_of(filters, [&](const Json& filter) {
               const auto field = one.fields.find(filter.value("Name", ""));
               if (field == one.fields.end())
                   throw aws_error("InvalidParameterValue", "The filter '{}' is invalid",
                                   filter.value("Name", "null"));
               const Json values = filter.value("Values", Json::array());
               return std::ranges::any_of(values, [&](const Json& pattern) {
                   return matches_wildcards(pattern.get_ref<const std::string&>(), field->second);
               });
           });
}

Json describe(const Json& asked, const RegionState& state, const std::vector<Described>& all,
              const Kind& kind) {
    if (asked.value("DryRun", false))
        throw AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.",
                       412);
    const auto ids = asked.value(kind.ids, std::vector<std::string>{});
    check_ids(ids, all, kind);
    const Json filters = asked.value("Filters", Json::array());
    std::vector<const Described*> matching;
    for (const Described& one : all)
        if (is_wanted(one, ids, filters, kind)) matching.push_back(&one);
    return list_page(asked, ec2_words(state.region, kind.list), matching,
                     [](const Described* one) { return one->item; });
}

std::string arn(const RegionState& state, const std::string& resource) {
    return make_arn("ec2", state.region, state.account, resource);
}

Json describe_subnets(const Call& call, const RegionState& state) {
    std::vector<Described> all;
    for (const Subnet& one : state.network.subnets)
        all.push_back({{{"subnet-id", one.id},
                        {"vpc-id", one.vpc},
                        {"availability-zone", one.availability_zone},
                        {"cidr-block", one.cidr_block},
                        {"state", "available"}},
                       {{"subnetId", one.id},
                        {"subnetArn", arn(state, "subnet/" + one.id)},
                        {"state", "available"},
                        {"vpcId", one.vpc},
                        {"cidrBlock", one.cidr_block},
                        {"availabilityZone", one.availability_zone},
                        {"availableIpAddressCount", 250},
                        {"defaultForAz", false},
                        {"mapPublicIpOnLaunch", true},
                        {"assignIpv6AddressOnCreation", false},
                        {"ownerId", state.account},
                        {"tagSet", Json::array()}}});
    return describe(call.parameters, state, all, subnets);
}

Json describe_security_groups(const Call& call, const RegionState& state) {
    // By name they are looked for in the default VPC, and there is none.
    if (!call.parameters.value("GroupNames", Json::array()).empty())
        throw AwsError("VPCIdNotSpecified", "No default VPC for this user");
    std::vector<Described> all;
    for (const SecurityGroup& one : state.network.security_groups)
        all.push_back({{{"group-id", one.id}, {"vpc-id", one.vpc}, {"group-name", one.name}},
                       {{"groupId", one.id},
                        {"securityGroupArn", arn(state, "security-group/" + one.id)},
                        {"groupName", one.name},
                        {"groupDescription", one.name},
                        {"vpcId", one.vpc},
                        {"ownerId", state.account},
                        {"ipPermissions", Json::array()},
                        {"ipPermissionsEgress", Json::array()},
                        {"tagSet", Json::array()}}});
    return describe(call.parameters, state, all, security_groups);
}

// A table that no subnet names is its VPC's main one. Each has the route within the VPC.
Json describe_route_tables(const Call& call, const RegionState& state) {
    std::vector<Described> all;
    for (const RouteTable& one : state.network.route_tables) {
        Json routes = {{{"destinationCidrBlock", "10.0.0.0/16"},
                        {"gatewayId", "local"},
                        {"origin", "CreateRouteTable"},
                        {"state", "active"}}};
        const char* const target = one.way_out.starts_with("nat-") ? "natGatewayId" : "gatewayId";
        if (!one.way_out.empty())
            routes.push_back({{"destinationCidrBlock", "0.0.0.0/0"},
                              {target, one.way_out},
                              {"origin", "CreateRoute"},
                              {"state", one.blackhole ? "blackhole" : "active"}});
        for (const std::string& destination : one.by_nat)
            routes.push_back({{"destinationCidrBlock", destination},
                              {"natGatewayId", "nat-0a1b2c3d4e5f60718"},
                              {"origin", "CreateRoute"},
                              {"state", "active"}});
        Json association = {{"routeTableAssociationId", "rtbassoc" + one.id.substr(3)},
                            {"routeTableId", one.id},
                            {"main", one.subnet.empty()},
                            {"associationState", {{"state", "associated"}}}};
        if (!one.subnet.empty()) association["subnetId"] = one.subnet;
        all.push_back({{{"route-table-id", one.id},
                        {"vpc-id", one.vpc},
                        {"association.subnet-id", one.subnet},
                        {"association.main", one.subnet.empty() ? "true" : "false"}},
                       {{"routeTableId", one.id},
                        {"vpcId", one.vpc},
                        {"ownerId", state.account},
                        {"routeSet", routes},
                        {"associationSet", Json::array({association})},
                        {"propagatingVgwSet", Json::array()},
                        {"tagSet", Json::array()}}});
    }
    return describe(call.parameters, state, all, route_tables);
}

Json describe_vpc_endpoints(const Call& call, const RegionState& state) {
    std::vector<Described> all;
    for (const VpcEndpoint& one : state.network.endpoints)
        all.push_back(
            {{{"vpc-endpoint-id", one.id},
              {"vpc-id", one.vpc},
              {"service-name", one.service},
              {"vpc-endpoint-state", "available"}},
             {{"vpcEndpointId", one.id},
              {"vpcEndpointType", one.route_table.empty() ? "Interface" : "Gateway"},
              {"privateDnsEnabled", one.route_table.empty() && one.private_names},
              {"routeTableIdSet", one.route_table.empty() ? Json::array() : Json{one.route_table}},
              {"vpcId", one.vpc},
              {"serviceName", one.service},
              {"state", "available"},
              {"ownerId", state.account}}});
    return describe(call.parameters, state, all, vpc_endpoints);
}

} // namespace

void add_ec2_network(ActionTable& actions, const RegionState& state) {
    actions.add("ec2", "DescribeSubnets", describe_subnets, state);
    actions.add("ec2", "DescribeSecurityGroups", describe_security_groups, state);
    actions.add("ec2", "DescribeRouteTables", describe_route_tables, state);
    actions.add("ec2", "DescribeVpcEndpoints", describe_vpc_endpoints, state);
}

} // namespace sandbox
