// --cancel: the whole program against the whole sandbox, in one process and in simulated time.
#include "tests/unit/operator_run.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cancel_test {

namespace {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Cancel : public testing::Test, protected test::OperatorRun {
protected:
    void terminate_environment(const std::string& environment, bool still_shown) {
        box->change_region_state([&](sandbox::RegionState& state) {
            const auto one =
                std::ranges::find(state.environments, environment, &sandbox::Environment::name);
            one->status = "Terminated";
            if (still_shown) return;
            std::erase_if(state.instances,
                          [&](const auto& instance) { return instance.environment_id == one->id; });
            state.environments.erase(one);
        });
    }
};

TEST_F(Cancel, CancelsOnlyCommandsOfTheseEnvironments) {
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
    EXPECT_THAT(
        cancelled.out,
        AllOf(HasSubstr("cancelled quiet command " + workers + " for acme-workers, acme-workers-b"),
              HasSubstr(
                  "Cancel requested. Workers that are already quiet stay quiet; wake them with: "
                  "snow-white.sh -a wake -e workers -f staging -p acme -r us-east-1\n"),
              Not(HasSubstr(mailers))));
    clock.advance(10s);
    EXPECT_EQ(status_of(workers), "Cancelled");
    EXPECT_EQ(status_of(mailers), "InProgress");
    EXPECT_EQ(run("quiet", "workers", {"--cancel"}).code, ExitCode::nothing_matched)
        << "it is over";
}

TEST_F(Cancel, CancelsCommandsByInstanceToo) {
    open({{"acme-workers", 2}, {"acme-mailers", 1}});
    std::vector<std::string> ids;
    box->change_region_state([&ids](sandbox::RegionState& state) {
        for (const auto& instance : state.instances)
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
    box->change_region_state([](sandbox::RegionState& state) {
        state.instances[0].state = sandbox::InstanceState::shutting_down;
    });
    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out, AllOf(HasSubstr(ours), HasSubstr(ids[0] + " and 1 more instance"),
                                     Not(HasSubstr(others))));
}

TEST_F(Cancel, ReportsWhatItCouldNotRead) {
    open({{"acme-workers", 1}});
    const std::string command = send_quiet({"acme-workers"});
    box->handle({.method = "POST",
                 .path = "/_sandbox/withhold",
                 .body = R"({"caller": "user/alice", "actions": ["ec2:DescribeInstances"]})"});
    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::partial);
    EXPECT_THAT(cancelled.err, HasSubstr("commands to single instances were not looked for"));
    EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command))
        << "the others are found";
}

TEST_F(Cancel, WithNothingInFlightTheExitCodeIs3) {
    open({{"acme-workers", 1}});
    const Ended cancelled = run("wake", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::nothing_matched);
    EXPECT_THAT(cancelled.out, HasSubstr("nothing to cancel"));
    EXPECT_EQ(run("wake", "Workers", {"--cancel"}).code, ExitCode::nothing_matched);
}

// Elastic Beanstalk lists a terminated environment for an hour, and then no longer.
TEST_F(Cancel, CancelsACommandWhenOneOfItsEnvironmentsIsTerminated) {
    for (const bool still_shown : {true, false}) {
        open({{"acme-workers", 1}, {"acme-workers-b", 1}});
        const std::string command = send_quiet({"acme-workers", "acme-workers-b"});
        terminate_environment("acme-workers-b", still_shown);
        const Ended cancelled = run("quiet", "workers", {"--cancel"});
        EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
        EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command));
    }
}

TEST_F(Cancel, CancelsACommandWhenAllItsEnvironmentsAreTerminated) {
    open({{"acme-workers", 1}, {"acme-mailers", 1}});
    const std::string command = send_quiet({"acme-workers"});
    terminate_environment("acme-workers", true);
    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command));
    clock.advance(10s);
    const Ended again = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(again.code, ExitCode::nothing_matched);
    EXPECT_THAT(again.err, HasSubstr("acme has no environment with \"workers\" in the name"));
    EXPECT_EQ(again.out, "");
}

TEST_F(Cancel, KeepsACommandThatAlsoAddressesAnotherApplication) {
    for (const bool gone : {false, true}) {
        open({{"acme-workers", 1}, {"acme-workers-b", 1}});
        const std::string command = send_quiet({"acme-workers", "acme-workers-b"});
        box->change_region_state([&](sandbox::RegionState& state) {
            state.environments[1].application = "shop";
            if (gone) state.environments[1].status = "Terminated";
        });
        const Ended cancelled = run("quiet", "workers", {"--cancel"});
        EXPECT_EQ(cancelled.code, ExitCode::partial) << cancelled.out;
        EXPECT_THAT(cancelled.err, HasSubstr("command " + command + " is for others, too"));
        EXPECT_EQ(calls("ssm", "CancelCommand"), 0);
    }
}

TEST_F(Cancel, KeepsACommandOfAnotherApplicationWithATerminatedEnvironment) {
    open({{"acme-workers", 1}, {"shop-workers", 1}, {"shop-workers-b", 1}});
    send_quiet({"shop-workers", "shop-workers-b"}, "workers");
    box->change_region_state(
        [](sandbox::RegionState& state) { state.environments[1].application = "shop"; });
    terminate_environment("shop-workers-b", false);
    const Ended cancelled = run("quiet", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::nothing_matched) << cancelled.err;
    EXPECT_EQ(cancelled.err, "");
    EXPECT_EQ(calls("ssm", "CancelCommand"), 0);
}

} // namespace

} // namespace cancel_test
