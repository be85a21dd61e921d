// --cancel: the whole program against the whole sandbox, in one process and in simulated time.
#include "tests/unit/operator_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using snow_white::cli::ExitCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Cancel : public testing::Test, protected test::OperatorRun {};

TEST_F(Cancel, EndsWhatIsOfTheseEnvironmentsAlone) {
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

TEST_F(Cancel, TakesCommandsByInstanceToo) {
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

TEST_F(Cancel, SaysWhatItCouldNotLookFor) {
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

TEST_F(Cancel, WithNothingInFlightIsThree) {
    open({{"acme-workers", 1}});
    const Ended cancelled = run("wake", "workers", {"--cancel"});
    EXPECT_EQ(cancelled.code, ExitCode::nothing_matched);
    EXPECT_THAT(cancelled.out, HasSubstr("nothing to cancel"));
    EXPECT_EQ(run("wake", "Workers", {"--cancel"}).code, ExitCode::nothing_matched);
}

} // namespace
