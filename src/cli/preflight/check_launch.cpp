#include "src/cli/preflight/check_launch.hpp"

#include "src/aws/services/ec2.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/cli/preflight/check_account.hpp"
#include "src/report/text/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snow_white::cli {

namespace {

// One that names something in the cluster's region.
struct Setting {
    const char* name;
    const char* noun;
    std::string value;
    const char* right;               // to look at it
    std::string question;            // to the AWS CLI: what is there
    aws::Result<std::string> answer; // of the cluster its status, of the others their VPC
};

class LaunchSettings {
public:
    LaunchSettings(const Request& request, Findings& findings)
        : request_(request), settings_(request.settings),
          findings_(findings), cluster_{.name = "ECS_CLUSTER_NAME",
                                        .noun = "cluster",
                                        .value = settings_.cluster,
                                        .right = "ecs:DescribeClusters",
                                        .question = cli("ecs list-clusters"),
                                        .answer = {}},
          subnet_{.name = "subnet_id",
                  .noun = "subnet",
                  .value = settings_.subnet,
                  .right = "ec2:DescribeSubnets",
                  .question = cli("ec2 describe-subnets" + of_the_vpc()),
                  .answer = {}},
          group_{.name = "sec_group",
                 .noun = "security group",
                 .value = settings_.security_group,
                 .right = "ec2:DescribeSecurityGroups",
                 .question = cli("ec2 describe-security-groups" + of_the_vpc()),
                 .answer = {}} {}

    void look(aws::Client& client, aws::Result<aws::TaskDefinition>& definition) {
        client.run_concurrently(
            {[&] { definition = aws::describe_task_definition(client, request_.stack.name); },
             [&] { cluster_.answer = aws::get_cluster_status(client, cluster_.value); },
             [&] { subnet_.answer = aws::get_vpc_of_subnet(client, subnet_.value); },
             [&] { group_.answer = aws::get_vpc_of_security_group(client, group_.value); }});
    }

    Placed judge() {
        tell_of_the_unseen();
        const bool active = is_active();
        const bool in_the_vpc = are_in_the_vpc();
        if (active && in_the_vpc)
            findings_.print(fmt::format("cluster {} is ACTIVE; {} and {} are in {}", cluster_.value,
                                      subnet_.value, group_.value, settings_.vpc));
        if (!subnet_.answer)
            return subnet_.answer.error().kind == aws::ErrorKind::not_found ? Placed::no
                                                                            : Placed::unknown;
        return *subnet_.answer == settings_.vpc ? Placed::yes : Placed::no;
    }

private:
    std::string cli(const std::string& words) const {
        return fmt::format("aws {} --region {} --profile {}", words, settings_.cluster_region,
                           report::shell_word(request_.profile()));
    }
    std::string of_the_vpc() const {
        return " --filters Name=vpc-id,Values=" + report::shell_word(settings_.vpc);
    }

    // What is not there stands in the way. What could not be looked at does not: RunTask needs none
    // of these rights.
    void tell_of_the_unseen() {
        std::vector<std::string> rights;
        for (const Setting* const setting : {&cluster_, &subnet_, &group_}) {
            if (setting->answer) continue;
            const aws::Error& error = setting->answer.error();
            if (error.kind == aws::ErrorKind::not_found)
                findings_.block(
                    ExitCode::refused,
                    fmt::format(
                        "{}: there is no {} {} in {} ({}); correct {} or ECS_CLUSTER_REGION; "
                        "what is there: {}",
                        setting->name, setting->noun, setting->value, settings_.cluster_region,
                        error.code, setting->name, setting->question));
            else if (error.kind == aws::ErrorKind::denied)
                rights.push_back(fmt::format("{} ({})", setting->name, setting->right));
            else
                findings_.warn(
                    fmt::format("{} was not looked at: {}; a launch does without it; try again",
                                setting->name, aws::describe(error)));
        }
        if (!rights.empty())
            findings_.warn(fmt::format(
                "not looked at, for want of the right: {}; a launch does without; the stack's "
                "operator policy grants it: update the stack, attach its output OperatorPolicyArn",
                fmt::join(rights, ", ")));
    }

    bool is_active() {
        if (!cluster_.answer) return false;
        const std::string& status = *cluster_.answer;
        if (status == "ACTIVE") return true;
        const std::string fix =
            status == "INACTIVE"
                ? "it was deleted; correct ECS_CLUSTER_NAME or ECS_CLUSTER_REGION, or make it "
                  "again: " +
                      cli("ecs create-cluster --cluster-name " + report::shell_word(cluster_.value))
                : "it takes no task; wait until it is ACTIVE, or name another";
        findings_.block(ExitCode::refused,
                        fmt::format("ECS_CLUSTER_NAME: cluster {} in {} is {}: {}", cluster_.value,
                                    settings_.cluster_region, status, fix));
        return false;
    }

    bool are_in_the_vpc() {
        if (subnet_.answer && group_.answer && *subnet_.answer == *group_.answer &&
            *subnet_.answer != settings_.vpc) {
            findings_.block(ExitCode::refused,
                            fmt::format("vpc_id: {} and {} are in {}, not in {}; set vpc_id to {}, "
                                        "or name a subnet and a "
                                        "security group of {}",
                                        subnet_.value, group_.value, *subnet_.answer, settings_.vpc,
                                        *subnet_.answer, settings_.vpc));
            return false;
        }
        const bool subnet = is_in_the_vpc(subnet_);
        return is_in_the_vpc(group_) && subnet;
    }

    bool is_in_the_vpc(const Setting& setting) {
        if (!setting.answer) return false;
        if (*setting.answer == settings_.vpc) return true;
        findings_.block(ExitCode::refused,
                        fmt::format("{}: {} is in {}, vpc_id is {}; name one of that VPC, or "
                                    "correct vpc_id; what is there: {}",
                                    setting.name, setting.value, *setting.answer, settings_.vpc,
                                    setting.question));
        return false;
    }

    const Request& request_;
    const Settings& settings_;
    Findings& findings_;
    Setting cluster_;
    Setting subnet_;
    Setting group_;
};

// What the container finds in a variable, or that it is a secret; empty where it is not set.
std::string variable_of(const aws::TaskDefinition& definition, const std::string& variable) {
    for (const auto& [name, value] : definition.environment)
        if (name == variable) return value;
    return std::ranges::find(definition.secrets, variable) == definition.secrets.end() ? ""
                                                                                       : "a secret";
}

// The token goes before the webhook, as in the container (report/slack/slack_notifier.hpp).
std::string words_on_slack(const aws::TaskDefinition& definition) {
    const std::string channel = variable_of(definition, "NOTIFY_SLACK_CHANNEL");
    for (const char* const variable : {"SLACK_BOT_TOKEN", "SLACK_WEBHOOK"})
        if (!variable_of(definition, variable).empty())
            return fmt::format("the task would report {}by the stack's {}, which cannot be tried "
                               "from here: its first "
                               "message tells",
                               channel.empty() ? "" : fmt::format("to {} ", channel), variable);
    return "the stack has neither a bot's token nor a webhook: Slack would not be told; deploy it "
           "with "
           "SlackBotToken or "
           "SlackWebhook";
}

// A parameter of the stack that says how far its policies go.
struct Limit {
    const char* label; // of the container, in which the template repeats it
    const char* parameter;
    const char* what;     // it leaves open by its default
    std::string narrower; // what it would be for this launch
};

std::vector<Limit> limits_of(const Request& request) {
    return {
        {"snow-white.ecs-cluster-name", "EcsClusterName", "any cluster",
         report::shell_word(request.settings.cluster)},
        {"snow-white.worker-environments", "WorkerEnvironments", "any environment", "…"},
        {"snow-white.worker-regions", "WorkerRegions", "any region", in_a_list(request.regions)}};
}

bool names_any(const std::string& list) {
    return ("," + list + ",").find(",*,") != std::string::npos;
}

// What the policies leave open, in a line; empty: nothing, or the stack is of before these labels.
std::string words_on_limits(const aws::TaskDefinition& definition, const Request& request) {
    std::vector<std::string> open;
    std::string overrides;
    for (const auto& [label, parameter, what, narrower] : limits_of(request)) {
        const auto said = definition.labels.find(label);
        if (said == definition.labels.end() || !names_any(said->second)) continue;
        open.emplace_back(what);
        overrides += fmt::format(" {}={}", parameter, narrower);
    }
    if (open.empty()) return "";
    return fmt::format(
        "the stack's policies allow {}; whoever deploys it narrows that by aws cloudformation "
        "deploy --template-file cfn/snow-white-cfn.yml --stack-name {} --region {} "
        "--capabilities CAPABILITY_NAMED_IAM --parameter-overrides{}",
        fmt::join(open, ", "), request.stack.name, request.settings.cluster_region, overrides);
}

} // namespace

void look_at_launch(aws::Client& cluster, const Request& request, Findings& findings) {
    LaunchSettings settings(request, findings);
    aws::Result<aws::TaskDefinition> definition;
    settings.look(cluster, definition);
    const std::string& region = request.settings.cluster_region;
    if (definition)
        findings.print(fmt::format("would run task {} in cluster {} in {}", definition->arn,
                                 request.settings.cluster, region));
    else
        findings.block(definition.error(), deployment_hint(request.stack, region));
    const Placed placed = settings.judge();
    if (!definition) return;
    look_at_tasks_needs(cluster, *definition, placed, request, findings);
    findings.print(words_on_slack(*definition));
    if (const std::string words = words_on_limits(*definition, request); !words.empty())
        findings.warn(words);
}

} // namespace snow_white::cli
