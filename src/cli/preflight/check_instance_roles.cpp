#include "src/aws/services/ec2.hpp"
#include "src/aws/services/iam.hpp"
#include "src/cli/preflight/check_account.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/ranges.h>
#include <map>

namespace snow_white::cli {

namespace {

// The calls with which the agent registers and gets commands. Source: the managed policy
// AmazonSSMManagedInstanceCore. Commands come by ssmmessages, or by ec2messages where that is
// denied (Systems Manager User Guide, "Reference: ec2messages, ssmmessages, and other API
// operations").
constexpr const char* register_call = "ssm:UpdateInstanceInformation";
constexpr const char* receive_call = "ssmmessages:CreateControlChannel";
constexpr const char* older_receive_call = "ec2messages:GetMessages";

bool allows_agent(const std::vector<std::string>& denied) {
    const auto is_denied = [&denied](const char* action) {
        return std::ranges::find(denied, action) != denied.end();
    };
    return !is_denied(register_call) && !(is_denied(receive_call) && is_denied(older_receive_call));
}

void check_profile_of(aws::Client& workers, const std::string& profile,
                      const std::string& instances, const Request& request, Findings& findings,
                      Unchecked& unchecked) {
    if (profile.empty())
        return findings.warn(
            "{}: no instance profile, so no role that may call SSM; give its environment one "
            "(option IamInstanceProfile of aws:autoscaling:launchconfiguration)",
            instances);
    const auto role = aws::get_role_of_profile(workers, profile);
    if (!role && unchecked.add(role.error(), "the role of instance profile " + profile)) return;
    if (!role || role->empty())
        return findings.warn("{}: instance profile {} {}, so nothing there may call SSM", instances,
                             profile, !role ? "does not exist any more" : "has no role");
    const auto denied = aws::list_denied_actions(
        workers, *role, {register_call, receive_call, older_receive_call}, "*");
    if (!denied && unchecked.add(denied.error(), "whether the instances' role may call SSM"))
        return;
    if (!denied) return findings.warn("{}: role {} does not exist any more", instances, *role);
    const std::string name = name_of_arn(*role);
    const std::string policy =
        role->substr(0, role->find(":iam:")) + ":iam::aws:policy/AmazonSSMManagedInstanceCore";
    if (!allows_agent(*denied))
        return findings.warn(
            "{}: role {} may not call SSM ({}): {}", instances, name, fmt::join(*denied, ", "),
            aws_cli_command(request, workers.region(),
                            fmt::format("iam attach-role-policy --role-name {} --policy-arn {}",
                                        report::shell_word(name), policy)));
    findings.warn("{}: role {} may call SSM, so the agent or its network fails; on the instance: "
                  "systemctl status amazon-ssm-agent",
                  instances, name);
}

} // namespace

void check_instance_roles(aws::Client& workers, const fleet::FleetSnapshot& fleet,
                          const Request& request, Findings& findings) {
    std::vector<InstanceId> ids;
    if (fleet.instances)
        for (const auto& one : *fleet.instances)
            if (lacks_agent(one)) ids.push_back(one.id);
    if (ids.empty()) return;
    const auto described = aws::describe_instances(workers, ids);
    if (!described)
        return findings.warn("not checked: the roles of instances without an agent: " +
                             aws::describe(described.error()));
    std::map<std::string, std::vector<std::string>> by_profile;
    for (const auto& one : *described)
        by_profile[one.instance_profile].push_back(one.id.text);
    Unchecked unchecked(findings);
    for (const auto& [profile, instances] : by_profile)
        check_profile_of(workers, profile,
                         instances.size() == 1 ? instances.front()
                                               : fmt::format("{} and {} more", instances.front(),
                                                             instances.size() - 1),
                         request, findings, unchecked);
}

} // namespace snow_white::cli
