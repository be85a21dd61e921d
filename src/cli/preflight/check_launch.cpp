#include "src/cli/preflight/check_launch.hpp"

#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/base/text.hpp"
#include "src/cli/input/task_environment.hpp"
#include "src/cli/preflight/check_account.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

// A setting that names a resource in the cluster's region.
struct Setting {
    const char* name;
    const char* noun;
    std::string value;
    const char* right;                    // to describe it
    std::string list_command;             // of the AWS CLI: which ones there are
    aws::Result<std::string> answer = {}; // the cluster's status, or the VPC of the others
};

class LaunchSettings {
public:
    LaunchSettings(const Request& request, Findings& findings)
        : request_(request), settings_(request.settings), findings_(findings) {}

    void ask(aws::Client& client, aws::Result<aws::TaskDefinition>& definition) {
        client.run_concurrently(
            {[&] { definition = aws::describe_task_definition(client, request_.stack.name); },
             [&] { cluster_.answer = aws::get_cluster_status(client, cluster_.value); },
             [&] { subnet_.answer = aws::get_vpc_of_subnet(client, subnet_.value); },
             [&] { group_.answer = aws::get_vpc_of_security_group(client, group_.value); }});
    }

    SubnetPlace judge() {
        report_failed_calls();
        const bool active = is_active();
        is_wrong_cluster_ = !active && (cluster_.answer ||
                                        cluster_.answer.error().kind == aws::ErrorKind::not_found);
        const bool in_the_vpc = are_in_the_vpc();
        if (active && in_the_vpc)
            findings_.print("cluster {} is ACTIVE; {} and {} are in {}", cluster_.value,
                            subnet_.value, group_.value, settings_.vpc);
        if (!subnet_.answer)
            return subnet_.answer.error().kind == aws::ErrorKind::not_found ? SubnetPlace::elsewhere
                                                                            : SubnetPlace::unknown;
        return *subnet_.answer == settings_.vpc ? SubnetPlace::in_vpc : SubnetPlace::elsewhere;
    }

    // There is no such cluster, or it takes no task. Known after `judge`.
    bool is_wrong_cluster() const { return is_wrong_cluster_; }

private:
    std::string command(const std::string& words) const {
        return aws_cli_command(request_, settings_.cluster_region, words);
    }
    std::string command_for_vpc(const std::string& words) const {
        return command(words +
                       " --filters Name=vpc-id,Values=" + report::shell_word(settings_.vpc));
    }

    // A resource that does not exist prevents a run.
    void report_failed_calls() {
        std::vector<std::string> rights;
        for (const Setting* const setting : {&cluster_, &subnet_, &group_}) {
            if (setting->answer) continue;
            const aws::Error& error = setting->answer.error();
            if (error.kind == aws::ErrorKind::not_found)
                findings_.block(
                    ExitCode::refused,
                    "{}: there is no {} {} in {} ({}); correct {} or ECS_CLUSTER_REGION; "
                    "what is there: {}",
                    setting->name, setting->noun, setting->value, settings_.cluster_region,
                    error.code, setting->name, setting->list_command);
            else if (error.kind == aws::ErrorKind::denied)
                rights.push_back(fmt::format("{} ({})", setting->name, setting->right));
            else
                findings_.warn("{} was not checked: {}; a launch does not need that; try again",
                               setting->name, aws::describe(error));
        }
        if (!rights.empty())
            findings_.warn(
                "not checked: {}; a launch does not need that; the stack's "
                "operator policy grants it: update the stack, attach its output OperatorPolicyArn",
                fmt::join(rights, ", "));
    }

    bool is_active() {
        if (!cluster_.answer) return false;
        const std::string& status = *cluster_.answer;
        if (status == "ACTIVE") return true;
        const std::string fix =
            status == "INACTIVE"
                ? "it was deleted; correct ECS_CLUSTER_NAME or ECS_CLUSTER_REGION, or make it "
                  "again: " +
                      command("ecs create-cluster --cluster-name " +
                              report::shell_word(cluster_.value))
                : "it takes no task; wait until it is ACTIVE, or name another";
        findings_.block(ExitCode::refused, "ECS_CLUSTER_NAME: cluster {} in {} is {}: {}",
                        cluster_.value, settings_.cluster_region, status, fix);
        return false;
    }

    bool are_in_the_vpc() {
        if (subnet_.answer && group_.answer && *subnet_.answer == *group_.answer &&
            *subnet_.answer != settings_.vpc) {
            findings_.block(ExitCode::refused,
                            "vpc_id: {} and {} are in {}, not in {}; set vpc_id to {}, or name a "
                            "subnet and a security group of {}",
                            subnet_.value, group_.value, *subnet_.answer, settings_.vpc,
                            *subnet_.answer, settings_.vpc);
            return false;
        }
        const bool subnet = is_in_the_vpc(subnet_);
        return is_in_the_vpc(group_) && subnet;
    }

    bool is_in_the_vpc(const Setting& setting) {
        if (!setting.answer) return false;
        if (*setting.answer == settings_.vpc) return true;
        findings_.block(ExitCode::refused,
                        "{}: {} is in {}, vpc_id is {}; name one of that VPC, or "
                        "correct vpc_id; what is there: {}",
                        setting.name, setting.value, *setting.answer, settings_.vpc,
                        setting.list_command);
        return false;
    }

    const Request& request_;
    const Settings& settings_;
    Findings& findings_;
    bool is_wrong_cluster_ = false;
    Setting cluster_{"ECS_CLUSTER_NAME", "cluster", settings_.cluster, "ecs:DescribeClusters",
                     command("ecs list-clusters")};
    Setting subnet_{"subnet_id", "subnet", settings_.subnet, "ec2:DescribeSubnets",
                    command_for_vpc("ec2 describe-subnets")};
    Setting group_{"sec_group", "security group", settings_.security_group,
                   "ec2:DescribeSecurityGroups", command_for_vpc("ec2 describe-security-groups")};
};

// What the container finds in a variable, or that it is a secret; empty where it is not set.
std::string variable_text(const aws::TaskDefinition& definition, const std::string& name) {
    if (const auto value = find_variable(definition.environment, name)) return *value;
    const bool is_secret = std::ranges::find(definition.secrets, name) != definition.secrets.end();
    return is_secret ? "a secret" : "";
}

// Like the container, it prefers the token to the webhook (report/slack/slack_notifier.hpp).
std::string slack_text(const aws::TaskDefinition& definition) {
    const std::string channel = variable_text(definition, "NOTIFY_SLACK_CHANNEL");
    for (const char* const variable : {"SLACK_BOT_TOKEN", "SLACK_WEBHOOK"})
        if (!variable_text(definition, variable).empty())
            return fmt::format(
                "the task would report {}by the stack's {}, which cannot be tested from here",
                channel.empty() ? "" : fmt::format("to {} ", channel), variable);
    return "the stack has neither a bot's token nor a webhook: Slack would get no message; deploy "
           "it "
           "with SlackBotToken or SlackWebhook";
}

std::string sidekiq_text(const aws::TaskDefinition& definition) {
    if (variable_text(definition, redis_variable).empty())
        return "Sidekiq's Redis: not asked by the task; the stack has no SidekiqRedisUrl";
    return fmt::format("Sidekiq's Redis: asked by the task, at the stack's {}, which cannot be "
                       "tried from here",
                       redis_variable);
}

// A parameter of the stack that limits its policies.
struct Limit {
    const char* label; // the container's label in which the template repeats the parameter
    const char* parameter;
    const char* default_scope; // what its default allows
    std::string narrower;      // its value for this launch
};

// One line: what the policies allow without a limit. Empty: nothing, or the stack is older than
// these labels. `cluster`: the value that is suggested for it.
std::string limits_text(const aws::TaskDefinition& definition, const Request& request,
                        const std::string& cluster) {
    const Limit limits[] = {
        {"snow-white.ecs-cluster-name", "EcsClusterName", "any cluster", cluster},
        {"snow-white.worker-environments", "WorkerEnvironments", "any environment", "…"},
        {"snow-white.worker-regions", "WorkerRegions", "any region", comma_list(request.regions)}};
    std::vector<std::string> open;
    std::string overrides;
    for (const auto& [label, parameter, default_scope, narrower] : limits) {
        const auto value = definition.labels.find(label);
        if (value == definition.labels.end()) continue;
        const auto names = split(value->second, ',');
        if (std::ranges::find(names, "*") == names.end()) continue;
        open.emplace_back(default_scope);
        overrides += fmt::format(" {}={}", parameter, narrower);
    }
    if (open.empty()) return "";
    return fmt::format("the stack's policies allow {}; to narrow them: {}", fmt::join(open, ", "),
                       deploy_command(request, request.settings.cluster_region, overrides));
}

} // namespace

void check_launch(aws::Client& cluster, const Request& request, Findings& findings) {
    LaunchSettings settings(request, findings);
    aws::Result<aws::TaskDefinition> definition;
    settings.ask(cluster, definition);
    const std::string& region = request.settings.cluster_region;
    if (definition)
        findings.print("would run task {} in cluster {} in {}", definition->arn,
                       request.settings.cluster, region);
    else
        findings.block(definition.error(), deployment_hint(request.stack, region));
    const SubnetPlace subnet = settings.judge();
    if (!definition) return;
    check_task_needs(cluster, *definition, subnet, request, findings);
    findings.print(slack_text(*definition));
    findings.print(sidekiq_text(*definition));
    const std::string cluster_name =
        settings.is_wrong_cluster() ? "…" : report::shell_word(request.settings.cluster);
    if (const std::string words = limits_text(*definition, request, cluster_name); !words.empty())
        findings.warn(words);
}

} // namespace snow_white::cli
