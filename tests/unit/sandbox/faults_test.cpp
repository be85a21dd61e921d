// Fault rules: their text, when they apply, what each does to a call, and that a fault "before"
// leaves the state unchanged while one "after" does not.
#include "sandbox/faults/faults.hpp"
#include "sandbox/server/sandbox.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "tests/unit/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace faults_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;
using testing::HasSubstr;

class SandboxFaults : public testing::Test {
protected:
    SandboxFaults() {
        FleetPlan plan = plan_fleet("acme", {{"acme-workers", 30}}, clock.now());
        simulate_hosts(plan, 1h);
        SandboxOptions options;
        std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
        options.template_text.assign(std::istreambuf_iterator<char>(file), {});
        box.emplace(std::move(plan.state), clock, options);
    }

    void set(const std::string& text) { box->set_faults({parse_fault(text)}); }

    HttpResponse ask(const std::string& service, const std::string& action,
                     const std::string& body) {
        HttpRequest request;
        request.trusted = TrustedCaller{box->credential_of("administrator").access_key, service};
        request.headers.emplace("Content-Type", "application/x-amz-json-1.1");
        if (service == "ssm") request.headers.emplace("X-Amz-Target", "AmazonSSM." + action);
        request.body = body;
        return box->handle(request);
    }

    HttpResponse send_status() {
        const std::string found =
            ask("cloudformation", "",
                "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&"
                "LogicalResourceId=StatusSideKiqDocument")
                .body;
        const std::string document = element(found, "PhysicalResourceId");
        return ask("ssm", "SendCommand",
                   Json{{"DocumentName", document},
                        {"Targets",
                         {{{"Key", "tag:elasticbeanstalk:environment-name"},
                           {"Values", {"acme-workers"}}}}}}
                       .dump());
    }
    static std::string element(const std::string& xml, const std::string& name) {
        const std::size_t from = xml.find("<" + name + ">") + name.size() + 2;
        return xml.substr(from, xml.find("</" + name + ">", from) - from);
    }
    HttpResponse list_commands() { return ask("ssm", "ListCommands", "{}"); }
    HttpResponse describe_instances(const std::string& more = "") {
        return ask("ec2", "DescribeInstances",
                   "Action=DescribeInstances&Version=2016-11-15" + more);
    }
    HttpResponse describe_environments() {
        return ask("elasticbeanstalk", "DescribeEnvironments",
                   "Action=DescribeEnvironments&Version=2010-12-01");
    }
    HttpResponse post(const std::string& path, const std::string& body) {
        HttpRequest request;
        request.path = path;
        request.headers.emplace("Content-Type", "application/json");
        request.body = body;
        return box->handle(request);
    }
    HttpResponse post_to_slack() {
        return post("/services/T0SANDBOX/B0SANDBOX/secret", R"({"text": "all quiet"})");
    }
    Json page(const std::string& path) {
        return Json::parse(box->handle({.method = "GET", .path = path}).body);
    }
    std::size_t commands() {
        box->set_faults({});
        return Json::parse(list_commands().body)["Commands"].size();
    }

    FakeClock clock;
    std::optional<Sandbox> box;
};

std::vector<bool> applied(const std::string& text, int calls, snow_white::Duration apart = 0s) {
    Faults faults;
    snow_white::Instant now{};
    faults.set({parse_fault(text)}, now);
    std::vector<bool> result;
    for (int i = 0; i < calls; ++i, now += apart)
        result.push_back(faults.rule_for("ssm", "ListCommands", now) != nullptr);
    return result;
}

std::string refusal_text(const std::string& text) {
    try {
        parse_fault(text);
    } catch (const std::invalid_argument& wrong) {
        return wrong.what();
    }
    return "it was taken";
}

TEST(FaultRule, AnInvalidTextIsReportedWithTheExistingKinds) {
    for (const char* const wrong :
         {"", "ssm", "ssm:ListCommands", "ssm=throttled", ":X=throttled", "ssm:=throttled",
          "ssm:X=tired", "ssm:X=throttled,first", "ssm:X=throttled,first=0",
          "ssm:X=throttled,first=-1", "ssm:X=throttled,p=2", "ssm:X=throttled,from=1",
          "ssm:X=throttled,sometimes=1", "ssm:X=throttled,from=2s,until=1s", "ssm:X=slow",
          "ssm:X=throttled,for=1s", "slack:Post=expired-token"}) {
        const std::string words = refusal_text(wrong);
        EXPECT_THAT(words, HasSubstr(wrong));
        EXPECT_THAT(words, HasSubstr("repeated-token")) << wrong;
        EXPECT_EQ(words.find('\n'), std::string::npos);
    }
}

TEST(FaultRule, AppliesAsItsConditionsSay) {
    EXPECT_EQ(applied("ssm:ListCommands=throttled,first=2", 4),
              (std::vector{true, true, false, false}));
    EXPECT_EQ(applied("ssm:*=throttled,every=3", 6),
              (std::vector{false, false, true, false, false, true}));
    EXPECT_EQ(applied("*:*=no-connection,from=10s,until=30s", 4, 10s),
              (std::vector{false, true, true, false}));
    EXPECT_EQ(applied("aws:*=throttled,from=10s,first=1", 3, 10s),
              (std::vector{false, true, false}));
    EXPECT_EQ(applied("ec2:*=throttled", 2), (std::vector{false, false}));
    EXPECT_EQ(applied("ssm:SendCommand=throttled", 2), (std::vector{false, false}));
}

TEST(FaultRule, AppliesAtRandomByItsSeed) {
    const auto some = applied("ssm:*=throttled,p=0.3,seed=7", 1000);
    EXPECT_EQ(some, applied("ssm:*=throttled,p=0.3,seed=7", 1000));
    EXPECT_NE(some, applied("ssm:*=throttled,p=0.3,seed=8", 1000));
    EXPECT_NEAR(static_cast<double>(std::count(some.begin(), some.end(), true)), 300, 60);
}

TEST_F(SandboxFaults, ATokenBucketRefusesCallsBeyondItsRate) {
    set("ssm:ListCommands=throttled,over=5");
    const auto let_through = [this](int calls) {
        int through = 0;
        for (int i = 0; i < calls; ++i)
            through += list_commands().status == 200;
        return through;
    };
    EXPECT_EQ(let_through(20), 5); // it was full
    clock.advance(400ms);
    EXPECT_EQ(let_through(20), 2);
    clock.advance(1h);
    EXPECT_EQ(let_through(20), 5); // and it holds no more
}

TEST_F(SandboxFaults, NothingIsDoneBeforeAndAllIsDoneAfter) {
    struct Case {
        const char* kind;
        Delivery delivery;
        int status;
        std::size_t commands;
    };
    for (const Case& a :
         {Case{"throttled", Delivery::whole, 400, 0},
          Case{"throttled-429", Delivery::whole, 429, 0},
          Case{"server-error", Delivery::whole, 500, 0},
          Case{"server-error-empty", Delivery::whole, 500, 0},
          Case{"unavailable", Delivery::whole, 503, 0}, Case{"denied", Delivery::whole, 400, 0},
          Case{"clock-skew", Delivery::whole, 400, 0},
          Case{"expired-token", Delivery::whole, 400, 0}, Case{"absent", Delivery::whole, 400, 0},
          Case{"no-connection", Delivery::no_connection, 0, 0},
          Case{"reset-before", Delivery::reset, 0, 0}, Case{"timeout-before", Delivery::none, 0, 0},
          Case{"server-error-after", Delivery::whole, 500, 1},
          Case{"reset-after", Delivery::reset, 200, 1},
          Case{"timeout-after", Delivery::none, 200, 1}, Case{"truncated", Delivery::cut, 200, 1},
          Case{"malformed", Delivery::whole, 200, 1}, Case{"wrong-shape", Delivery::whole, 200, 1},
          Case{"slow,for=3s", Delivery::whole, 200, 1}}) {
        const std::size_t before = commands();
        set(std::string("ssm:SendCommand=") + a.kind);
        const HttpResponse answer = send_status();
        EXPECT_EQ(answer.delivery, a.delivery) << a.kind;
        EXPECT_EQ(answer.status, a.status) << a.kind << answer.body;
        EXPECT_EQ(commands() - before, a.commands) << a.kind;
    }
}

TEST_F(SandboxFaults, EachServiceHasItsOwnErrors) {
    const auto words = [&](const std::string& kind) {
        set("*:*=" + kind);
        return list_commands().body + describe_environments().body + describe_instances().body;
    };
    EXPECT_THAT(words("throttled"),
                testing::AllOf(HasSubstr("ThrottlingException"), HasSubstr("<Code>Throttling<"),
                               HasSubstr("<Code>RequestLimitExceeded<")));
    EXPECT_THAT(words("throttled-429"), testing::AllOf(HasSubstr("TooManyRequestsException"),
                                                       HasSubstr("<Code>EC2ThrottledException<")));
    EXPECT_THAT(words("expired-token"),
                testing::AllOf(HasSubstr("ExpiredTokenException"), HasSubstr("<Code>ExpiredToken<"),
                               HasSubstr("<Code>RequestExpired<")));
    EXPECT_THAT(words("clock-skew"), testing::AllOf(HasSubstr("InvalidSignatureException"),
                                                    HasSubstr("Signature expired: "),
                                                    HasSubstr("<Code>SignatureDoesNotMatch<")));
    EXPECT_THAT(words("denied"),
                testing::AllOf(HasSubstr("AccessDeniedException"), HasSubstr("<Code>AccessDenied<"),
                               HasSubstr("<Code>UnauthorizedOperation<"),
                               HasSubstr("not authorized to perform: ssm:ListCommands")));
    EXPECT_THAT(words("server-error"),
                testing::AllOf(HasSubstr("InternalFailure"), HasSubstr("<Code>InternalError<")));
    EXPECT_EQ(words("server-error-empty"), "");
    EXPECT_THAT(words("wrong-shape"), HasSubstr("{\"unexpected\": true}<html>"));
}

TEST_F(SandboxFaults, AMalformedAnswerDoesNotParse) {
    set("ssm:*=malformed");
    EXPECT_TRUE(Json::parse(list_commands().body, nullptr, false).is_discarded());
    set("ec2:*=malformed");
    EXPECT_THAT(describe_instances().body, testing::Not(HasSubstr("</DescribeInstancesResponse>")));
}

TEST_F(SandboxFaults, AForgottenCommandIsNotInTheList) {
    send_status();
    set("ssm:ListCommands=empty");
    EXPECT_EQ(Json::parse(list_commands().body)["Commands"].size(), 0U);
    EXPECT_EQ(commands(), 1U);
}

TEST_F(SandboxFaults, ARepeatedTokenLeadsToTheSamePageForEver) {
    const std::string genuine = element(describe_instances("&MaxResults=25").body, "nextToken");
    set("ec2:DescribeInstances=repeated-token");
    const std::string second = describe_instances("&MaxResults=25&NextToken=" + genuine).body;
    EXPECT_EQ(element(second, "nextToken"), genuine);
    const std::string first = element(describe_instances().body, "nextToken");
    EXPECT_EQ(element(describe_instances("&NextToken=" + first).body, "nextToken"), first);
}

TEST_F(SandboxFaults, AWrongTokenIsRefusedWhenItComesBack) {
    set("ssm:DescribeInstanceInformation=wrong-token,first=1");
    const Json first = Json::parse(ask("ssm", "DescribeInstanceInformation", "{}").body);
    const HttpResponse second =
        ask("ssm", "DescribeInstanceInformation", Json{{"NextToken", first["NextToken"]}}.dump());
    EXPECT_EQ(second.status, 400);
    EXPECT_THAT(second.body, HasSubstr("InvalidNextToken"));
}

TEST_F(SandboxFaults, ApplyToSlackToo) {
    set("slack:Post=throttled,first=1");
    EXPECT_EQ(post_to_slack().status, 429);
    EXPECT_EQ(post_to_slack().body, "ok");
    set("*:*=reset-after");
    EXPECT_EQ(post_to_slack().delivery, Delivery::reset);
    set("*:*=expired-token");
    EXPECT_EQ(post_to_slack().body, "ok");
    set("aws:*=unavailable");
    EXPECT_EQ(post_to_slack().body, "ok");
    EXPECT_EQ(page("/_sandbox/slack").size(), 4U);
}

TEST_F(SandboxFaults, AreInTheJournalWithTheCall) {
    set("ssm:ListCommands=timeout-before,first=1");
    list_commands();
    list_commands();
    const Json stats = page("/_sandbox/stats");
    EXPECT_EQ(stats["faults"], Json({{"timeout-before", 1}}));
    EXPECT_EQ(stats["timeline"][0]["fault"], "timeout-before");
    EXPECT_EQ(stats["timeline"][0]["status"], 0);
    EXPECT_TRUE(stats["timeline"][1]["fault"].is_null());
    EXPECT_EQ(page("/_sandbox/requests")[0]["fault"], "timeout-before");
}

TEST_F(SandboxFaults, CanBePostedAndCleared) {
    EXPECT_EQ(post("/_sandbox/faults", R"(["ssm:*=unavailable"])").status, 200);
    EXPECT_EQ(list_commands().status, 503);
    EXPECT_EQ(post("/_sandbox/faults", "[]").status, 200);
    EXPECT_EQ(list_commands().status, 200);
}

TEST_F(SandboxFaults, ARuleThatNeverAppliesIsRefused) {
    for (const char* const wrong :
         {"ssm:LstCommands=throttled", "sms:*=throttled", "*:ListCommands=throttled",
          "slack:Put=throttled", "ssm:SendCommand=repeated-token", "no rule"}) {
        const HttpResponse answer = post("/_sandbox/faults", Json::array({wrong}).dump());
        EXPECT_EQ(answer.status, 400) << wrong;
        EXPECT_THAT(answer.body, HasSubstr(std::string(wrong).substr(0, 5)));
    }
    EXPECT_EQ(post("/_sandbox/faults", "{}").status, 400);
    EXPECT_EQ(post("/_sandbox/faults", "[1]").status, 400);
}

} // namespace

} // namespace faults_test
