// The whole program, in simulated time, while instances come, go and lose their agents, and while
// AWS fails. One history for each event, with the messages that a person gets; the simulation plays
// such events in every order.
#include "sandbox/world/fleet_change.hpp"
#include "tests/unit/whole_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fleet_events_test {

namespace {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
using test::Ended;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Ten instances whose jobs end one after the other, six minutes apart: the sixth one's after 36
// minutes.
class FleetEvents : public testing::Test, protected test::Run {
protected:
    Ended quiet() { return run({{"acme-workers", 10}}, 1h, asked("quiet")); }

    void change(snow_white::Duration when, const std::string& verb, std::size_t number) {
        events[when] = [this, verb, number](sandbox::Sandbox& box) {
            box.change_region_state([&](sandbox::RegionState& state) {
                id = state.instances[number].id;
                change_fleet(state, {{"do", verb}, {"instances", {id}}}, {}, clock.now());
            });
        };
    }
    void launch(snow_white::Duration when, std::size_t count) {
        events[when] = [this, count](sandbox::Sandbox& box) {
            box.change_region_state([&](sandbox::RegionState& state) {
                const auto host = [](const sandbox::Instance& one) {
                    return simulated_host(one, 1min);
                };
                change_fleet(state,
                             {{"do", "launch"}, {"environment", "acme-workers"}, {"count", count}},
                             host, clock.now());
            });
        };
    }
    void fault(snow_white::Duration when, const std::vector<std::string>& texts) {
        events[when] = [texts](sandbox::Sandbox& box) {
            std::vector<sandbox::FaultRule> rules;
            for (const auto& text : texts)
                rules.push_back(sandbox::parse_fault(text));
            box.set_faults(rules);
        };
    }

    std::string id; // the ID of the instance that was changed last
};

TEST_F(FleetEvents, ATerminatedInstanceIsNamedAndNotAwaited) {
    change(10min, "terminate", 9);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out,
                AllOf(HasSubstr("QUIET: all 9 workers"), HasSubstr(id + " (acme-workers): gone")));
    EXPECT_EQ(quiets(end), 1);
}

TEST_F(FleetEvents, AnInstanceStoppedInEc2IsNamedAndNotAwaited) {
    change(10min, "stop", 9);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, HasSubstr(id + " (acme-workers): stopped in EC2"));
}

TEST_F(FleetEvents, AnAgentThatIsLostForGoodIsNamedAndNotAwaited) {
    change(10min, "lose-agent", 9);
    const auto start = clock.now();
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::partial) << end.out;
    EXPECT_THAT(end.out, AllOf(HasSubstr("NOT QUIET: 1 of 10 instances"),
                               HasSubstr(id + " (acme-workers): unreachable")));
    EXPECT_LE(clock.now() - start, 90min);
}

TEST_F(FleetEvents, AnAgentThatComesBackDoesNoHarm) {
    change(10min, "lose-agent", 9);
    change(14min, "restore-agent", 9);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_EQ(quiets(end), 1) << end.out;
}

TEST_F(FleetEvents, ARebootDuringTheDrainRunsTheDocumentAgain) {
    change(10min, "reboot", 5);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, HasSubstr("QUIET: all 10 workers on 10 instances"));
}

TEST_F(FleetEvents, WorkersThatAreAwakeAfterARebootAreQuietedAgain) {
    change(30min, "reboot", 0); // its command had ended after six minutes
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, HasSubstr("QUIET: all 10 workers on 10 instances"));
    EXPECT_EQ(quiets(end), 2);
}

TEST_F(FleetEvents, NewcomersAreQuieted) {
    launch(20min, 3);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, HasSubstr("QUIET: all 13 workers on 13 instances"));
}

TEST_F(FleetEvents, ANewcomerJustBeforeTheEndIsQuieted) {
    launch(1h, 1);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, HasSubstr("QUIET: all 11 workers on 11 instances"));
}

TEST_F(FleetEvents, AReplacementIsListedSeparately) {
    change(20min, "terminate", 9);
    launch(20min + 1s, 1);
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out,
                AllOf(HasSubstr("QUIET: all 10 workers"), HasSubstr(id + " (acme-workers): gone")));
}

TEST_F(FleetEvents, AnHourWithoutDnsIsReported) {
    fault(10min, {"*:*=no-connection,until=1h"});
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.slack, HasSubstr("QUIET: all 10 workers"));
    EXPECT_EQ(quiets(end), 1);
}

TEST_F(FleetEvents, ASlackThatRecoversInTimeGetsTheReport) {
    fault(59min, {"slack:*=timeout-before,first=3"});
    EXPECT_THAT(quiet().slack, HasSubstr("QUIET: all 10 workers"));
}

TEST_F(FleetEvents, ASlackThatStaysDownFailsNoDrainAndIsReported) {
    fault(59min, {"slack:*=timeout-before"});
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, AllOf(HasSubstr("QUIET: all 10 workers"),
                               HasSubstr("Slack did not take the message")));
}

TEST_F(FleetEvents, ExpiredCredentialsAreRefreshed) {
    fault(10min, {"aws:*=expired-token,first=1"});
    EXPECT_EQ(quiet().code, ExitCode::done);
}

TEST_F(FleetEvents, CredentialsThatCannotBeRefreshedEndTheRun) {
    fault(10min, {"aws:*=expired-token"});
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::denied) << end.out;
    EXPECT_THAT(end.slack, AllOf(HasSubstr("NOT QUIET"), HasSubstr("expired")));
}

TEST_F(FleetEvents, PermissionsThatAreTakenAwayEndTheRun) {
    fault(10min, {"aws:*=denied"});
    const Ended end = quiet();
    EXPECT_EQ(end.code, ExitCode::denied) << end.out;
    EXPECT_THAT(end.slack, HasSubstr("NOT QUIET"));
    EXPECT_THAT(end.slack, Not(HasSubstr(" QUIET: all")));
}

TEST_F(FleetEvents, ACommandThatAwsForgetsDoesNotDelayTheRun) {
    fault(10min, {"ssm:ListCommands=absent", "ssm:ListCommandInvocations=absent"});
    const auto start = clock.now();
    const Ended end = quiet();
    EXPECT_NE(end.code, ExitCode::done) << end.out;
    EXPECT_THAT(end.out, HasSubstr("NOT QUIET"));
    EXPECT_LE(clock.now() - start, 3h);
}

} // namespace

} // namespace fleet_events_test
