// --dry-run: the whole program against the whole sandbox, in one process and in simulated time.
#include "src/cli/preflight/check_document.hpp"
#include "tests/unit/operator_run.hpp"
#include "tests/unit/sidekiq/fake_redis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace dry_run_test {

namespace {

using namespace std::chrono_literals;
using namespace snow_white;
using report::ExitCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string replaced(std::string text, const std::string& old, const std::string& fresh) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + fresh.size()))
        text.replace(at, old.size(), fresh);
    return text;
}

class DryRun : public testing::Test, protected test::OperatorRun {
protected:
    // Deploys the stack with other values of the parameters that limit its policies.
    void narrow(const std::map<std::string, std::string>& values) {
        for (const auto& [parameter, value] : values) {
            const std::size_t at =
                template_text.find("'*'", template_text.find("\n  " + parameter + ":\n"));
            template_text.replace(at, 3, "'" + value + "'");
        }
    }
};

const std::map<std::string, std::string> narrow_reach{{"EcsClusterName", "snow-white"},
                                                      {"WorkerEnvironments", "acme-*"},
                                                      {"WorkerRegions", "us-east-1"}};

std::string warnings_in(const std::string& out) {
    std::string found;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("warning: ")) found += line + "\n";
    return found;
}

// The hash of the script that the template's documents carry.
const std::string ours = cli::script_of_this_checkout(cli::PinnedScript::Source::document);

TEST_F(DryRun, ReportsWhatWouldHappenAndSendsNothing) {
    narrow(narrow_reach);
    open({{"acme-workers", 3}, {"acme-workers-b", 1}, {"acme-web", 1, sandbox::Layout::web}});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << checked.out << checked.err;
    EXPECT_THAT(
        checked.out,
        AllOf(HasSubstr("quiet of acme in us-east-1, as alice would do it"),
              HasSubstr("acme-workers (Ready): 3 instances; agents: 3 online, 0 lost, 0 absent"),
              HasSubstr("acme-workers-b (Ready): 1 instance;"), Not(HasSubstr("acme-web")),
              HasSubstr(ours.substr(0, 8)),
              HasSubstr("would send a command: snow-white-QuietSideKiqDocument"),
              HasSubstr("elasticbeanstalk:environment-name = acme-workers, acme-workers-b"),
              HasSubstr("task-definition/snow-white:"), HasSubstr("nothing prevents the run"),
              Not(HasSubstr("warning"))));
    EXPECT_EQ(checked.err, "");
    EXPECT_EQ(calls("ssm", "SendCommand") + calls("ecs", "RunTask"), 0);
}

TEST_F(DryRun, BroadPoliciesAreOneWarningWithTheCommandThatNarrowsThem) {
    open({{"acme-workers", 1}});
    const std::string command =
        "aws cloudformation deploy --template-file cfn/snow-white-cfn.yml --stack-name snow-white "
        "--region us-east-1 --profile staging --capabilities CAPABILITY_NAMED_IAM "
        "--parameter-overrides ";
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_EQ(
        warnings_in(checked.out),
        "warning: the stack's policies allow any cluster, any environment, any region; to narrow "
        "them: " +
            command + "EcsClusterName=snow-white WorkerEnvironments=… WorkerRegions=us-east-1\n");
    narrow({{"WorkerEnvironments", "acme-*"}, {"WorkerRegions", "us-east-1,*"}});
    open({{"acme-workers", 1}});
    EXPECT_THAT(warnings_in(dry_run().out),
                AllOf(HasSubstr("allow any cluster, any region; "),
                      HasSubstr(command + "EcsClusterName=snow-white WorkerRegions=us-east-1\n")));
    narrow({{"EcsClusterName", "snow-white"}});
    open({{"acme-workers", 1}});
    EXPECT_THAT(warnings_in(dry_run().out), HasSubstr("allow any region; "));
}

// A value that the same run has found wrong is no suggestion.
TEST_F(DryRun, AWrongClustersNameIsNotSuggested) {
    cluster = "wrong";
    open({{"acme-workers", 1}});
    const Ended checked = dry_run();
    EXPECT_THAT(checked.err, HasSubstr("ECS_CLUSTER_NAME: there is no cluster wrong"));
    EXPECT_THAT(warnings_in(checked.out), HasSubstr("--parameter-overrides EcsClusterName=… "));
}

TEST_F(DryRun, ATaskDefinitionWithoutPolicyLimitsGivesNoWarning) {
    const std::size_t labels = template_text.find("          DockerLabels:\n");
    ASSERT_NE(labels, std::string::npos);
    template_text.erase(labels, template_text.find("          Environment:\n", labels) - labels);
    open({{"acme-workers", 1}});
    EXPECT_EQ(warnings_in(dry_run().out), "");
}

TEST_F(DryRun, NarrowPoliciesAreEnoughForTheirEnvironments) {
    narrow(narrow_reach);
    open({{"acme-workers", 1}});
    EXPECT_EQ(run("status", "workers", {}).code, ExitCode::done);
    const Ended quiet = run("quiet", "workers", {"--here"});
    EXPECT_EQ(quiet.code, ExitCode::done) << quiet.out << quiet.err;
    regions = "eu-west-1";
    const Ended elsewhere = run("quiet", "workers", {"--here"});
    EXPECT_EQ(elsewhere.code, ExitCode::denied) << elsewhere.out << elsewhere.err;
}

TEST_F(DryRun, ARegionOutsideThePoliciesIsAProblemWithTheParameterToSet) {
    narrow({{"WorkerRegions", "eu-west-1"}});
    open({{"acme-workers", 1}});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::denied) << checked.out;
    EXPECT_THAT(checked.err, HasSubstr("name the region in the stack's WorkerRegions"));
}

TEST_F(DryRun, AWakeInBatchesSaysSo) {
    open({{"acme-workers", 4}});
    EXPECT_THAT(run("wake", "workers", {"--dry-run", "--here", "--batch", "25%"}).out,
                HasSubstr("elasticbeanstalk:environment-name = acme-workers, 25% at a time"));
}

TEST_F(DryRun, OfATaskItSaysWhetherItAsksSidekiqsRedis) {
    open({{"acme-workers", 1}});
    const std::string without =
        "\nSidekiq's Redis: not asked by the task; the stack has no SidekiqRedisUrl\n";
    redis_at_the_prompt = "redis://:s3cret@of-the-prompt.example";
    EXPECT_THAT(dry_run().out, AllOf(HasSubstr(without), Not(HasSubstr("of-the-prompt"))));
    sidekiq_redis = "redis://:s3cret@of-the-stack.example";
    open({{"acme-workers", 1}});
    const Ended checked = dry_run();
    EXPECT_THAT(checked.out, HasSubstr("\nSidekiq's Redis: asked by the task, at the stack's "
                                       "SIDEKIQ_REDIS_URL, which cannot be tried from here\n"));
    EXPECT_THAT(checked.out + checked.err, Not(HasSubstr("s3cret")));
}

TEST_F(DryRun, WithHereSidekiqsRedisIsReadOnce) {
    test::FakeRedis redis;
    sockets = &redis;
    open({{"acme-workers", 1}});
    const std::vector<std::string> here{"--dry-run", "--here"};
    EXPECT_THAT(run("quiet", "workers", here).out,
                HasSubstr("\nSidekiq's Redis: not asked; SIDEKIQ_REDIS_URL is not set\n"));
    redis_at_the_prompt = R"({"shop":"redis://:s3cret@r.example"})";
    EXPECT_THAT(run("quiet", "workers", here).out,
                HasSubstr("\nSidekiq's Redis: not asked; SIDEKIQ_REDIS_URL has no URL for acme\n"));
    EXPECT_TRUE(redis.asked.empty());
    redis_at_the_prompt = "redis://:s3cret@r.example:7000";
    redis.answer({"+OK\r\n", test::list({"1764486000", "0"}) + test::list({}) + test::list({}) +
                                 test::list({}) + test::integer(0) + test::integer(0) +
                                 test::integer(0)});
    EXPECT_THAT(run("quiet", "workers", here).out,
                HasSubstr("\nSidekiq's Redis: r.example:7000 answers; it knows 0 live workers\n"));
    EXPECT_EQ(redis.asked.size(), 1U);
}

TEST_F(DryRun, ARedisThatDoesNotAnswerIsAWarning) {
    test::FakeRedis redis; // refuses every connection
    sockets = &redis;
    redis_at_the_prompt = "redis://:s3cret@r.example";
    open({{"acme-workers", 1}});
    const Ended checked = run("quiet", "workers", {"--dry-run", "--here"});
    EXPECT_EQ(checked.code, ExitCode::done) << checked.out << checked.err;
    EXPECT_THAT(warnings_in(checked.out),
                AllOf(HasSubstr("warning: Redis at r.example:6379 "), Not(HasSubstr("s3cret")),
                      HasSubstr("a run does without it")));
}

TEST_F(DryRun, AnInvalidUrlOfRedisIsBadInput) {
    redis_at_the_prompt = "http://s3cret.example";
    open({{"acme-workers", 1}});
    for (const Ended& ended : {run("quiet", "workers", {"--here"}), run("status", "workers", {})}) {
        EXPECT_EQ(ended.code, ExitCode::usage);
        EXPECT_THAT(ended.err, AllOf(HasSubstr("SIDEKIQ_REDIS_URL: "), Not(HasSubstr("s3cret"))));
        EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1);
    }
    EXPECT_EQ(calls("ssm", "SendCommand"), 0);
}

TEST_F(DryRun, WithHereThereIsNoTask) {
    open({{"acme-workers", 1}});
    const Ended checked = run("stop", "workers", {"--dry-run", "--here"});
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out, AllOf(HasSubstr("StopSideKiqDocument"), Not(HasSubstr("task"))));
    EXPECT_EQ(calls("ecs", "DescribeTaskDefinition"), 0);
}

TEST_F(DryRun, ADeployAndInstancesWithoutAgentAreWarnings) {
    open({{"acme-workers", 4}});
    std::vector<std::string> ids;
    box->change_region_state([&ids](sandbox::RegionState& state) {
        state.environments[0].status = "Updating";
        state.instances[0].agent = sandbox::AgentState::connection_lost;
        state.instances[1].agent = sandbox::AgentState::absent;
        state.instances[2].state = sandbox::InstanceState::stopped;
        for (const auto& instance : state.instances)
            ids.push_back(instance.id);
    });
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(
        checked.out,
        AllOf(HasSubstr("4 instances; agents: 1 online, 1 lost, 1 absent; 1 stopped in EC2"),
              HasSubstr("warning: acme-workers is Updating, a deploy is in progress"),
              HasSubstr(fmt::format("warning: {} of acme-workers has no SSM agent online (lost)",
                                    ids[0])),
              HasSubstr(fmt::format("warning: {} of acme-workers has no SSM agent online (absent)",
                                    ids[1])),
              Not(HasSubstr(ids[2])), Not(HasSubstr(ids[3]))));
}

TEST_F(DryRun, FiftyEnvironmentsMakeACommand) {
    std::vector<sandbox::EnvironmentSpec> environments;
    for (int i = 0; i < 51; ++i)
        environments.push_back({fmt::format("acme-workers-{:02}", i), 1});
    open(environments);
    const Ended checked = dry_run();
    const auto first = checked.out.find("would send a command");
    const auto second = checked.out.find("would send a command", first + 1);
    EXPECT_NE(second, std::string::npos) << checked.out;
    EXPECT_THAT(checked.out.substr(second), HasSubstr("= acme-workers-50\n"));
}

TEST_F(DryRun, ADocumentWithAnotherScriptIsAProblem) {
    const std::string other(64, 'a');
    template_text = replaced(template_text, ours, other);
    open({{"acme-workers", 1}});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::refused);
    EXPECT_THAT(checked.err, AllOf(HasSubstr("runs script aaaaaaaa in the document itself, "),
                                   HasSubstr("this checkout's is " + ours.substr(0, 8)),
                                   HasSubstr("aws cloudformation deploy")));
    EXPECT_THAT(checked.out, HasSubstr("to fix first: 1"));
}

TEST_F(DryRun, ADocumentWithoutAHashIsAProblem) {
    template_text = replaced(template_text, "echo \"$sha256  snow", "echo \"none  snow");
    open({{"acme-workers", 1}});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::refused);
    EXPECT_THAT(checked.err, HasSubstr("runs no script checked by its SHA-256"));
}

TEST_F(DryRun, AnUnknownStackIsReportedForTheDocumentAndTheTask) {
    open({{"acme-workers", 1}});
    // AWS answers callers without administrator rights with "forbidden" where a resource is
    // missing.
    caller = "administrator";
    const Ended checked = run("quiet", "workers", {"--dry-run"}, "no-such-stack");
    EXPECT_EQ(checked.code, ExitCode::refused);
    EXPECT_THAT(checked.err,
                AllOf(HasSubstr("DescribeStackResource"), HasSubstr("DescribeTaskDefinition"),
                      HasSubstr("stack no-such-stack is not deployed in us-east-1")));
}

TEST_F(DryRun, AStackWithoutStatusDocumentIsAWarning) {
    template_text =
        replaced(template_text, "  StatusSideKiqDocument:\n    Type", "  OtherDocument:\n    Type");
    template_text = replaced(template_text, "${StatusSideKiqDocument}", "${OtherDocument}");
    open({{"acme-workers", 1}});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("warning: no status document"));
}

TEST_F(DryRun, APatternThatMatchesNothingExitsWith3) {
    open({{"acme-Workers", 1}});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::nothing_matched);
    EXPECT_THAT(checked.err,
                HasSubstr("(there: acme-Workers); the case counts: did you mean acme-Workers?"));
    for (const char* const pattern : {"wrkers", "wokers"})
        EXPECT_THAT(run("quiet", pattern, {"--dry-run"}).err,
                    HasSubstr("(there: acme-Workers); did you mean Workers?"));
    EXPECT_THAT(run("quiet", "acme-Wokers", {"--match", "exact", "--dry-run"}).err,
                HasSubstr("did you mean acme-Workers?"));
    EXPECT_THAT(run("quiet", "web", {"--dry-run"}).err, HasSubstr("; check -e"));
}

TEST_F(DryRun, AnInterruptedOneIsNoneThatFoundNothing) {
    open({{"acme-workers", 1}});
    clock.interrupt_at(clock.now());
    EXPECT_EQ(dry_run().code, ExitCode::interrupted);
}

TEST_F(DryRun, ACommandInFlightWouldBeAdopted) {
    narrow(narrow_reach);
    open({{"acme-workers", 1}, {"acme-workers-b", 1}, {"acme-mailers", 1}});
    const std::string same = send_quiet({"acme-workers-b", "acme-workers"});
    send_quiet({"acme-mailers"});
    const Ended checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::done) << checked.err;
    EXPECT_THAT(checked.out, AllOf(HasSubstr("would follow command " + same),
                                   Not(HasSubstr("would send")), Not(HasSubstr("warning"))));
    EXPECT_THAT(dry_run("workers-b").out,
                AllOf(HasSubstr("would follow command " + same), Not(HasSubstr("would send"))));
    const Ended wider = dry_run("acme");
    EXPECT_THAT(wider.out,
                AllOf(HasSubstr("would follow command " + same), Not(HasSubstr("would send"))));
    const Ended other = run("wake", "workers-b", {"--dry-run"});
    EXPECT_EQ(other.code, ExitCode::done) << other.err;
    EXPECT_THAT(other.out, AllOf(HasSubstr("would send a command: snow-white-WakeSideKiqDocument"),
                                 HasSubstr("warning: a quiet (command "), HasSubstr(same)));
}

TEST_F(DryRun, ACommandInFlightForSomeWouldBeSentToTheOthers) {
    open({{"acme-workers", 1}, {"acme-workers-b", 1}});
    const std::string some = send_quiet({"acme-workers"});
    EXPECT_THAT(dry_run().out, AllOf(HasSubstr("would follow command " + some),
                                     HasSubstr("environment-name = acme-workers-b\n")));
}

} // namespace

} // namespace dry_run_test
