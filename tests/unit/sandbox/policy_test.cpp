// The sandbox's IAM: how policies decide about a request, and how a call that is not granted is
// answered.
#include "sandbox/ecs/ecs.hpp"
#include "sandbox/policy/statement.hpp"
#include "sandbox/server/sandbox.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "tests/unit/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace policy_test {

namespace {

using namespace sandbox;
using testing::HasSubstr;

using Context = std::map<std::string, std::string>;

PolicyDecision decision_on(const Json& statement, const std::string& action,
                           const std::string& resource, Context context = {}) {
    return decide(read_policy({{"Statement", statement}}),
                  {action, resource, std::move(context), resource});
}

Json allow(const Json& action, const Json& resource, const Json& condition = Json::object()) {
    return {
        {"Effect", "Allow"}, {"Action", action}, {"Resource", resource}, {"Condition", condition}};
}

TEST(Policy, actions_have_wildcards_and_no_case) {
    EXPECT_EQ(decision_on(allow("ssm:List*", "*"), "ssm:ListCommands", "*"),
              PolicyDecision::allowed);
    EXPECT_EQ(decision_on(allow("SSM:sendcommand", "*"), "ssm:SendCommand", "arn:x"),
              PolicyDecision::allowed);
    EXPECT_EQ(decision_on(allow("ssm:List*", "*"), "ssm:SendCommand", "*"),
              PolicyDecision::not_mentioned);
}

TEST(Policy, a_resource_matches_as_a_whole_and_by_case) {
    const Json ours = allow("ssm:SendCommand", Json::array({"arn:aws:ssm:*:1:document/snow-*"}));
    EXPECT_EQ(decision_on(ours, "ssm:SendCommand", "arn:aws:ssm:us-east-1:1:document/snow-1"),
              PolicyDecision::allowed);
    EXPECT_EQ(decision_on(ours, "ssm:SendCommand", "arn:aws:ssm:us-east-1:1:document/Snow-1"),
              PolicyDecision::not_mentioned);
    EXPECT_EQ(
        decision_on(ours, "ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript"),
        PolicyDecision::not_mentioned);
}

TEST(Policy, an_action_without_resources_is_granted_on_everything_only) {
    EXPECT_EQ(decision_on(allow("ec2:DescribeInstances", "arn:aws:ec2:*:1:instance/*"),
                          "ec2:DescribeInstances", "*"),
              PolicyDecision::not_mentioned);
}

TEST(Policy, a_deny_wins) {
    const Json deny = {{"Effect", "Deny"}, {"Action", "ssm:SendCommand"}, {"Resource", "*"}};
    EXPECT_EQ(decision_on(Json::array({deny, allow("*", "*")}), "ssm:SendCommand", "arn:x"),
              PolicyDecision::denied);
    EXPECT_EQ(decision_on(Json::array({deny, allow("*", "*")}), "ssm:ListCommands", "*"),
              PolicyDecision::allowed);
}

TEST(Policy, a_condition_on_a_key_that_is_not_there_does_not_hold) {
    const Json tagged =
        allow("ssm:SendCommand", "*", {{"StringLike", {{"ssm:resourceTag/a:b", "*"}}}});
    EXPECT_EQ(decision_on(tagged, "ssm:SendCommand", "arn:i"), PolicyDecision::not_mentioned);
    EXPECT_EQ(decision_on(tagged, "ssm:SendCommand", "arn:i", {{"ssm:resourceTag/a:b", "x"}}),
              PolicyDecision::allowed);
}

TEST(Policy, equals_is_exact_and_like_is_not) {
    const auto with = [](const char* op, const char* value) {
        return decision_on(allow("a:B", "*", {{op, {{"Iam:PassedToService", value}}}}), "a:B",
                           "arn:x", {{"iam:PassedToService", "ecs-tasks.amazonaws.com"}});
    };
    EXPECT_EQ(with("StringEquals", "ecs-tasks.amazonaws.com"), PolicyDecision::allowed);
    EXPECT_EQ(with("StringEquals", "ecs-*"), PolicyDecision::not_mentioned);
    EXPECT_EQ(with("StringLike", "ecs-*"), PolicyDecision::allowed);
}

TEST(Policy, a_negated_operator_holds_for_none_of_its_values_and_for_a_key_that_is_not_there) {
    const Json elsewhere = allow(
        "a:B", "*", {{"StringNotEquals", {{"aws:RequestedRegion", {"us-east-1", "us-west-2"}}}}});
    const auto in = [&elsewhere](const char* region) {
        return decision_on(elsewhere, "a:B", "arn:x", {{"aws:RequestedRegion", region}});
    };
    EXPECT_EQ(in("us-east-1"), PolicyDecision::not_mentioned);
    EXPECT_EQ(in("us-west-2"), PolicyDecision::not_mentioned);
    EXPECT_EQ(in("eu-west-1"), PolicyDecision::allowed);
    EXPECT_EQ(decision_on(elsewhere, "a:B", "arn:x"), PolicyDecision::allowed);
}

TEST(Policy, arns_are_compared_part_by_part) {
    const auto with = [](const char* pattern) {
        return decision_on(allow("a:B", "*", {{"ArnLike", {{"ecs:cluster", pattern}}}}), "a:B",
                           "arn:x", {{"ecs:cluster", "arn:aws:ecs:us-east-1:1:cluster/tools"}});
    };
    EXPECT_EQ(with("arn:aws:ecs:*:1:cluster/*"), PolicyDecision::allowed);
    EXPECT_EQ(with("arn:aws:ecs:*:cluster/tools"), PolicyDecision::not_mentioned);
    EXPECT_EQ(with("arn:aws:ecs:us-east-1:1:cluster/too"), PolicyDecision::not_mentioned);
}

TEST(Policy, the_users_name_is_filled_in) {
    const Json own = allow("iam:ListUserTags", "arn:aws:iam::1:user/${aws:username}");
    const std::string alice = "arn:aws:iam::1:user/alice";
    EXPECT_EQ(decision_on(own, "iam:ListUserTags", alice, {{"aws:username", "alice"}}),
              PolicyDecision::allowed);
    EXPECT_EQ(decision_on(own, "iam:ListUserTags", alice, {{"aws:username", "bob"}}),
              PolicyDecision::not_mentioned);
    EXPECT_EQ(decision_on(own, "iam:ListUserTags", alice), PolicyDecision::not_mentioned);
}

TEST(Policy, what_is_not_supported_is_refused_at_once) {
    EXPECT_THROW(decision_on(allow("a:B", "*", {{"Bool", {{"aws:x", "true"}}}}), "a:B", "*"),
                 std::runtime_error);
    EXPECT_THROW(
        decision_on({{"Effect", "Allow"}, {"NotAction", "a:B"}, {"Resource", "*"}}, "a:B", "*"),
        std::runtime_error);
    EXPECT_THROW(decision_on(allow("a:B", "arn:${aws:PrincipalTag/x}"), "a:B", "arn:x"),
                 std::runtime_error);
}

TEST(Policy, what_ecs_asks_for_a_task_carries_the_region_that_it_asks) {
    const Json definition = {
        {"executionRoleArn", "arn:aws:iam::1:role/x"},
        {"containerDefinitions",
         {{{"image", "1.dkr.ecr.us-west-2.amazonaws.com/x:latest"},
           {"secrets",
            {{{"name", "A"}, {"valueFrom", "arn:aws:secretsmanager:eu-west-1:1:secret:a-1"}}}}}}}};
    std::map<std::string, std::string> asked;
    const PermissionCheck check = [&asked](const std::string&, const std::string&,
                                           const RequiredPermission& permission) {
        asked[permission.action] = permission.context.at("aws:RequestedRegion");
        return std::optional<std::string>();
    };
    prepare_container(definition, Json::object(), "1", {"1", "us-east-1", "/ecs/x", "s"}, check);
    EXPECT_EQ(asked,
              (std::map<std::string, std::string>{{"secretsmanager:GetSecretValue", "eu-west-1"},
                                                  {"ecr:GetAuthorizationToken", "us-west-2"},
                                                  {"ecr:BatchGetImage", "us-west-2"},
                                                  {"ecr:BatchCheckLayerAvailability", "us-west-2"},
                                                  {"ecr:GetDownloadUrlForLayer", "us-west-2"},
                                                  {"logs:CreateLogStream", "us-east-1"},
                                                  {"logs:PutLogEvents", "us-east-1"}}));
}

class PolicyEnforcement : public testing::Test {
protected:
    PolicyEnforcement() { deploy_as(original); }

    void deploy_as(const std::string& template_text) {
        FleetPlan plan =
            plan_fleet("acme", {{"acme-workers", 2}, {"shop-workers", 1}}, clock.now());
        simulate_hosts(plan, std::chrono::seconds(1));
        text = template_text;
        SandboxOptions options;
        options.template_text = text;
        options.program = "/bin/true";
        box.emplace(std::move(plan.state), clock, options);
    }

    // The stack deployed with another value of a parameter whose default is '*'.
    void deploy_with(const std::string& parameter, const std::string& value) {
        const std::size_t at = original.find("'*'", original.find("\n  " + parameter + ":\n"));
        deploy_as(std::string(original).replace(at, 3, "'" + value + "'"));
    }

    HttpResponse find_document(const std::string& region = home_region) {
        return query("alice", "cloudformation",
                     "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&"
                     "LogicalResourceId=QuietSideKiqDocument",
                     region);
    }

    HttpResponse quiet_as_alice(const std::string& environment) {
        const HttpResponse found = find_document();
        const std::string open = "<PhysicalResourceId>";
        const std::size_t begin = found.body.find(open) + open.size();
        return send_as_alice(found.body.substr(begin, found.body.find('<', begin) - begin),
                             environment);
    }

    HttpResponse send_as_alice(const std::string& document,
                               const std::string& environment = "acme-workers",
                               const std::string& region = home_region) {
        const Json tag = {{"Key", "tag:elasticbeanstalk:environment-name"},
                          {"Values", {environment}}};
        return json("alice", "ssm", "AmazonSSM.SendCommand",
                    {{"DocumentName", document}, {"Targets", {tag}}}, region);
    }

    HttpResponse json(const std::string& user, const std::string& service,
                      const std::string& target, const Json& parameters,
                      const std::string& region = home_region) {
        HttpRequest request;
        request.trusted = TrustedCaller{box->credential_of(user).access_key, service, region};
        request.headers.emplace("X-Amz-Target", target);
        request.headers.emplace("Content-Type", "application/x-amz-json-1.1");
        request.body = parameters.dump();
        return box->handle(request);
    }

    HttpResponse query(const std::string& user, const std::string& service, const std::string& form,
                       const std::string& region = home_region) {
        HttpRequest request;
        request.trusted = TrustedCaller{box->credential_of(user).access_key, service, region};
        request.body = form;
        return box->handle(request);
    }

    void withhold(const std::string& caller, const Json& actions) {
        HttpRequest request;
        request.path = "/_sandbox/withhold";
        request.body = Json({{"caller", caller}, {"actions", actions}}).dump();
        ASSERT_EQ(box->handle(request).status, 200);
    }

    static std::string read_template() {
        std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
        return {std::istreambuf_iterator<char>(file), {}};
    }

    FakeClock clock;
    const std::string original = read_template();
    std::string text;
    std::optional<Sandbox> box;
};

TEST_F(PolicyEnforcement, an_operator_reaches_the_environments_that_the_stack_was_deployed_for) {
    EXPECT_EQ(quiet_as_alice("shop-workers").status, 200);
    deploy_with("WorkerEnvironments", "acme-*");
    EXPECT_EQ(quiet_as_alice("acme-workers").status, 200);
    EXPECT_THAT(
        quiet_as_alice("shop-workers").body,
        HasSubstr("ssm:SendCommand on resource: arn:aws:ec2:us-east-1:123456789012:instance/i-"));
}

TEST_F(PolicyEnforcement,
       an_operator_starts_the_task_in_the_cluster_that_the_stack_was_deployed_for) {
    deploy_with("EcsClusterName", "tools");
    const Json here = {{"taskDefinition", "snow-white:1"}, {"cluster", "snow-white"}};
    EXPECT_THAT(json("alice", "ecs", "AmazonEC2ContainerServiceV20141113.RunTask", here).body,
                HasSubstr("not authorized to perform: ecs:RunTask"));
    const Json tools = {{"taskDefinition", "snow-white:1"}, {"cluster", "tools"}};
    EXPECT_THAT(json("alice", "ecs", "AmazonEC2ContainerServiceV20141113.RunTask", tools).body,
                HasSubstr("ClusterNotFoundException"));
}

TEST_F(PolicyEnforcement, an_operator_sends_no_document_of_aws) {
    const Json tag = {{"Key", "tag:elasticbeanstalk:environment-name"},
                      {"Values", {"acme-workers"}}};
    const Json shell = {{"DocumentName", "AWS-RunShellScript"}, {"Targets", {tag}}};
    const HttpResponse refused = json("alice", "ssm", "AmazonSSM.SendCommand", shell);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("\"AccessDeniedException\""));
    EXPECT_THAT(
        refused.body,
        HasSubstr("User: arn:aws:iam::123456789012:user/alice is not authorized to perform: "
                  "ssm:SendCommand on resource: arn:aws:ssm:us-east-1::document/AWS-RunShellScript "
                  "because no identity-based policy allows the ssm:SendCommand action"));
    EXPECT_THAT(json("administrator", "ssm", "AmazonSSM.SendCommand", shell).body,
                HasSubstr("InvalidDocument"));
}

// Otherwise a user who may create documents could make one that an operator, or the task, runs as
// root.
TEST_F(PolicyEnforcement, at_home_a_document_is_ours_by_its_whole_name) {
    for (const char* const name : {"snow-white-QuietSideKiqDocument-ABCDEF123456",
                                   "snow-white-StatusSideKiqDocument-ABCDEF123456"}) {
        EXPECT_THAT(
            send_as_alice(name).body,
            HasSubstr("ssm:SendCommand on resource: arn:aws:ssm:us-east-1:123456789012:document/"));
        EXPECT_THAT(send_as_alice(name, "acme-workers", "eu-west-1").body,
                    HasSubstr("InvalidDocument"));
    }
    const Json payroll = {{"Name", "payroll-QuietSideKiqDocument-ABCDEF123456"}};
    EXPECT_THAT(json("alice", "ssm", "AmazonSSM.GetDocument", payroll).body,
                HasSubstr("not authorized to perform: ssm:GetDocument"));
}

TEST_F(PolicyEnforcement, an_operator_reaches_the_regions_that_the_stack_was_deployed_for) {
    const std::string name = "snow-white-QuietSideKiqDocument-ABCDEF123456";
    deploy_with("WorkerRegions", "us-west-2,eu-*");
    EXPECT_THAT(find_document("eu-west-1").body, HasSubstr("snow-white"));
    EXPECT_THAT(send_as_alice(name, "acme-workers", "eu-west-1").body,
                HasSubstr("InvalidDocument"));
    EXPECT_THAT(send_as_alice(name, "acme-workers", "us-west-2").body,
                HasSubstr("InvalidDocument"));
    EXPECT_THAT(send_as_alice(name, "acme-workers", "ap-south-1").body,
                HasSubstr("ssm:SendCommand on resource: arn:aws:ssm:ap-south-1:"));
    for (const char* const region : {"ap-south-1", "us-east-1"}) {
        EXPECT_THAT(find_document(region).body,
                    HasSubstr("not authorized to perform: cloudformation:DescribeStackResource"));
        EXPECT_THAT(json("alice", "ssm", "AmazonSSM.ListCommands", Json::object(), region).body,
                    HasSubstr("not authorized to perform: ssm:ListCommands"));
    }
    deploy_with("WorkerRegions", "us-east-1,eu-west-1");
    EXPECT_EQ(quiet_as_alice("acme-workers").status, 200);
}

TEST_F(PolicyEnforcement, an_operator_starts_this_stacks_task_only) {
    const Json other = {{"taskDefinition", "payroll:3"}, {"cluster", "snow-white"}};
    const std::string words =
        json("alice", "ecs", "AmazonEC2ContainerServiceV20141113.RunTask", other).body;
    EXPECT_THAT(words, HasSubstr("ecs:RunTask on resource: "
                                 "arn:aws:ecs:us-east-1:123456789012:task-definition/payroll:3"));
}

TEST_F(PolicyEnforcement, an_operator_stops_tasks_with_this_stacks_tag_only) {
    const auto started = [this](const Json& tags) -> std::string {
        Json parameters = {
            {"taskDefinition", "snow-white:1"},
            {"cluster", "snow-white"},
            {"launchType", "FARGATE"},
            {"networkConfiguration",
             {{"awsvpcConfiguration",
               {{"subnets", {subnet_id}}, {"securityGroups", {security_group_id}}}}}}};
        if (!tags.empty()) parameters["tags"] = tags;
        const auto answer =
            json("administrator", "ecs", "AmazonEC2ContainerServiceV20141113.RunTask", parameters);
        return Json::parse(answer.body).at("tasks").at(0).at("taskArn");
    };
    const auto stop = [this](const std::string& task) {
        return json("alice", "ecs", "AmazonEC2ContainerServiceV20141113.StopTask",
                    {{"cluster", "snow-white"}, {"task", task}});
    };
    const auto tag = [](const std::string& key, const std::string& value) {
        return Json::array({{{"key", key}, {"value", value}}});
    };
    for (const Json& tags :
         {Json::array(), tag("snow-white:stack", "payroll"), tag("stack", "snow-white")})
        EXPECT_THAT(stop(started(tags)).body, HasSubstr("not authorized to perform: ecs:StopTask"));
    const HttpResponse stopped = stop(started(tag("snow-white:stack", "snow-white")));
    EXPECT_EQ(stopped.status, 200) << stopped.body;
    EXPECT_THAT(stop("nosuch").body, HasSubstr("not authorized to perform: ecs:StopTask"))
        << "what is not there has no tag";
}

TEST_F(PolicyEnforcement, an_operator_lists_tasks_of_the_cluster_that_the_stack_was_deployed_for) {
    const auto list = [this] {
        return json("alice", "ecs", "AmazonEC2ContainerServiceV20141113.ListTasks",
                    {{"cluster", "snow-white"}});
    };
    EXPECT_EQ(list().status, 200);
    deploy_with("EcsClusterName", "tools");
    EXPECT_THAT(list().body, HasSubstr("not authorized to perform: ecs:ListTasks"));
}

TEST_F(PolicyEnforcement, an_operator_hands_over_no_other_role) {
    const Json theirs = {{"taskDefinition", "snow-white:1"},
                         {"cluster", "snow-white"},
                         {"overrides", {{"taskRoleArn", "arn:aws:iam::123456789012:role/Admin"}}}};
    EXPECT_THAT(json("alice", "ecs", "AmazonEC2ContainerServiceV20141113.RunTask", theirs).body,
                HasSubstr("iam:PassRole on resource: arn:aws:iam::123456789012:role/Admin"));
}

TEST_F(PolicyEnforcement, an_operator_reads_their_own_tags_only) {
    const std::string form = "Action=ListUserTags&Version=2010-05-08&UserName=";
    EXPECT_EQ(query("alice", "iam", form + "alice").status, 200);
    const HttpResponse refused = query("alice", "iam", form + "bob");
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("<Code>AccessDenied</Code>"));
    EXPECT_THAT(refused.body, HasSubstr("iam:ListUserTags on resource: user bob"));
}

TEST_F(PolicyEnforcement, what_is_withheld_is_denied_until_it_is_given_back) {
    const std::string form = "Action=DescribeInstances&Version=2016-11-15";
    withhold("user/alice", {"ec2:DescribeInstances"});
    const HttpResponse refused = query("alice", "ec2", form);
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("<Code>UnauthorizedOperation</Code>"));
    EXPECT_EQ(query("bob", "ec2", form).status, 200);
    withhold("user/alice", Json::array());
    EXPECT_EQ(query("alice", "ec2", form).status, 200);
}

} // namespace

} // namespace policy_test
