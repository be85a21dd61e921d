#include "src/aws/services/iam.hpp"

#include "src/base/text.hpp"

#include <fmt/format.h>

namespace snow_white::aws {

Result<std::string> get_user_tag(Client& client, const std::string& user, const std::string& key) {
    // A user has at most 50 tags (IAM quota) and a page holds 100: there is one page.
    const auto answer = client.query(operations::list_user_tags, {{"UserName", user}});
    if (!answer) return tl::unexpected(answer.error());
    const auto tags = (*answer)->document_element().child("ListUserTagsResult").child("Tags");
    for (const auto tag : tags.children("member"))
        if (lower_case(tag.child_value("Key")) == lower_case(key)) return tag.child_value("Value");
    return std::string{};
}

Result<std::string> get_role_of_profile(Client& client, const std::string& instance_profile) {
    const auto answer =
        client.query(operations::get_instance_profile, {{"InstanceProfileName", instance_profile}});
    if (!answer) return tl::unexpected(answer.error());
    const auto profile =
        (*answer)->document_element().child("GetInstanceProfileResult").child("InstanceProfile");
    return profile.child("Roles").child("member").child_value("Arn"); // a profile has at most one
}

Result<std::vector<std::string>> list_denied_actions(Client& client, const std::string& role_arn,
                                                     const std::vector<std::string>& actions,
                                                     const std::string& resource) {
    Parameters parameters{{"PolicySourceArn", role_arn}, {"ResourceArns.member.1", resource}};
    for (std::size_t i = 0; i < actions.size(); ++i)
        parameters.emplace_back(fmt::format("ActionNames.member.{}", i + 1), actions[i]);
    const auto answer =
        client.query(operations::simulate_principal_policy, parameters); // a page holds 100
    if (!answer) return tl::unexpected(answer.error());
    const auto result = (*answer)->document_element().child("SimulatePrincipalPolicyResult");
    std::vector<std::string> denied;
    for (const auto member : result.child("EvaluationResults").children("member"))
        if (std::string_view(member.child_value("EvalDecision")) != "allowed")
            denied.emplace_back(member.child_value("EvalActionName"));
    return denied;
}

} // namespace snow_white::aws
