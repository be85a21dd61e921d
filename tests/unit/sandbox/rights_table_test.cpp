// The table of docs/security.md "who can do what with which right" compared with the policies of
// the template, as the sandbox's authorizer evaluates them, in both directions: what a row says is
// granted, on what it names and on nothing else; what no row says is granted on nothing.
#include "sandbox/policy/statement.hpp"
#include "sandbox/stack/stack.hpp"
#include "src/base/text.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>
#include <set>

namespace rights_table_test {

namespace {

using namespace sandbox;

const std::string home = home_region, away = "eu-west-1", unlisted = "ap-south-1";

std::string text_of(const std::string& path) {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/" + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// As narrow as the parameters make it, with all secrets.
Stack narrow_stack() {
    DeployOptions options;
    options.parameters = {{"EcsClusterName", "tools"},
                          {"WorkerEnvironments", "acme-*"},
                          {"WorkerRegions", home + "," + away},
                          {"SlackBotToken", "xoxb-1"},
                          {"SlackWebhook", "https://hooks.slack.com/s"},
                          {"SidekiqRedisUrl", "redis://10.0.0.7"}};
    return deploy(text_of("cfn/snow-white-cfn.yml"), options);
}

// A policy's own statements, or those that a role has beside the managed policies that it names.
std::vector<Statement> statements_of(const StackResource& resource) {
    if (resource.properties.contains("PolicyDocument"))
        return read_policy(resource.properties["PolicyDocument"]);
    std::vector<Statement> statements;
    for (const Json& policy : resource.properties.at("Policies"))
        for (Statement& statement : read_policy(policy.at("PolicyDocument")))
            statements.push_back(std::move(statement));
    return statements;
}

std::map<std::string, std::vector<Statement>> policies_of(const Stack& stack) {
    std::map<std::string, std::vector<Statement>> policies;
    for (const StackResource& resource : stack.resources)
        if (resource.type == "AWS::IAM::ManagedPolicy" || resource.type == "AWS::IAM::Role")
            policies[resource.logical_id] = statements_of(resource);
    return policies;
}

struct Row {
    std::string policy;
    std::string action;
    std::vector<std::string> reach; // what it names
    std::string beyond;             // what it shows or does beyond Snow White
};

std::vector<std::string> parts_of(const std::string& cell) {
    static const std::regex separator("; ");
    return {std::sregex_token_iterator(cell.begin(), cell.end(), separator, -1), {}};
}

std::vector<Row> table() {
    static const std::regex row(
        R"(\| `(\w+)` \| `([a-z0-9]+:\w+)` \| ([^|]+) \| [^|]+ \| ([^|]+) \|)");
    std::vector<Row> rows;
    std::istringstream lines(text_of("docs/security.md"));
    std::smatch cells;
    for (std::string line; std::getline(lines, line);)
        if (std::regex_match(line, cells, row))
            rows.push_back({cells[1], cells[2], parts_of(cells[3]), cells[4]});
    return rows;
}

// A resource that a permission may be requested for, in the call's context.
struct NamedResource {
    std::string name;
    std::string resource;
    std::map<std::string, std::string> context;
};

class NamedResources {
public:
    explicit NamedResources(const Stack& stack) : stack_(stack) {
        documents();
        instances();
        ecs();
        others();
    }
    const std::vector<NamedResource>& all() const { return all_; }

private:
    static std::string arn(const std::string& service, const std::string& region,
                           const std::string& rest) {
        return fmt::format("arn:aws:{}:{}:123456789012:{}", service, region, rest);
    }
    std::string id(const std::string& logical_id) const {
        return stack_.find(logical_id)->physical_id;
    }

    void add(const std::string& name, const std::string& resource, const std::string& region,
             std::map<std::string, std::string> context = {}) {
        context["aws:RequestedRegion"] = region;
        all_.push_back({name, resource, std::move(context)});
    }

    void documents() {
        for (const char* const action : {"Quiet", "Wake", "Stop", "Status"}) {
            const std::string logical = fmt::format("{}SideKiqDocument", action);
            const std::string alike = fmt::format("document/snow-white-{}-SOMEBODYELSE", logical);
            add(fmt::format("{} document", action), arn("ssm", home, "document/" + id(logical)),
                home);
            add(fmt::format("{} document", action), arn("ssm", away, alike), away);
            add("document named alike", arn("ssm", home, alike), home);
            add("document named alike", arn("ssm", unlisted, alike), unlisted);
        }
        add("somebody else's document", arn("ssm", away, "document/payroll"), away);
        add("somebody else's document", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript", home);
    }

    void instances() {
        const std::string tag = "ssm:resourceTag/elasticbeanstalk:environment-name";
        for (const std::string& region : {home, away, unlisted}) {
            const std::string instance = arn("ec2", region, "instance/i-1");
            const bool listed = region != unlisted;
            add(listed ? "worker's instance" : "other instance", instance, region,
                {{tag, "acme-workers"}});
            add("other instance", instance, region, {{tag, "shop-workers"}});
            add("other instance", instance, region);
            add(listed ? "stack in a worker region" : "other stack",
                arn("cloudformation", region, "stack/snow-white/1"), region);
            add("other stack", arn("cloudformation", region, "stack/payroll/1"), region);
            add("nothing narrower", "*", region);
        }
    }

    void ecs() {
        const std::string tools = arn("ecs", home, "cluster/tools"),
                          other = arn("ecs", home, "cluster/other");
        add("cluster", tools, home);
        add("other cluster", other, home);
        add("nothing narrower", "*", home, {{"ecs:cluster", tools}});
        add("nothing narrower", "*", home, {{"ecs:cluster", other}});
        for (const char* const definition : {"snow-white:7", "payroll:7"})
            for (const std::string& cluster : {tools, other})
                add(fmt::format("{} in {}", definition, cluster.substr(cluster.rfind('/') + 1)),
                    arn("ecs", home, fmt::format("task-definition/{}", definition)), home,
                    {{"ecs:cluster", cluster}});
        const std::string tag = "aws:ResourceTag/snow-white:stack";
        add("task", arn("ecs", home, "task/tools/1"), home);
        add("task with the tag", arn("ecs", home, "task/tools/1"), home, {{tag, "snow-white"}});
        add("task", arn("ecs", home, "task/tools/1"), home, {{tag, "payroll"}});
        add("task being made", arn("ecs", home, "task/tools/*"), home,
            {{"ecs:CreateAction", "RunTask"}});
        add("other task", arn("ecs", home, "task/other/1"), home, {{tag, "snow-white"}});
        add("other task", arn("ecs", away, "task/tools/1"), away, {{tag, "snow-white"}});
        add("other task", arn("ecs", home, "task/other/*"), home,
            {{"ecs:CreateAction", "RunTask"}});
    }

    void others() {
        for (const char* const role : {"TaskRole", "ExecutionRole"}) {
            const std::string handed = "arn:aws:iam::123456789012:role/" + id(role);
            add("role to a task", handed, home,
                {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}});
            add("role to another", handed, home, {{"iam:PassedToService", "ec2.amazonaws.com"}});
        }
        add("role to another", "arn:aws:iam::123456789012:role/Admin", home,
            {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}});
        for (const char* const user : {"alice", "team/alice", "bob"})
            add(std::string(user) == "bob" ? "other user" : "own user",
                fmt::format("arn:aws:iam::123456789012:user/{}", user), home,
                {{"aws:username", "alice"}});
        const std::string group = "log-group:/ecs/snow-white:log-stream:";
        add("task's stream", arn("logs", home, group + "snow-white/snow-white/1"), home);
        add("log group", arn("logs", home, group), home);
        add("other log",
            arn("logs", home, "log-group:/ecs/payroll:log-stream:snow-white/snow-white/1"), home);
        add("repository", arn("ecr", home, "repository/snow-white"), home);
        add("other repository", arn("ecr", home, "repository/payroll"), home);
        add("secret", id("BotTokenSecret"), home);
        add("secret", id("WebhookSecret"), home);
        add("secret", id("RedisSecret"), home);
        add("other secret", arn("secretsmanager", home, "secret:payroll-ABCDEF"), home);
    }

    const Stack& stack_;
    std::vector<NamedResource> all_;
};

using Covers = std::function<bool(const NamedResource&)>;

Covers named(std::set<std::string> names) {
    return [names = std::move(names)](const NamedResource& thing) {
        return names.contains(thing.name);
    };
}

// What the text of the table's third column covers.
const std::map<std::string, Covers>& words() {
    static const std::map<std::string, Covers> covered{
        {"the stack's four documents",
         named({"Quiet document", "Wake document", "Stop document", "Status document"})},
        {"documents whose names begin with the stack's",
         named({"Quiet document", "Wake document", "Stop document", "Status document",
                "document named alike"})},
        {"the stack's status document", named({"Status document"})},
        {"workers' instances", named({"worker's instance"})},
        {"the stack in worker regions", named({"stack in a worker region"})},
        {"**everything**", [](const NamedResource&) { return true; }},
        {"**everything** in worker regions",
         [](const NamedResource& thing) {
             return thing.context.at("aws:RequestedRegion") != unlisted;
         }},
        {"**everything** of the cluster",
         [](const NamedResource& thing) {
             const auto cluster = thing.context.find("ecs:cluster");
             return cluster != thing.context.end() && cluster->second.ends_with("/tools");
         }},
        {"the cluster", named({"cluster"})},
        {"the cluster's tasks", named({"task", "task with the tag", "task being made"})},
        {"the cluster's tasks, as RunTask makes them", named({"task being made"})},
        {"the cluster's tasks with the tag `snow-white:stack` of this stack",
         named({"task with the tag"})},
        {"the stack's task definition, started in the cluster", named({"snow-white:7 in tools"})},
        {"the stack's two roles, handed to ECS tasks", named({"role to a task"})},
        {"the caller's own user", named({"own user"})},
        {"**any user**", named({"own user", "other user"})},
        {"the task's log streams", named({"task's stream"})},
        {"the stack's log group", named({"task's stream", "log group"})},
        {"the stack's repository, or any with `Image`", named({"repository"})},
        {"the secrets of Slack's token and webhook and of Redis's URL", named({"secret"})},
    };
    return covered;
}

TEST(RightsTable, each_row_is_granted_on_what_it_names_and_on_nothing_else) {
    const Stack stack = narrow_stack();
    const NamedResources things(stack);
    auto policies = policies_of(stack);
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> reach;
    std::set<std::string> actions;
    for (const Row& row : table()) {
        EXPECT_TRUE(reach.try_emplace({row.policy, row.action}, row.reach).second)
            << row.action << " twice";
        EXPECT_TRUE(policies.contains(row.policy)) << row.policy;
        actions.insert(row.action);
        for (const std::string& part : row.reach)
            ASSERT_TRUE(words().contains(part)) << row.policy << " " << row.action << ": " << part;
    }
    for (const auto& [policy, statements] : policies)
        for (const std::string& action : actions) {
            const auto& parts = reach[{policy, action}];
            for (const NamedResource& thing : things.all()) {
                const bool said = std::ranges::any_of(
                    parts, [&thing](const std::string& part) { return words().at(part)(thing); });
                const RequiredPermission permission{action, thing.resource, thing.context,
                                                    thing.resource};
                EXPECT_EQ(decide(statements, permission) == PolicyDecision::allowed, said)
                    << policy << " " << action << " on " << thing.name << " " << thing.resource
                    << " in " << thing.context.at("aws:RequestedRegion");
            }
        }
}

TEST(RightsTable, has_a_row_for_each_action_of_a_policy) {
    std::set<std::pair<std::string, std::string>> granted, explained;
    for (const auto& [policy, statements] : policies_of(narrow_stack()))
        for (const Statement& statement : statements)
            for (const std::string& action : statement.actions)
                granted.emplace(policy, action);
    for (const Row& row : table())
        explained.emplace(row.policy, snow_white::lower_case(row.action));
    EXPECT_EQ(granted, explained);
}

TEST(RightsTable, says_of_each_right_over_more_than_ours_what_else_it_shows_or_does) {
    for (const Row& row : table()) {
        const bool is_wide = std::ranges::any_of(
            row.reach, [](const std::string& part) { return part.starts_with("**"); });
        EXPECT_FALSE(is_wide && row.beyond == "nothing") << row.policy << " " << row.action;
    }
}

// IAM takes 6,144 characters of a managed policy, without white space. Source: "IAM and AWS STS
// quotas".
TEST(RightsTable, its_policies_are_no_longer_than_iam_takes) {
    DeployOptions options;
    options.name = std::string(90, 'a');
    options.parameters = {{"EcsClusterName", std::string(255, 'a')},
                          {"WorkerEnvironments", std::string(128, 'a')},
                          {"WorkerRegions",
                           "us-east-1,us-east-2,us-west-1,us-west-2,eu-west-1,eu-west-2,"
                           "eu-west-3"}};
    for (const StackResource& resource :
         deploy(text_of("cfn/snow-white-cfn.yml"), options).resources) {
        if (resource.type != "AWS::IAM::ManagedPolicy") continue;
        EXPECT_LE(resource.properties["PolicyDocument"].dump().size(), 6144U)
            << resource.logical_id;
    }
}

} // namespace

} // namespace rights_table_test
