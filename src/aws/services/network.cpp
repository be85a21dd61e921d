#include "src/aws/services/network.hpp"

#include "src/aws/pagination.hpp"

namespace snow_white::aws {

namespace {

pugi::xml_node first_table(const Xml& answer) {
    return answer->document_element().child("routeTableSet").child("item");
}

bool member_is(const pugi::xml_node& item, const char* member, std::string_view value) {
    return std::string_view(item.child_value(member)) == value;
}

// Not a peering connection: it carries no traffic for the internet (VPC Peering Guide, "Edge to
// edge routing").
std::string target_of(const pugi::xml_node& route) {
    for (const char* const kind :
         {"gatewayId", "natGatewayId", "transitGatewayId", "networkInterfaceId", "instanceId",
          "carrierGatewayId", "localGatewayId", "coreNetworkArn"})
        if (const std::string id = route.child_value(kind); !id.empty()) return id;
    return {};
}

std::string destination_of(const pugi::xml_node& route) {
    for (const char* const kind : {"destinationCidrBlock", "destinationPrefixListId"})
        if (const std::string to = route.child_value(kind); !to.empty()) return to;
    return {}; // IPv6: it reaches neither AWS's IPv4 endpoints nor Slack
}

void add_route(Routes& routes, const pugi::xml_node& route) {
    const std::string target = target_of(route);
    const std::string destination = destination_of(route);
    const bool is_gone = member_is(route, "state", "blackhole");
    if (destination == "0.0.0.0/0") {
        routes.internet = target;
        routes.is_gone = is_gone;
    } else if (!destination.empty() && !target.empty() && target != "local" &&
               !target.starts_with("vpce-") && !is_gone) {
        routes.others.push_back(destination);
    }
}

bool serves(const pugi::xml_node& endpoint, const std::string& route_table) {
    if (!member_is(endpoint, "state", "available") && !member_is(endpoint, "state", "Available"))
        return false;
    if (!member_is(endpoint, "vpcEndpointType", "Gateway"))
        return !member_is(endpoint, "privateDnsEnabled", "false");
    for (const auto table : endpoint.child("routeTableIdSet").children("item"))
        if (std::string_view(table.child_value()) == route_table) return true;
    return false;
}

} // namespace

Result<Routes> get_routes(Client& client, const std::string& subnet, const std::string& vpc) {
    const auto& operation = operations::describe_route_tables;
    auto answer = client.query(
        operation, {{"Filter.1.Name", "association.subnet-id"}, {"Filter.1.Value.1", subnet}});
    if (answer && !first_table(*answer))
        answer = client.query(operation, {{"Filter.1.Name", "vpc-id"},
                                          {"Filter.1.Value.1", vpc},
                                          {"Filter.2.Name", "association.main"},
                                          {"Filter.2.Value.1", "true"}});
    if (!answer) return tl::unexpected(answer.error());
    const auto table = first_table(*answer);
    Routes routes{.table = table.child_value("routeTableId"), .internet = {}, .others = {}};
    for (const auto route : table.child("routeSet").children("item"))
        add_route(routes, route);
    return routes;
}

Result<std::set<std::string>> list_endpoint_services(Client& client, const std::string& vpc,
                                                     const std::string& route_table) {
    std::set<std::string> services;
    const std::string region_part = "." + client.region() + ".";
    const auto read = every_page(
        client, operations::describe_vpc_endpoints,
        {{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc}}, [&](const pugi::xml_node& root) {
            for (const auto item : root.child("vpcEndpointSet").children("item")) {
                // com.amazonaws.us-east-1.ecr.api
                const std::string name = item.child_value("serviceName");
                const auto region = name.find(region_part);
                if (region != std::string::npos && serves(item, route_table))
                    services.insert(name.substr(region + region_part.size()));
            }
            return root.child_value("nextToken");
        });
    return read.map([&services] { return std::move(services); });
}

} // namespace snow_white::aws
