#include "src/aws/services/elastic_beanstalk.hpp"

#include "src/aws/pagination.hpp"

namespace snow_white::aws {

namespace {

// The tier's name; where the answer has only the type, the name that belongs to it.
std::string tier_of(const pugi::xml_node& member) {
    const auto tier = member.child("Tier");
    const std::string name = tier.child_value("Name");
    return name.empty() && tier.child_value("Type") == std::string("EKS") ? cluster_tier : name;
}

Result<std::vector<EbEnvironment>> describe(Client& client, const Parameters& parameters) {
    std::vector<EbEnvironment> environments;
    const auto read =
        every_page(client, operations::describe_environments, parameters,
                   [&environments](const pugi::xml_node& root) {
                       const auto result = root.child("DescribeEnvironmentsResult");
                       for (const auto member : result.child("Environments").children("member"))
                           environments.push_back(
                               {member.child_value("EnvironmentName"),
                                member.child_value("EnvironmentId"), member.child_value("Status"),
                                member.child_value("ApplicationName"), tier_of(member)});
                       return result.child_value("NextToken");
                   });
    return read.map([&environments] { return std::move(environments); });
}

} // namespace

bool is_terminated(const EbEnvironment& environment) {
    return environment.status == "Terminated";
}

Result<std::vector<EbEnvironment>> describe_environments(Client& client,
                                                         const std::string& application) {
    auto environments = describe(client, {{"ApplicationName", application}});
    // If a server ignores the filter, environments of other applications must not be acted on.
    if (environments)
        std::erase_if(*environments, [&](const EbEnvironment& one) {
            return !one.application.empty() && one.application != application;
        });
    return environments;
}

Result<std::vector<EbEnvironment>> describe_all_environments(Client& client) {
    return describe(client, {});
}

} // namespace snow_white::aws
