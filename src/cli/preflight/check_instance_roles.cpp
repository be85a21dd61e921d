#include "src/aws/services/ec2.hpp"
#include "src/aws/services/iam.hpp"
#include "src/cli/preflight/check_account.hpp"
#include "src/cli/preflight/unchecked.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace snow_white::cli {

namespace {

// What the agent asks SSM for: to register, to be heard of, and to get commands. Source: the
// managed policy AmazonSSMManagedInstanceCore. Commands come by ssmmessages, or by ec2messages
// where that is denied (Systems Manager User Guide, "Reference: ec2messages, ssmmessages, and other
// API operations").
constexpr const char* registers = "ssm:UpdateInstanceInformation";
constexpr const char* hears = "ssmmessages:CreateControlChannel";
constexpr const char* hears_otherwise = "ec2messages:GetMessages";

bool may_work(const std::vector<std::string>& denied) {
    const auto lacks = [&denied](const char* action) {
        return std::ranges::find(denied, action) != denied.end();
    };
    return !lacks(registers) && !(lacks(hears) && lacks(hears_otherwise));
}

std::vector<InstanceId> without_agent(const fleet::FleetSnapshot& fleet) {
    std::vector<InstanceId> ids;
    if (fleet.instances)
        for (const auto& one : *fleet.instances)
            if (lacks_agent(one)) ids.push_back(one.id);
    return ids;
}

void judge_profile(aws::Client& workers, const std::string& profile, const std::string& instances,
                   const Request& request, Findings& findings, Unchecked& unchecked) {
    if (profile.empty())
        return findings.warn(fmt::format(
            "{}: no instance profile, so no role that may speak to SSM; give its environment one "
            "(option IamInstanceProfile of aws:autoscaling:launchconfiguration)",
            instances));
    const auto role = aws::get_role_of_profile(workers, profile);
    const bool no_profile = !role && role.error().kind == aws::ErrorKind::not_found;
    if (!role && !no_profile) {
        unchecked.take(role.error(), "the role of instance profile " + profile);
        return;
    }
    if (no_profile || role->empty())
        return findings.warn(
            fmt::format("{}: instance profile {} {}, so nothing there may speak to SSM", instances,
                        profile, no_profile ? "does not exist any more" : "has no role"));
    const auto denied =
        aws::list_denied_actions(workers, *role, {registers, hears, hears_otherwise}, "*");
    if (!denied && denied.error().kind == aws::ErrorKind::not_found)
        return findings.warn(fmt::format("{}: role {} does not exist any more", instances, *role));
    if (!denied) {
        unchecked.take(denied.error(), "whether the instances' role may speak to SSM");
        return;
    }
    const std::string name = name_in(*role);
    const std::string policy =
        role->substr(0, role->find(":iam:")) + ":iam::aws:policy/AmazonSSMManagedInstanceCore";
    if (!may_work(*denied))
        return findings.warn(fmt::format(
            "{}: role {} may not speak to SSM ({}): {}", instances, name, fmt::join(*denied, ", "),
            cli(request, workers.region(),
                fmt::format("iam attach-role-policy --role-name {} --policy-arn {}",
                            report::shell_word(name), policy))));
    findings.warn(fmt::format(
        "{}: role {} may speak to SSM, so it is the agent or its network; on the instance: "
        "systemctl status amazon-ssm-agent",
        instances, name));
}

} // namespace

void look_at_instance_roles(aws::Client& workers, const fleet::FleetSnapshot& fleet,
                            const Request& request, Findings& findings) {
    const auto ids = without_agent(fleet);
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
        judge_profile(workers, profile,
                      instances.size() == 1
                          ? instances.front()
                          : fmt::format("{} and {} more", instances.front(), instances.size() - 1),
                      request, findings, unchecked);
}

} // namespace snow_white::cli
