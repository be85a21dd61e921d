// Environments of tier Cluster run pods on EKS, which SSM does not reach: the report names them, no
// command is sent to them, and a run that matches one is never done.
#include "tests/unit/fake_fleet.hpp"
#include "tests/unit/operator_run.hpp"
#include "tests/unit/whole_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cluster_tier_test {

namespace {

using namespace test;
using sandbox::Tier;
using snow_white::report::ExitCode;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

sandbox::EnvironmentSpec on_eks(const std::string& name) {
    return {.name = name, .tier = Tier::cluster};
}

class ClusterTier : public testing::Test, protected test::Run {};

TEST_F(ClusterTier, TheOthersAreQuietedAndTheRunIsPartial) {
    const auto quiet = run({{"acme-workers", 2}, on_eks("acme-workers-eks")}, 10s, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial) << quiet.out << quiet.err;
    EXPECT_EQ(quiet.states, "idle idle");
    EXPECT_EQ(test::quiets(quiet), 1);
    EXPECT_THAT(
        quiet.out,
        AllOf(HasSubstr(
                  "NOT QUIET: every instance reports quiet and idle, but acme-workers-eks runs on "
                  "EKS: its pods were not reached (after "),
              HasSubstr(
                  "not verified: environment acme-workers-eks is of tier Cluster (EKS): SSM does "
                  "not reach its pods; scale its worker deployment down, or send its Sidekiq TSTP, "
                  "with kubectl"),
              HasSubstr("next: acme-workers-eks: scale its worker deployment down"),
              HasSubstr("the next run leaves it out with --exclude"),
              Not(HasSubstr("nothing runs there"))));
    EXPECT_THAT(quiet.slack, HasSubstr("acme-workers-eks runs on EKS: its pods were not reached"));
}

TEST_F(ClusterTier, WithNothingElseNothingIsSentAndSuccessIsNotReported) {
    for (const std::string action : {"quiet", "stop", "wake"}) {
        const auto ended = run({on_eks("acme-workers-eks"), {"acme-web", 1}}, 10s, asked(action));
        EXPECT_EQ(ended.code, ExitCode::partial) << ended.out << ended.err;
        EXPECT_THAT(ended.sent, IsEmpty());
        EXPECT_THAT(ended.out,
                    AllOf(HasSubstr("no instance got the command; acme-workers-eks runs on EKS"),
                          HasSubstr("kubectl"), Not(HasSubstr("nothing runs there"))));
    }
}

TEST_F(ClusterTier, OneThatIsCreatedDuringTheDrainIsNamedToo) {
    events[60s] = [](sandbox::Sandbox& box) {
        box.change_region_state([](sandbox::RegionState& state) {
            state.environments.push_back({.id = "e-eks0000000",
                                          .name = "acme-workers-eks",
                                          .application = "acme",
                                          .tier = Tier::cluster});
        });
    };
    const auto quiet = run({{"acme-workers", 2}}, 20min, asked("quiet"));
    EXPECT_EQ(quiet.code, ExitCode::partial) << quiet.out;
    EXPECT_THAT(quiet.out,
                AllOf(HasSubstr("its pods were not reached"), Not(HasSubstr("are quieted, too"))));
}

TEST(ClusterTierOfADrain, NoCommandNamesIt) {
    FakeClock clock;
    FakeFleet state(clock);
    state.environments = {{"acme-workers", "Ready", "Worker"}, {"acme-eks", "Updating", "Cluster"}};
    state.add("i-1");
    const auto report = state.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(report.on_pods, ElementsAre("acme-eks"));
    EXPECT_THAT(report.deploying, IsEmpty());
    EXPECT_LT(report.elapsed, 5min) << "nobody waits for its deploy";
    for (const auto purpose : {Purpose::act, Purpose::verify})
        EXPECT_THAT(
            state.sent(purpose),
            AllOf(SizeIs(1), Each(Field(&CommandSpec::environments, ElementsAre("acme-workers")))));
    const auto important = std::ranges::count_if(state.events, [](const Event& event) {
        const auto* notice = std::get_if<Notice>(&event);
        return notice != nullptr && notice->important;
    });
    EXPECT_EQ(important, 1) << "at the start, not only at the end";
}

class ClusterTierCommands : public testing::Test, protected test::OperatorRun {};

TEST_F(ClusterTierCommands, TheDryRunRefuses) {
    open({{"acme-workers", 2}, on_eks("acme-workers-eks")});
    const auto checked = dry_run();
    EXPECT_EQ(checked.code, ExitCode::refused) << checked.out << checked.err;
    EXPECT_THAT(checked.out, AllOf(HasSubstr("acme-workers-eks (Ready): runs pods on EKS"),
                                   HasSubstr("environment-name = acme-workers\n"),
                                   HasSubstr("to fix first: 1")));
    EXPECT_THAT(checked.err,
                AllOf(HasSubstr("environment acme-workers-eks is of tier Cluster (EKS)"),
                      HasSubstr("kubectl"), HasSubstr("--exclude")));
}

TEST_F(ClusterTierCommands, TheStatusSaysThatItSawNoPod) {
    open({{"acme-workers", 1}, on_eks("acme-workers-eks")});
    const auto seen = run("status", "workers", {});
    EXPECT_EQ(seen.code, ExitCode::partial) << seen.out << seen.err;
    EXPECT_THAT(seen.err,
                HasSubstr("not seen: environment acme-workers-eks is of tier Cluster (EKS)"));
    EXPECT_EQ(run("status", "workers-eks", {}).code, ExitCode::partial);
}

} // namespace

} // namespace cluster_tier_test
