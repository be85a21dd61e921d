#include "src/aws/network.hpp"

#include "src/aws/pages.hpp"

namespace snow_white::aws {

namespace {

Result<Xml> describe_route_tables(Client& client, const std::string& filter, const std::string& value,
                                  bool main) {
    Parameters parameters{{"Filter.1.Name", filter}, {"Filter.1.Value.1", value}};
    if (main) {
        parameters.emplace_back("Filter.2.Name", "association.main");
        parameters.emplace_back("Filter.2.Value.1", "true");
    }
    return client.query(operations::describe_route_tables, parameters);
}

pugi::xml_node first_table(const Xml& answer) {
    return answer->document_element().child("routeTableSet").child("item");
}

std::string target_of(const pugi::xml_node& route) {
    for (const char* const kind :
         {"gatewayId", "natGatewayId", "transitGatewayId", "networkInterfaceId", "instanceId",
          "vpcPeeringConnectionId", "carrierGatewayId", "localGatewayId", "coreNetworkArn"})
        if (const std::string id = route.child_value(kind); !id.empty()) return id;
    return {};
}

} // namespace

Result<std::string> get_default_route(Client& client, const std::string& subnet, const std::string& vpc) {
    auto answer = describe_route_tables(client, "association.subnet-id", subnet, false);
    if (answer && !first_table(*answer)) answer = describe_route_tables(client, "vpc-id", vpc, true);
    if (!answer) return tl::unexpected(answer.error());
    for (const auto route : first_table(*answer).child("routeSet").children("item"))
        if (std::string_view(route.child_value("destinationCidrBlock")) == "0.0.0.0/0" &&
            std::string_view(route.child_value("state")) != "blackhole")
            return target_of(route);
    return std::string{};
}

Result<std::set<std::string>> list_endpoint_services(Client& client, const std::string& vpc) {
    std::set<std::string> services;
    const auto read =
        every_page(operations::describe_vpc_endpoints, [&](const std::string& token) -> Result<std::string> {
            Parameters parameters{{"Filter.1.Name", "vpc-id"}, {"Filter.1.Value.1", vpc}};
            if (!token.empty()) parameters.emplace_back("NextToken", token);
            const auto answer = client.query(operations::describe_vpc_endpoints, parameters);
            if (!answer) return tl::unexpected(answer.error());
            const auto root = (*answer)->document_element();
            for (const auto item : root.child("vpcEndpointSet").children("item")) {
                const std::string name = item.child_value("serviceName"); // com.amazonaws.us-east-1.ecr.api
                const auto region = name.find(client.region() + ".");
                const std::string state = item.child_value("state");
                if (region != std::string::npos && (state == "available" || state == "Available"))
                    services.insert(name.substr(region + client.region().size() + 1));
            }
            return root.child_value("nextToken");
        });
    if (!read) return tl::unexpected(read.error());
    return services;
}

} // namespace snow_white::aws
