// Several regions in one process: each has its own state, stack and commands; faults and the
// journal distinguish them; a region without a fleet is empty.
#include "sandbox/server/sandbox.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/whole_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regions_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const std::string away = "eu-west-1";

std::string our_template() {
    return test::Run::text_of(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
}

class Regions : public testing::Test {
protected:
    Regions() { deploy(our_template()); }

    void deploy(const std::string& template_text) {
        FleetPlan plan = plan_fleet(
            "acme", {{"acme-workers", 2}, {"acme-workers", 3, Layout::pair, away}}, clock.now());
        simulate_hosts(plan, 1h);
        SandboxOptions options;
        options.template_text = template_text;
        options.make_host = [](const Instance& one) { return simulated_host(one, 1h); };
        box.emplace(std::move(plan), clock, options);
    }

    HttpResponse ask(const std::string& region, const std::string& service,
                     const std::string& body) {
        HttpRequest request;
        request.trusted = TrustedCaller{box->credential_of("alice").access_key, service, region};
        request.body = body;
        return box->handle(request);
    }

    HttpResponse ssm(const std::string& region, const std::string& action, const Json& parameters) {
        HttpRequest request;
        request.trusted = TrustedCaller{box->credential_of("alice").access_key, "ssm", region};
        request.headers.emplace("X-Amz-Target", "AmazonSSM." + action);
        request.headers.emplace("Content-Type", "application/x-amz-json-1.1");
        request.body = parameters.dump();
        return box->handle(request);
    }

    std::string document(const std::string& region) {
        const std::string answer =
            ask(region, "cloudformation",
                "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&"
                "LogicalResourceId=QuietSideKiqDocument")
                .body;
        const std::string open = "<PhysicalResourceId>";
        const std::size_t from = answer.find(open) + open.size();
        return answer.substr(from, answer.find('<', from) - from);
    }

    HttpResponse quiet(const std::string& region) {
        const Json target = {{"Key", "tag:elasticbeanstalk:environment-name"},
                             {"Values", {"acme-workers"}}};
        return ssm(
            region, "SendCommand",
            {{"DocumentName", document(region)}, {"Targets", {target}}, {"MaxErrors", "100%"}});
    }

    std::size_t commands(const std::string& region) {
        return Json::parse(ssm(region, "ListCommands", Json::object()).body)["Commands"].size();
    }

    Json page(const std::string& name) {
        return Json::parse(box->handle({.method = "GET", .path = "/_sandbox/" + name}).body);
    }

    HttpResponse change_instances(const Json& asked) {
        HttpRequest request;
        request.path = "/_sandbox/instances";
        request.body = asked.dump();
        return box->handle(request);
    }

    FakeClock clock;
    std::optional<Sandbox> box;
};

TEST_F(Regions, ACommandBelongsToOneRegion) {
    EXPECT_NE(document(home_region), document(away));
    const HttpResponse sent = quiet(away);
    ASSERT_EQ(sent.status, 200) << sent.body;
    clock.advance(1h + 1min);
    const Json id = Json::parse(sent.body)["Command"]["CommandId"];
    const Json command =
        Json::parse(ssm(away, "ListCommands", {{"CommandId", id}}).body)["Commands"][0];
    EXPECT_EQ(command["Status"], "Success");
    EXPECT_EQ(command["TargetCount"], 3);
    EXPECT_EQ(commands(home_region), 0U);
    EXPECT_THAT(ssm(home_region, "ListCommands", {{"CommandId", id}}).body,
                HasSubstr("InvalidCommandId"));
    for (const Json& environment : page("fleet")["environments"])
        for (const Json& instance : environment["instances"])
            for (const Json& worker : instance["workers"])
                EXPECT_EQ(worker["state"], environment["region"] == away ? "idle" : "running");
}

TEST_F(Regions, ARegionWithoutAFleetIsEmpty) {
    EXPECT_THAT(ask("ap-south-1", "ec2", "Action=DescribeInstances&Version=2016-11-15").body,
                Not(HasSubstr("<instanceId>")));
    EXPECT_THAT(ask("ap-south-1", "cloudformation",
                    "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&"
                    "LogicalResourceId=QuietSideKiqDocument")
                    .body,
                HasSubstr("Stack 'snow-white' does not exist"));
    EXPECT_EQ(commands("ap-south-1"), 0U);
    EXPECT_THAT(ssm("ap-somewhere-1", "ListCommands", Json::object()).body,
                HasSubstr("valid region, not 'ap-somewhere-1'"));
}

TEST_F(Regions, AnInstanceBelongsToOneRegion) {
    std::string one;
    box->change_region_state([&one](RegionState& state) { one = state.instances[0].id; });
    const Json request = {{"DocumentName", document(away)}, {"InstanceIds", {one}}};
    EXPECT_THAT(ssm(away, "SendCommand", request).body, HasSubstr("InvalidInstanceId"));
    box->change_region_state(away, [](RegionState& state) {
        EXPECT_EQ(state.region, away);
        EXPECT_EQ(state.instances.size(), 3U);
        EXPECT_EQ(state.instances[1].availability_zone, "eu-west-1b");
    });
}

TEST_F(Regions, AnOutageOfOneAffectsNoOther) {
    box->set_faults({parse_fault("aws@eu-west-1:*=no-connection,from=10s,until=1m")});
    EXPECT_EQ(quiet(away).status, 200);
    clock.advance(10s);
    EXPECT_EQ(ssm(away, "ListCommands", Json::object()).delivery, Delivery::no_connection);
    EXPECT_EQ(quiet(home_region).status, 200);
    const Json timeline = page("stats")["timeline"];
    for (const Json& call : timeline)
        EXPECT_TRUE(call["fault"].is_null() || call["region"] == away) << call;
    clock.advance(50s);
    EXPECT_EQ(commands(away), 1U);
}

TEST_F(Regions, ARuleForARegionThatNeverAppliesIsRefused) {
    EXPECT_THROW(parse_fault("ssm@nowhere:*=throttled"), std::invalid_argument);
    EXPECT_THROW(parse_fault("slack@eu-west-1:*=throttled"), std::invalid_argument);
    EXPECT_THROW(box->set_faults({parse_fault("iam@eu-west-1:*=throttled")}),
                 std::invalid_argument);
    EXPECT_NO_THROW(box->set_faults({parse_fault("iam@us-east-1:*=throttled")}));
}

TEST_F(Regions, InstancesAreLaunchedInTheNamedRegion) {
    const HttpResponse launched =
        change_instances({{"do", "launch"}, {"environment", "acme-workers"}, {"region", away}});
    ASSERT_EQ(launched.status, 200) << launched.body;
    const Json id = Json::parse(launched.body)["instances"][0];
    box->change_region_state(away, [&id](RegionState& state) {
        EXPECT_EQ(state.instances.back().id, id);
        EXPECT_EQ(state.instances.back().host->hostname(),
                  "ip-10-0-0-7.eu-west-1.compute.internal");
    });
    box->change_region_state([](RegionState& state) { EXPECT_EQ(state.instances.size(), 2U); });
    EXPECT_THAT(change_instances({{"do", "reboot"}, {"instances", {id}}}).body,
                HasSubstr("in us-east-1"));
    EXPECT_THAT(change_instances({{"do", "launch"}, {"region", "nowhere"}}).body,
                HasSubstr("there is no region"));
}

TEST_F(Regions, TwoStacksThatNameTheirRolesCannotBeDeployed) {
    std::string named = our_template();
    const std::string role = "  TaskRole:\n    Type: AWS::IAM::Role\n    Properties:\n";
    ASSERT_NE(named.find(role), std::string::npos);
    named.insert(named.find(role) + role.size(), "      RoleName: snow-white-task\n");
    try {
        deploy(named);
        FAIL() << "it was deployed";
    } catch (const std::runtime_error& refused) {
        EXPECT_THAT(refused.what(), HasSubstr("TaskRole snow-white-task already exists in stack"));
    }
}

TEST(Region, NamesAreThoseOfAws) {
    for (const char* const name :
         {"us-east-1", "eu-west-1", "ap-northeast-3", "ca-central-1", "mx-central-1"})
        EXPECT_TRUE(is_region(name)) << name;
    for (const char* const name :
         {"", "us-east", "eu-wst-1", "us-east-1a", "cn-north-1", "us-gov-west-1", "mars-1"})
        EXPECT_FALSE(is_region(name)) << name;
}

TEST(FleetPlan, AnEnvironmentOfTheSameNameInAnotherRegionIsAnother) {
    FleetPlan plan = plan_fleet("acme",
                                {parse_environment_spec("acme-workers=2"),
                                 parse_environment_spec("eu-west-1/acme-workers=1:pair"),
                                 parse_environment_spec("us-east-1/acme-workers=1"),
                                 parse_environment_spec("eu-west-1/acme-workers=1")},
                                {});
    ASSERT_EQ(plan.elsewhere.size(), 1U);
    EXPECT_EQ(plan.state.instances.size(), 3U);
    const RegionPlan& other = plan.elsewhere[0];
    EXPECT_EQ(other.state.region, away);
    EXPECT_EQ(other.layouts, (std::vector{Layout::pair, Layout::procfile}));
    ASSERT_EQ(other.state.environments.size(), 1U);
    EXPECT_NE(other.state.environments[0].id, plan.state.environments[0].id);
    EXPECT_NE(other.state.instances[0].id, plan.state.instances[0].id);
}

// The whole program, with the permissions of the home region's stack.
TEST(RunInAnotherRegion, QuietsTheWorkersThereAndNoOthers) {
    test::Run run;
    auto variables = test::Run::asked("quiet");
    variables["AWS_REGION"] = away;
    const auto ended =
        run.run({{"acme-workers", 2}, {"acme-workers", 3, Layout::sidekiq, away}}, 1min, variables);
    EXPECT_EQ(ended.code, test::ExitCode::done) << ended.out << ended.err;
    EXPECT_EQ(ended.states, "running running idle idle idle");
}

} // namespace

} // namespace regions_test
