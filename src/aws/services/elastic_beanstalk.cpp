#include "src/aws/services/elastic_beanstalk.hpp"

#include "src/aws/pagination.hpp"

namespace snow_white::aws {

namespace {

// Its name; where only the type is told, the tier of that type.
std::string tier_of(const pugi::xml_node& member) {
    const auto tier = member.child("Tier");
    const std::string name = tier.child_value("Name");
    return name.empty() && tier.child_value("Type") == std::string("EKS") ? cluster_tier : name;
}

Result<std::vector<EbEnvironment>> describe(Client& client, Parameters parameters) {
    std::vector<EbEnvironment> environments;
    const std::size_t filters = parameters.size();
    const auto page = [&](const std::string& token) -> Result<std::string> {
        parameters.resize(filters);
        if (!token.empty()) parameters.emplace_back("NextToken", token);
        const auto answer = client.query(operations::describe_environments, parameters);
        if (!answer) return tl::unexpected(answer.error());
        const auto result = (*answer)->document_element().child("DescribeEnvironmentsResult");
        for (const auto member : result.child("Environments").children("member"))
            environments.push_back({member.child_value("EnvironmentName"),
                                    member.child_value("EnvironmentId"),
                                    member.child_value("Status"),
                                    member.child_value("ApplicationName"), tier_of(member)});
        return result.child_value("NextToken");
    };
    if (const auto read = every_page(operations::describe_environments, page); !read)
        return tl::unexpected(read.error());
    return environments;
}

} // namespace

Result<std::vector<EbEnvironment>> describe_environments(Client& client,
                                                         const std::string& application) {
    auto environments = describe(client, {{"ApplicationName", application}});
    // A server that overlooks the filter must not have us act on somebody else's environments.
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
