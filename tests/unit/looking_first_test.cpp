// --dry-run and --cancel: the whole program against the whole sandbox, in one process and in simulated time.
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/network.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "src/cli/commands.hpp"
#include "src/cli/pinned_script.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/sandbox_http.hpp"
#include "tests/unit/taken.hpp"
#include "tests/unit/temporary_files.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace snow_white;
using cli::ExitCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Ended {
    ExitCode code;
    std::string out;
    std::string err;
};

std::string text_of(const std::string& path) {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/" + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, const std::string& old, const std::string& fresh) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + fresh.size()))
        text.replace(at, old.size(), fresh);
    return text;
}

class LookingFirst : public testing::Test {
protected:
    void open(const std::vector<sandbox::EnvironmentWish>& environments) {
        auto plan = sandbox::plan_fleet("acme", environments, clock.now());
        sandbox::simulate_hosts(plan, 6h);
        sandbox::SandboxOptions options;
        options.template_text = template_text;
        box.emplace(std::move(plan.world), clock, options);
        http.emplace(*box, clock);
    }

    Ended run(const std::string& action, const std::string& pattern, std::vector<std::string> more,
              const std::string& stack = "snow-white") {
        const auto key = box->credential_of(caller);
        const aws::Environment environment = files.environment(
            "[profile staging]\nregion = us-east-1\n",
            fmt::format("[staging]\naws_access_key_id = {}\naws_secret_access_key = x\n", key.access_key),
            {{"AWS_ENDPOINT_URL", "http://sandbox.test"},
             {"ECS_CLUSTER_REGION", "us-east-1"},
             {"ECS_CLUSTER_NAME", sandbox::cluster_name},
             {"vpc_id", sandbox::vpc_id},
             {"subnet_id", sandbox::subnet_id},
             {"sec_group", sandbox::security_group_id},
             {"CFN_STACK_NAME", stack}});
        std::vector<std::string> arguments{"-a",      action, "-e",   pattern, "-f",
                                           "staging", "-p",   "acme", "-r",    "us-east-1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Outside outside{environment, *http, clock, out, err};
        const ExitCode code = cli::run(arguments, outside);
        return {code, test::taken(out), test::taken(err)};
    }

    Ended dry_run(const std::string& pattern = "workers") { return run("quiet", pattern, {"--dry-run"}); }

    sandbox::Json ssm(const std::string& action, const sandbox::Json& parameters) {
        sandbox::HttpRequest request;
        request.method = "POST";
        request.path = "/";
        request.trusted = sandbox::TrustedCaller{box->credential_of("administrator").access_key, "ssm"};
        request.headers.emplace("X-Amz-Target", "AmazonSSM." + action);
        request.headers.emplace("Content-Type", "application/x-amz-json-1.1");
        request.body = parameters.dump();
        return sandbox::Json::parse(box->handle(request).body);
    }

    // The id of a quiet sent to those environments by somebody else.
    std::string send_quiet(const std::vector<std::string>& environments) {
        const std::string out = dry_run("acme").out;
        const auto from = out.find("snow-white-QuietSideKiqDocument");
        const std::string document = out.substr(from, out.find_first_of(": ", from) - from);
        const sandbox::Json targets = {
            {{"Key", "tag:elasticbeanstalk:environment-name"}, {"Values", environments}}};
        const auto sent = ssm("SendCommand", {{"DocumentName", document}, {"Targets", targets}});
        clock.advance(10s);
        return sent.at("Command").at("CommandId");
    }

    std::string status_of(const std::string& command) {
        return ssm("ListCommands", {{"CommandId", command}}).at("Commands").at(0).at("Status");
    }

    int calls(const std::string& service, const std::string& action) {
        const auto stats =
            sandbox::Json::parse(box->handle({.method = "GET", .path = "/_sandbox/stats"}).body);
        return stats.at("calls").value(service, sandbox::Json::object()).value(action, 0);
    }

    FakeClock clock;
    std::string template_text = text_of("cfn/snow-white-cfn.yml");
    std::string caller = "alice"; // who has what the template grants
    std::optional<sandbox::Sandbox> box;
    std::optional<test::SandboxHttp> http;
    test::TemporaryFiles files;
};

TEST_F(LookingFirst, TellsWhatWouldHappenAndSendsNothing) {
    open({{"acme-workers", 3}, {"acme-workers-b", 1}, {"acme-web", 1, sandbox::Layout::web}});
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::done) << looked.out << looked.err;
    EXPECT_THAT(looked.out,
                AllOf(HasSubstr("quiet of acme in us-east-1, as alice would do it"),
                      HasSubstr("acme-workers (Ready): 3 instances; agents: 3 online, 0 lost, 0 absent"),
                      HasSubstr("acme-workers-b (Ready): 1 instance;"), Not(HasSubstr("acme-web")),
                      HasSubstr(cli::script_of_this_checkout().substr(0, 8)),
                      HasSubstr("would send a command: snow-white-QuietSideKiqDocument"),
                      HasSubstr("elasticbeanstalk:environment-name = acme-workers, acme-workers-b"),
                      HasSubstr("task-definition/snow-white:"), HasSubstr("nothing stands in the way"),
                      Not(HasSubstr("warning"))));
    EXPECT_EQ(looked.err, "");
    EXPECT_EQ(calls("ssm", "SendCommand") + calls("ecs", "RunTask"), 0);
}

TEST_F(LookingFirst, AWakeInBatchesSaysSo) {
    open({{"acme-workers", 4}});
    EXPECT_THAT(run("wake", "workers", {"--dry-run", "--here", "--batch", "25%"}).out,
                HasSubstr("elasticbeanstalk:environment-name = acme-workers, 25% at a time"));
}

TEST_F(LookingFirst, FromHereThereIsNoTask) {
    open({{"acme-workers", 1}});
    const Ended looked = run("stop", "workers", {"--dry-run", "--here"});
    EXPECT_EQ(looked.code, ExitCode::done) << looked.err;
    EXPECT_THAT(looked.out, AllOf(HasSubstr("StopSideKiqDocument"), Not(HasSubstr("task"))));
    EXPECT_EQ(calls("ecs", "DescribeTaskDefinition"), 0);
}

TEST_F(LookingFirst, ADeployAndInstancesWithoutAgentAreWarnings) {
    open({{"acme-workers", 4}});
    std::vector<std::string> ids;
    box->change_world([&ids](sandbox::World& world) {
        world.environments[0].status = "Updating";
        world.instances[0].agent = sandbox::AgentState::connection_lost;
        world.instances[1].agent = sandbox::AgentState::absent;
        world.instances[2].state = sandbox::InstanceState::stopped;
        for (const auto& instance : world.instances)
            ids.push_back(instance.id);
    });
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::done) << looked.err;
    EXPECT_THAT(
        looked.out,
        AllOf(HasSubstr("4 instances; agents: 1 online, 1 lost, 1 absent; 1 stopped in EC2"),
              HasSubstr("warning: acme-workers is Updating, a deploy is in progress"),
              HasSubstr(fmt::format("warning: {} of acme-workers has no SSM agent online (lost)", ids[0])),
              HasSubstr(fmt::format("warning: {} of acme-workers has no SSM agent online (absent)", ids[1])),
              Not(HasSubstr(ids[2])), Not(HasSubstr(ids[3]))));
}

TEST_F(LookingFirst, FiftyEnvironmentsMakeACommand) {
    std::vector<sandbox::EnvironmentWish> environments;
    for (int i = 0; i < 51; ++i)
        environments.push_back({fmt::format("acme-workers-{:02}", i), 1});
    open(environments);
    const Ended looked = dry_run();
    const auto first = looked.out.find("would send a command");
    const auto second = looked.out.find("would send a command", first + 1);
    EXPECT_NE(second, std::string::npos) << looked.out;
    EXPECT_THAT(looked.out.substr(second), HasSubstr("= acme-workers-50\n"));
}

TEST_F(LookingFirst, ADocumentOfAnotherScriptStandsInTheWay) {
    const std::string other(64, 'a');
    template_text = replaced(template_text, cli::script_of_this_checkout(), other);
    open({{"acme-workers", 1}});
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::refused);
    EXPECT_THAT(looked.err,
                AllOf(HasSubstr("runs script aaaaaaaa of commit "),
                      HasSubstr("this checkout's is " + cli::script_of_this_checkout().substr(0, 8)),
                      HasSubstr("sam deploy")));
    EXPECT_THAT(looked.out, HasSubstr("to put right first: 1"));
}

TEST_F(LookingFirst, ADocumentWithoutAHashStandsInTheWay) {
    template_text = replaced(template_text, "${Sha256}", "none");
    open({{"acme-workers", 1}});
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::refused);
    EXPECT_THAT(looked.err, HasSubstr("runs no script checked by its SHA-256"));
}

TEST_F(LookingFirst, AnUnknownStackIsNamedTwiceDocumentAndTask) {
    open({{"acme-workers", 1}});
    caller = "administrator"; // to others, what is not this stack's is forbidden rather than missing
    const Ended looked = run("quiet", "workers", {"--dry-run"}, "no-such-stack");
    EXPECT_EQ(looked.code, ExitCode::refused);
    EXPECT_THAT(looked.err, AllOf(HasSubstr("DescribeStackResource"), HasSubstr("DescribeTaskDefinition"),
                                  HasSubstr("is stack no-such-stack deployed in us-east-1")));
}

TEST_F(LookingFirst, AStackWithoutStatusDocumentIsAWarning) {
    template_text =
        replaced(template_text, "  StatusSideKiqDocument:\n    Type", "  OtherDocument:\n    Type");
    open({{"acme-workers", 1}});
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::done) << looked.err;
    EXPECT_THAT(looked.out, HasSubstr("warning: no status document"));
}

TEST_F(LookingFirst, APatternThatMatchesNothingIsThree) {
    open({{"acme-Workers", 1}});
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::nothing_matched);
    EXPECT_THAT(looked.err, HasSubstr("there: acme-Workers; the case counts"));
}

TEST_F(LookingFirst, WhatIsInFlightWouldBeFollowed) {
    open({{"acme-workers", 1}, {"acme-workers-b", 1}, {"acme-mailers", 1}});
    const std::string same = send_quiet({"acme-workers-b", "acme-workers"});
    send_quiet({"acme-mailers"});
    const Ended looked = dry_run();
    EXPECT_EQ(looked.code, ExitCode::done) << looked.err;
    EXPECT_THAT(looked.out, AllOf(HasSubstr("would follow command " + same), Not(HasSubstr("would send")),
                                  Not(HasSubstr("warning"))));
    EXPECT_THAT(dry_run("workers-b").out,
                AllOf(HasSubstr("would follow command " + same), Not(HasSubstr("would send"))));
    const Ended wider = dry_run("acme");
    EXPECT_THAT(wider.out, AllOf(HasSubstr("would follow command " + same), Not(HasSubstr("would send"))));
    const Ended other = run("wake", "workers-b", {"--dry-run"});
    EXPECT_EQ(other.code, ExitCode::done) << other.err;
    EXPECT_THAT(other.out, AllOf(HasSubstr("would send a command: snow-white-WakeSideKiqDocument"),
                                 HasSubstr("warning: a quiet is in flight"), HasSubstr(same)));
}

TEST_F(LookingFirst, WhatIsInFlightForSomeIsSentToTheOthers) {
    open({{"acme-workers", 1}, {"acme-workers-b", 1}});
    const std::string some = send_quiet({"acme-workers"});
    EXPECT_THAT(dry_run().out, AllOf(HasSubstr("would follow command " + some),
                                     HasSubstr("environment-name = acme-workers-b\n")));
}

TEST_F(LookingFirst, CancelEndsWhatIsOfTheseEnvironmentsAlone) {
    open({{"acme-workers", 1}, {"acme-workers-b", 1}, {"acme-mailers", 1}});
    const std::string workers = send_quiet({"acme-workers", "acme-workers-b"});
    const std::string mailers = send_quiet({"acme-mailers"});
    const Ended narrower = run("quiet", "workers-b", {"--cancel"});
    EXPECT_EQ(narrower.code, ExitCode::partial);
    EXPECT_THAT(narrower.err, AllOf(HasSubstr(workers), HasSubstr("is for others, too"),
                                    HasSubstr("aws ssm cancel-command --command-id " + workers)));
    EXPECT_EQ(calls("ssm", "CancelCommand"), 0);

    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out,
                AllOf(HasSubstr("cancelled quiet command " + workers + " for acme-workers, acme-workers-b"),
                      HasSubstr("stay quiet"), HasSubstr("-a wake"), Not(HasSubstr(mailers))));
    clock.advance(10s);
    EXPECT_EQ(status_of(workers), "Cancelled");
    EXPECT_EQ(status_of(mailers), "InProgress");
    EXPECT_EQ(run("quiet", "workers", {"--cancel"}).code, ExitCode::nothing_matched) << "it is over";
}

TEST_F(LookingFirst, CancelTakesCommandsByInstanceToo) {
    open({{"acme-workers", 2}, {"acme-mailers", 1}});
    std::vector<std::string> ids;
    box->change_world([&ids](sandbox::World& world) {
        for (const auto& instance : world.instances)
            ids.push_back(instance.id);
    });
    const std::string out = dry_run().out;
    const auto from = out.find("snow-white-QuietSideKiqDocument");
    const std::string document = out.substr(from, out.find_first_of(": ", from) - from);
    const auto send = [&](const std::vector<std::string>& to) -> std::string {
        const auto sent = ssm("SendCommand", {{"DocumentName", document}, {"InstanceIds", to}});
        clock.advance(10s);
        return sent.at("Command").at("CommandId");
    };
    const std::string ours = send({ids[0], ids[1]});
    const std::string others = send({ids[2]});
    box->change_world(
        [](sandbox::World& world) { world.instances[0].state = sandbox::InstanceState::shutting_down; });
    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out,
                AllOf(HasSubstr(ours), HasSubstr(ids[0] + " and 1 more instance"), Not(HasSubstr(others))));
}

TEST_F(LookingFirst, CancelSaysWhatItCouldNotLookFor) {
    open({{"acme-workers", 1}});
    const std::string command = send_quiet({"acme-workers"});
    box->handle({.method = "POST",
                 .path = "/_sandbox/withhold",
                 .body = R"({"caller": "user/alice", "actions": ["ec2:DescribeInstances",
                             "elasticbeanstalk:DescribeEnvironmentResources"]})"});
    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::partial);
    EXPECT_THAT(cancelled.err, HasSubstr("commands to single instances were not looked for"));
    EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command)) << "the others are found";
}

TEST_F(LookingFirst, CancelWithNothingInFlightIsThree) {
    open({{"acme-workers", 1}});
    const Ended cancelled = run("wake", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::nothing_matched);
    EXPECT_THAT(cancelled.out, HasSubstr("nothing to cancel"));
    EXPECT_EQ(run("wake", "Workers", {"--cancel"}).code, ExitCode::nothing_matched);
}

} // namespace
