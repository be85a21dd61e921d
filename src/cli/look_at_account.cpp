#include "src/cli/look_at_account.hpp"

#include "src/aws/ec2.hpp"
#include "src/aws/ecr.hpp"
#include "src/aws/iam.hpp"
#include "src/aws/network.hpp"
#include "src/report/selection_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace snow_white::cli {

namespace {

// What could not be checked: told in one line at the end, since one policy grants all of it.
class Unchecked {
public:
    explicit Unchecked(Findings& findings) : findings_(findings) {}
    Unchecked(const Unchecked&) = delete;
    Unchecked& operator=(const Unchecked&) = delete;
    ~Unchecked() {
        if (!rights_.empty())
            findings_.warn(
                fmt::format("not checked: {}; a run does without; the stack's output PreflightPolicyArn "
                            "grants it",
                            fmt::join(rights_, ", ")));
    }

    // True: `error` is none of the account's, and has been told.
    bool take(const aws::Error& error, const std::string& what) {
        if (error.kind == aws::ErrorKind::not_found) return false;
        if (error.kind == aws::ErrorKind::denied)
            rights_.push_back(fmt::format("{} (right {}:{})", what, error.service, error.action));
        else
            findings_.warn(fmt::format("not checked: {}: {}; try again", what, aws::describe(error)));
        return true;
    }

private:
    Findings& findings_;
    std::vector<std::string> rights_;
};

std::string cli(const Request& request, const std::string& region, const std::string& words) {
    return fmt::format("aws {} --region {} --profile {}", words, region,
                       report::shell_word(request.profile()));
}

// Without a route to the internet each of these is reached by an endpoint in the VPC, or not at all. Sources:
// ECS developer guide, "Amazon ECR interface VPC endpoints" (ecr.api, ecr.dkr, s3 for the layers, logs,
// secretsmanager); the others are those that src/aws/operations.hpp names for the task.
std::set<std::string> needed_services(const aws::TaskDefinition& definition) {
    std::set<std::string> needed{"cloudformation", "ec2", "ecs", "elasticbeanstalk", "logs", "ssm"};
    if (aws::ecr_image(definition.image)) needed.insert({"ecr.api", "ecr.dkr", "s3"});
    if (!definition.secret_arns.empty()) needed.insert("secretsmanager");
    return needed;
}

class WayOut {
public:
    WayOut(const aws::TaskDefinition& definition, const Request& request, Findings& findings,
           Unchecked& unchecked)
        : definition_(definition), request_(request), settings_(request.settings), findings_(findings),
          unchecked_(unchecked) {}

    void look(aws::Client& client) {
        const auto route = aws::get_default_route(client, settings_.subnet, settings_.vpc);
        if (!route) {
            unchecked_.take(route.error(), "the way out of " + settings_.subnet);
        } else if (route->empty()) {
            look_at_endpoints(client);
        } else if (route->starts_with("igw-") && !settings_.public_ip) {
            findings_.block(
                ExitCode::refused,
                fmt::format("assign_public_ip: {}'s way out is the internet gateway {}, which carries public "
                            "addresses only, and the task would have none; set assign_public_ip to "
                            "ENABLED, or name a subnet with a NAT gateway: {}",
                            settings_.subnet, *route, other_subnets()));
        } else {
            findings_.say(fmt::format("{} has a way out: {}", settings_.subnet, *route));
        }
    }

private:
    std::string other_subnets() const {
        return cli(request_, settings_.cluster_region,
                   "ec2 describe-route-tables --filters Name=vpc-id,Values=" +
                       report::shell_word(settings_.vpc));
    }

    void look_at_endpoints(aws::Client& client) {
        const auto there = aws::list_endpoint_services(client, settings_.vpc);
        if (!there) {
            unchecked_.take(there.error(), "the endpoints of " + settings_.vpc);
            return;
        }
        std::vector<std::string> missing;
        for (const auto& service : needed_services(definition_))
            if (!there->contains(service)) missing.push_back(service);
        if (missing.empty())
            return findings_.warn(
                fmt::format("{} has no route to the internet: the endpoints of {} reach AWS, "
                            "and nothing reaches Slack",
                            settings_.subnet, settings_.vpc));
        findings_.block(
            ExitCode::refused,
            fmt::format(
                "subnet_id: {} has no route to the internet, and {} has no endpoint for {}: the task "
                "could not start or report; name a subnet with a route, or give this one a NAT gateway's: {}",
                settings_.subnet, settings_.vpc, fmt::join(missing, ", "),
                cli(request_, settings_.cluster_region,
                    "ec2 create-route --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-… "
                    "--route-table-id rtb-…")));
    }

    const aws::TaskDefinition& definition_;
    const Request& request_;
    const Settings& settings_;
    Findings& findings_;
    Unchecked& unchecked_;
};

void look_at_image(aws::Client& client, const aws::TaskDefinition& definition, Findings& findings,
                   Unchecked& unchecked) {
    const auto image = aws::ecr_image(definition.image);
    if (!image)
        return findings.say(
            fmt::format("image {} is in another registry than ECR: not checked", definition.image));
    aws::Client registry = client.in(image->region);
    const auto found = aws::find_image(registry, *image);
    if (found) return findings.say(fmt::format("image {} is there", definition.image));
    if (unchecked.take(found.error(), "the image")) return;
    findings.block(
        ExitCode::refused,
        fmt::format("image {} is not there ({}): the task could not start; push it: make image, then skopeo "
                    "copy docker-archive:build/container/snow-white.tar docker://{} (README.md)",
                    definition.image, found.error().code, definition.image));
}

void look_at_execution_role(aws::Client& client, const aws::TaskDefinition& definition,
                            const Request& request, Findings& findings, Unchecked& unchecked) {
    const std::string& role = definition.execution_role;
    for (const auto& secret : definition.secret_arns) {
        const auto denied = aws::list_denied_actions(client, role, {"secretsmanager:GetSecretValue"}, secret);
        if (!denied && unchecked.take(denied.error(), "whether ECS may read the task's secret")) return;
        if (denied && denied->empty()) continue;
        return findings.block(
            ExitCode::refused,
            fmt::format(
                "{} may not read {}: the task could not start; update the stack, which makes both: {}", role,
                secret,
                cli(request, request.settings.cluster_region,
                    "cloudformation deploy --template-file cfn/snow-white-cfn.yml --capabilities "
                    "CAPABILITY_NAMED_IAM --stack-name " +
                        request.stack.name)));
    }
}

// What the agent asks SSM for: to register, to be heard of, and to get commands. Source: the managed policy
// AmazonSSMManagedInstanceCore.
const std::vector<std::string> agents_actions{"ssm:UpdateInstanceInformation",
                                              "ssmmessages:CreateControlChannel", "ec2messages:GetMessages"};

std::vector<aws::InstanceId> without_agent(const fleet::FleetSnapshot& fleet) {
    std::vector<aws::InstanceId> ids;
    if (fleet.instances)
        for (const auto& one : *fleet.instances)
            if (!is_down(one.ec2_state) &&
                (one.agent == fleet::Agent::lost || one.agent == fleet::Agent::absent))
                ids.push_back(one.id);
    return ids;
}

void judge_profile(aws::Client& workers, const std::string& profile, const std::string& instances,
                   const Request& request, Findings& findings, Unchecked& unchecked) {
    if (profile.empty())
        return findings.warn(
            fmt::format("{}: no instance profile, so no role that may speak to SSM; give its environment one "
                        "(option IamInstanceProfile of aws:autoscaling:launchconfiguration)",
                        instances));
    const auto role = aws::get_role_of_profile(workers, profile);
    if (!role) {
        unchecked.take(role.error(), "the role of instance profile " + profile);
        return;
    }
    const auto denied = aws::list_denied_actions(workers, *role, agents_actions, "*");
    if (!denied) {
        unchecked.take(denied.error(), "whether the instances' role may speak to SSM");
        return;
    }
    const std::string name = role->substr(role->rfind('/') + 1);
    const std::string policy =
        role->substr(0, role->find(":iam:")) + ":iam::aws:policy/AmazonSSMManagedInstanceCore";
    if (!denied->empty())
        return findings.warn(fmt::format(
            "{}: role {} may not speak to SSM ({}): {}", instances, name, fmt::join(*denied, ", "),
            cli(request, workers.region(),
                fmt::format("iam attach-role-policy --role-name {} --policy-arn {}", report::shell_word(name),
                            policy))));
    findings.warn(
        fmt::format("{}: role {} may speak to SSM, so it is the agent or its network; on the instance: "
                    "systemctl status amazon-ssm-agent",
                    instances, name));
}

} // namespace

void look_at_tasks_needs(aws::Client& cluster, const aws::TaskDefinition& definition, bool placed,
                         const Request& request, Findings& findings) {
    Unchecked unchecked(findings);
    if (placed) WayOut(definition, request, findings, unchecked).look(cluster);
    look_at_image(cluster, definition, findings, unchecked);
    look_at_execution_role(cluster, definition, request, findings, unchecked);
}

void look_at_instance_roles(aws::Client& workers, const fleet::FleetSnapshot& fleet, const Request& request,
                            Findings& findings) {
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
