#include "src/aws/elastic_beanstalk.hpp"

namespace snow_white::aws {

Result<std::vector<EbEnvironment>> describe_environments(Client& client, const std::string& application) {
    std::vector<EbEnvironment> environments;
    for (std::string token;;) {
        Parameters parameters{{"ApplicationName", application}};
        if (!token.empty()) parameters.emplace_back("NextToken", token);
        const auto answer = client.query(operations::describe_environments, parameters);
        if (!answer) return tl::unexpected(answer.error());
        const auto result = (*answer)->document_element().child("DescribeEnvironmentsResult");
        for (const auto member : result.child("Environments").children("member")) {
            // A server that overlooks the filter must not have us act on somebody else's environments.
            const std::string theirs = member.child_value("ApplicationName");
            if (!theirs.empty() && theirs != application) continue;
            environments.push_back({member.child_value("EnvironmentName"),
                                    member.child_value("EnvironmentId"), member.child_value("Status")});
        }
        token = result.child_value("NextToken");
        if (token.empty()) return environments;
    }
}

Result<std::vector<InstanceId>> describe_environment_instances(Client& client,
                                                               const std::string& environment_name) {
    const auto answer =
        client.query(operations::describe_environment_resources, {{"EnvironmentName", environment_name}});
    if (!answer) return tl::unexpected(answer.error());
    std::vector<InstanceId> ids;
    const auto resources = (*answer)
                               ->document_element()
                               .child("DescribeEnvironmentResourcesResult")
                               .child("EnvironmentResources");
    for (const auto member : resources.child("Instances").children("member"))
        ids.push_back({member.child_value("Id")});
    return ids;
}

} // namespace snow_white::aws
