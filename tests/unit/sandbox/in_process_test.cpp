// The whole sandbox without a socket and without real time: the fleet's services, the stack, a long
// drain, Slack.
#include "sandbox/server/sandbox.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "tests/unit/fake_clock.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace in_process_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;

class InProcess : public testing::Test {
protected:
    InProcess() {
        FleetPlan plan =
            plan_fleet("acme", {{"acme-workers", 60}, {"acme-web", 1, Layout::web}}, clock.now());
        simulate_hosts(plan, 6h);
        SandboxOptions options;
        options.template_text = text_of("cfn/snow-white-cfn.yml");
        box.emplace(std::move(plan.state), clock, options);
    }

    static std::string text_of(const std::string& path) {
        std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/" + path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    HttpRequest as_alice(const std::string& service) {
        HttpRequest request;
        request.trusted = TrustedCaller{box->credential_of("alice").access_key, service};
        return request;
    }

    HttpResponse query(const std::string& service, const std::string& form) {
        HttpRequest request = as_alice(service);
        request.body = form;
        return box->handle(request);
    }

    HttpResponse ssm(const std::string& action, const Json& parameters) {
        HttpRequest request = as_alice("ssm");
        request.headers.emplace("X-Amz-Target", "AmazonSSM." + action);
        request.headers.emplace("Content-Type", "application/x-amz-json-1.1");
        request.body = parameters.dump();
        return box->handle(request);
    }

    // The text between the tags of the first element of that name.
    static std::string element(const std::string& xml, const std::string& name) {
        const std::size_t begin = xml.find("<" + name + ">");
        if (begin == std::string::npos) return {};
        const std::size_t from = begin + name.size() + 2;
        return xml.substr(from, xml.find("</" + name + ">", from) - from);
    }

    FakeClock clock;
    std::optional<Sandbox> box;
};

TEST_F(InProcess, a_drain_of_six_hours_takes_no_time) {
    const HttpResponse resource = query(
        "cloudformation", "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&"
                          "LogicalResourceId=QuietSideKiqDocument");
    const std::string document = element(resource.body, "PhysicalResourceId");
    ASSERT_TRUE(document.starts_with("snow-white-QuietSideKiqDocument-")) << resource.body;
    const Json target = {{"Key", "tag:elasticbeanstalk:environment-name"},
                         {"Values", {"acme-workers"}}};
    const HttpResponse sent = ssm("SendCommand", {{"DocumentName", document},
                                                  {"Targets", {target}},
                                                  {"MaxConcurrency", "100%"},
                                                  {"MaxErrors", "100%"}});
    ASSERT_EQ(sent.status, 200) << sent.body;
    const Json id = Json::parse(sent.body)["Command"]["CommandId"];
    const auto command = [&] {
        return Json::parse(ssm("ListCommands", {{"CommandId", id}}).body)["Commands"].at(0);
    };
    clock.advance(3h);
    EXPECT_EQ(command()["Status"], "InProgress");
    EXPECT_EQ(command()["TargetCount"], 60);
    clock.advance(3h + 1min);
    EXPECT_EQ(command()["Status"], "Success");
    EXPECT_EQ(command()["CompletedCount"], 60);
}

TEST_F(InProcess, pages_hold_every_instance_once) {
    std::size_t seen = 0;
    std::string token;
    do {
        const std::string body =
            query("ec2", "Action=DescribeInstances&Version=2016-11-15&MaxResults=25" +
                             (token.empty() ? "" : "&NextToken=" + token))
                .body;
        for (std::size_t at = body.find("<instanceId>"); at != std::string::npos;
             at = body.find("<instanceId>", at + 1))
            ++seen;
        token = element(body, "nextToken");
    } while (!token.empty());
    EXPECT_EQ(seen, 61U);
}

TEST_F(InProcess, a_terminated_instance_is_not_among_an_environments_resources) {
    box->change_region_state(
        [](RegionState& state) { state.instances[0].state = InstanceState::terminated; });
    HttpRequest request; // none of the stack's policies grants this
    request.trusted =
        TrustedCaller{box->credential_of("administrator").access_key, "elasticbeanstalk"};
    request.body =
        "Action=DescribeEnvironmentResources&Version=2010-12-01&EnvironmentName=acme-workers";
    const std::string body = box->handle(request).body;
    std::size_t seen = 0;
    for (std::size_t at = body.find("<Id>"); at != std::string::npos;
         at = body.find("<Id>", at + 1))
        ++seen;
    EXPECT_EQ(seen, 59U);
}

TEST_F(InProcess, a_caller_without_a_known_key_is_refused) {
    HttpRequest request = as_alice("ec2");
    request.trusted->access_key = "AKIANOBODY";
    request.body = "Action=DescribeInstances&Version=2016-11-15";
    EXPECT_EQ(box->handle(request).status, 401);
    request.trusted.reset();
    EXPECT_EQ(element(box->handle(request).body, "Code"), "MissingParameter");
}

TEST_F(InProcess, slack_keeps_what_it_takes_and_fails_when_told) {
    HttpRequest post;
    post.path = "/services/T0SANDBOX/B0SANDBOX/secret";
    post.headers.emplace("Content-Type", "application/json");
    post.body = R"({"channel": "U0ALICE00", "text": "all quiet"})";
    HttpRequest fail;
    fail.path = "/_sandbox/slack/fail";
    fail.body = R"({"status": 429, "times": 1, "retry_after": 7})";
    EXPECT_EQ(box->handle(fail).status, 200);
    const HttpResponse limited = box->handle(post);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.headers.find("Retry-After")->second, "7");
    EXPECT_EQ(box->handle(post).body, "ok");
    HttpRequest request;
    request.method = "GET";
    request.path = "/_sandbox/slack";
    const Json inbox = Json::parse(box->handle(request).body);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(inbox[0]["text"], "all quiet");
}

TEST(FleetPlan, the_same_words_make_the_same_ids) {
    const auto ids = [] {
        const FleetPlan plan =
            plan_fleet("acme", {parse_environment_spec("acme-workers=2:pair")}, {});
        return plan.state.environments[0].id + plan.state.instances[1].id;
    };
    EXPECT_EQ(ids(), ids());
}

TEST(FleetPlan, a_text_that_cannot_be_read_is_named_in_the_error) {
    for (const char* const wrong :
         {"acme", "abc=1", "acme=-1", "acme=1:what", "acme=99999999", "-acme=1"}) {
        try {
            parse_environment_spec(wrong);
            FAIL() << wrong << " was taken";
        } catch (const std::invalid_argument& fault) {
            EXPECT_NE(std::string(fault.what()).find(wrong), std::string::npos) << fault.what();
        }
    }
}

} // namespace

} // namespace in_process_test
