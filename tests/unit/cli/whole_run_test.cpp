// The whole program against the whole sandbox, in one process and in simulated time: argv in; exit
// code, output and Slack messages out.
#include "sandbox/faults/fault.hpp"
#include "sandbox/world/simulated_host.hpp"
#include "tests/unit/whole_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace whole_run_test {

namespace {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
using testing::HasSubstr;
using testing::Not;

class WholeRun : public testing::Test, protected test::Run {};

using test::Ended;

TEST_F(WholeRun, AQuietOfSixHours) {
    const auto start = clock.now();
    const Ended quiet =
        run({{"acme-workers", 60}, {"acme-web", 1, sandbox::Layout::web}}, 6h, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::done) << quiet.out << quiet.err;
    EXPECT_THAT(quiet.out,
                HasSubstr("QUIET: all 60 workers on 60 instances are quiet and idle (after 6 h"));
    EXPECT_THAT(quiet.slack, HasSubstr("QUIET: all 60 workers"));
    EXPECT_GE(clock.now() - start, 6h);
}

TEST_F(WholeRun, SlackGetsTheStartTheDeadlineAndTheEnd) {
    auto asked_for_an_hour = asked("quiet");
    asked_for_an_hour["SNOW_WHITE_TIMEOUT"] = "1h";
    const Ended quiet =
        run({{"acme-workers", 300}, {"acme-workers-older", 100}}, 3h, asked_for_an_hour);
    EXPECT_EQ(quiet.code, ExitCode::timed_out) << quiet.out << quiet.err;
    std::vector<std::string> texts;
    for (const auto& message : sandbox::Json::parse(quiet.slack)) {
        if (message.at("channel") != "#ops") continue;
        texts.push_back(message.at("text"));
        EXPECT_TRUE(message.at("payload").contains("blocks"))
            << "Slack refused them: " << texts.back();
    }
    ASSERT_EQ(texts.size(), 3U);
    EXPECT_THAT(texts[0], HasSubstr("(400 instances) of acme in us-east-1. Waits until "));
    EXPECT_THAT(texts[1],
                testing::ContainsRegex(
                    "the deadline comes in 6 min, and [0-9]+ of 400 have not finished: i-"));
    EXPECT_THAT(texts[2], HasSubstr("NOT QUIET: the deadline came first"));
}

TEST_F(WholeRun, SlackGetsTheUnfinishedInstancesOnce) {
    const Ended quiet = run({{"acme-workers", 60}}, 3h, asked("quiet"));
    ASSERT_EQ(quiet.code, ExitCode::done) << quiet.out << quiet.err;
    std::vector<std::string> texts;
    for (const auto& message : sandbox::Json::parse(quiet.slack))
        if (message.at("channel") == "#ops") texts.push_back(message.at("text"));
    ASSERT_EQ(texts.size(), 3U);
    EXPECT_THAT(texts[1],
                testing::ContainsRegex("after 60 min [0-9]+ of 60 have not finished: i-.* more; "
                                       "still waiting, the deadline comes in 47 h"));
}

// The same run with a bot's token: one message that is edited, the details in its thread, the end
// as a message of its own.
TEST_F(WholeRun, WithATokenThereIsOneMessageAndAThread) {
    auto variables = asked("quiet");
    variables["SLACK_BOT_TOKEN"] = "xoxb-sandbox-secret";
    variables["SLACK_API_URL"] = "http://127.0.0.1:4566/api/";
    const Ended quiet = run({{"acme-workers", 60}}, 3h, variables);
    ASSERT_EQ(quiet.code, ExitCode::done) << quiet.out << quiet.err;
    std::vector<sandbox::Json> messages;
    for (const auto& message : sandbox::Json::parse(quiet.slack))
        if (message.at("channel") == "#ops") messages.push_back(message);
    ASSERT_EQ(messages.size(), 3U) << quiet.slack;
    EXPECT_EQ(messages[1].at("thread_ts"), messages[0].at("ts"));
    EXPECT_THAT(messages[1].at("text").get<std::string>(), HasSubstr("after 60 min "));
    EXPECT_FALSE(messages[2].contains("thread_ts"));
    EXPECT_THAT(messages[2].at("text").get<std::string>(), HasSubstr("QUIET: all 60 workers"));
    const auto& edits = messages[0].at("edits");
    EXPECT_GE(edits.size(), 60U) << "each end is shown";
    EXPECT_LE(edits.size(), 3U * 60U * 4U);
}

TEST_F(WholeRun, CallsWhileWaitingDoNotDependOnTheNumberOfInstances) {
    const Ended few = run({{"acme-workers", 5}}, 1h, asked("quiet"));
    const Ended many = run({{"acme-workers", 1000}}, 1h, asked("quiet"));
    ASSERT_EQ(few.code, ExitCode::done) << few.out;
    ASSERT_EQ(many.code, ExitCode::done) << many.out;
    const int pages = 1000 / 50;
    EXPECT_LE(many.calls - few.calls,
              3 * pages); // agents, results, the verification: pages of fifty, and no more polls
}

TEST_F(WholeRun, WithoutWildcardsEc2IsQueriedByNames) {
    events[0s] = [](sandbox::Sandbox& box) {
        box.set_faults({sandbox::parse_fault("ec2:DescribeInstances=empty,first=1")});
    };
    const Ended quiet = run({{"acme-workers", 2}}, 1s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::done) << quiet.out;
    EXPECT_THAT(quiet.out, HasSubstr("all 2 workers on 2 instances"));
}

TEST_F(WholeRun, CommandsInFlightAreListedAgainAfterASuspension) {
    std::vector<std::string> asked_since;
    bool suspended = false;
    on_answer = [&](const std::string& target) {
        if (suspended) asked_since.push_back(target);
        if (target == "AmazonSSM.ListCommands" && !std::exchange(suspended, true))
            clock.advance(8h);
    };
    run({{"acme-workers", 2}}, 10s, asked("quiet"));
    const auto sent = std::ranges::find(asked_since, "AmazonSSM.SendCommand");
    ASSERT_NE(sent, asked_since.end());
    EXPECT_NE(std::find(asked_since.begin(), sent, "AmazonSSM.ListCommands"), sent);
}

TEST_F(WholeRun, EachActionEnds) {
    EXPECT_THAT(run({{"acme-workers", 2}}, 30s, asked("stop")).out,
                HasSubstr("STOPPED: all 2 services on 2 instances are stopped"));
    EXPECT_THAT(run({{"acme-workers", 2}}, 30s, asked("wake")).out,
                HasSubstr("AWAKE: all 2 workers on 2 instances are awake"));
}

TEST_F(WholeRun, AWakeInBatchesStopsAtTheFirstThatFails) {
    auto wake = asked("wake");
    wake["SNOW_WHITE_BATCH"] = "2";
    EXPECT_THAT(run({{"acme-workers", 10}}, 30s, wake).out,
                HasSubstr("AWAKE: all 10 workers on 10"));
    prepare = [](sandbox::RegionState& state) {
        state.instances[5].host = std::make_unique<sandbox::SimulatedHost>(
            sandbox::SimulatedOptions{.fault = sandbox::Fault::fails});
    };
    const Ended partly = run({{"acme-workers", 10}}, 30s, wake);
    EXPECT_EQ(partly.code, ExitCode::partial);
    // All the others were awake before: their own status shows that the wake holds.
    EXPECT_THAT(partly.out, HasSubstr("1 of 10 instances is NOT awake"));
}

TEST_F(WholeRun, AGitHubErrorIsReportedWithItsText) {
    prepare = [](sandbox::RegionState& state) {
        for (auto& instance : state.instances)
            instance.host = std::make_unique<sandbox::SimulatedHost>(
                sandbox::SimulatedOptions{.fault = sandbox::Fault::no_download});
    };
    template_text.replace(template_text.find("Default: auto"), 13, "Default: github");
    const Ended quiet = run({{"acme-workers", 2}}, 30s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial);
    EXPECT_THAT(quiet.out, HasSubstr("403 API rate limit exceeded for 203.0.113.7"));
    EXPECT_THAT(quiet.slack, HasSubstr("403 API rate limit exceeded for 203.0.113.7"));
}

TEST_F(WholeRun, SevenEnvironmentsAreOneDrain) {
    std::vector<sandbox::EnvironmentSpec> environments;
    for (int i = 0; i < 7; ++i)
        environments.push_back({"acme-workers-" + std::to_string(i), 30});
    const Ended quiet = run(environments, 2min, asked("quiet"));
    EXPECT_THAT(quiet.out, HasSubstr("all 210 workers on 210 instances"));
}

TEST_F(WholeRun, ThePatternKeepsItsCase) {
    EXPECT_EQ(run({{"acme-Workers", 1}}, 1s, asked("quiet", "Workers")).code, ExitCode::done);
    const Ended other = run({{"acme-Workers", 1}}, 1s, asked("quiet", "WORKERS"));
    EXPECT_EQ(other.code, ExitCode::nothing_matched);
    EXPECT_THAT(other.slack, HasSubstr("nothing was sent"));
}

TEST_F(WholeRun, AnUnknownStackIsReportedInSlackAndNothingIsSent) {
    // AWS answers callers without administrator rights with "forbidden" where a resource is
    // missing.
    caller = "administrator";
    auto variables = asked("quiet");
    variables["CFN_STACK_NAME"] = "no-such-stack";
    const Ended quiet = run({{"acme-workers", 1}}, 1s, variables);
    EXPECT_EQ(quiet.code, ExitCode::refused);
    EXPECT_THAT(quiet.slack, HasSubstr("no-such-stack"));
}

// The first call looks up the action's document. An older stack without a status document must be
// distinguished from that.
TEST_F(WholeRun, AFailedLookupIsNotAMissingStatusDocument) {
    events[0s] = [](sandbox::Sandbox& box) {
        box.set_faults(
            {sandbox::parse_fault("cloudformation:DescribeStackResource=denied,every=2")});
    };
    const Ended quiet = run({{"acme-workers", 1}}, 1s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::denied) << quiet.out;
    EXPECT_THAT(quiet.sent, testing::IsEmpty());
}

// An older stack has none; but a run that names another one must find it, or nothing would be
// verified.
TEST_F(WholeRun, AStatusDocumentOfAnotherNameMustExist) {
    for (const char* const variable :
         {"STATUS_COMMAND_LOGICAL_NAME", "WAKE_COMMAND_LOGICAL_NAME"}) {
        auto variables = asked("quiet");
        variables[variable] = "NoSuchDocument";
        const Ended quiet = run({{"acme-workers", 1}}, 1s, variables);
        EXPECT_EQ(quiet.code, ExitCode::refused) << quiet.out;
        EXPECT_THAT(quiet.slack, HasSubstr("NoSuchDocument"));
        EXPECT_THAT(quiet.sent, testing::IsEmpty());
    }
}

TEST_F(WholeRun, AMissingVariableIsReportedInSlack) {
    auto variables = asked("quiet");
    variables.erase("EB_APP_NAME");
    const Ended quiet = run({{"acme-workers", 1}}, 1s, variables);
    EXPECT_EQ(quiet.code, ExitCode::usage);
    EXPECT_THAT(quiet.slack, HasSubstr("EB_APP_NAME is not set"));
}

TEST_F(WholeRun, AnEnvironmentWithoutWorkersIsNotQuiet) {
    const Ended quiet = run({{"acme-workers", 2}, {"acme-workers-web", 1, sandbox::Layout::web}},
                            30s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial);
    EXPECT_THAT(quiet.out, HasSubstr("(acme-workers-web): no Sidekiq worker found"));
}

TEST_F(WholeRun, AnInstanceWithoutAgentIsNamedAndTheOthersAreQuieted) {
    prepare = [](sandbox::RegionState& state) {
        state.instances[1].agent = sandbox::AgentState::absent;
    };
    const Ended quiet = run({{"acme-workers", 10}}, 30s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial);
    EXPECT_THAT(quiet.out, HasSubstr("1 of 10 instances is NOT quiet and idle"));
    EXPECT_THAT(quiet.out, HasSubstr("unreachable: no SSM agent is registered for it"));
}

TEST_F(WholeRun, TheWebhookIsNeverPrinted) {
    const Ended quiet = run({{"acme-workers", 1}}, 1s, asked("quiet"));
    EXPECT_THAT(quiet.out + quiet.err, Not(HasSubstr("B0SANDBOX")));
}

} // namespace

} // namespace whole_run_test
