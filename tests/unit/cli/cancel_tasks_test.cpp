// --cancel of tasks that have started and have sent no command yet, in one process. ECS's tasks are
// real processes, which need a moment of real time.
#include "tests/unit/operator_run.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace cancel_tasks_test {

namespace {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class CancelTasks : public testing::Test, protected test::OperatorRun {
protected:
    CancelTasks() {
        runs("trap 'exit 8' TERM");
        clock.on_wait = [](snow_white::Instant) { std::this_thread::sleep_for(20ms); };
    }

    // What each task does; then it waits until it is stopped.
    void runs(const std::string& first) {
        program =
            files.write("program", "#!/bin/sh\n" + first + "\nwhile :; do sleep 0.05; done\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    }

    // Starts a task and returns its ARN.
    std::string launch(const std::string& action = "quiet", std::vector<std::string> more = {}) {
        const Ended launched = run(action, "workers", std::move(more));
        EXPECT_EQ(launched.code, ExitCode::done) << launched.err;
        const auto from = launched.out.find("arn:aws:ecs");
        return launched.out.substr(from, launched.out.find(' ', from) - from);
    }

    Ended cancel(std::vector<std::string> more = {}) {
        more.emplace_back("--cancel");
        return run("quiet", "workers", more);
    }

    sandbox::Json described(const std::string& task) {
        return ecs("DescribeTasks", {{"cluster", sandbox::cluster_name}, {"tasks", {task}}})
            .at("tasks")
            .at(0);
    }

    void wait_until_running(const std::string& task) {
        while (described(task).at("lastStatus") != "RUNNING")
            std::this_thread::sleep_for(10ms);
        std::this_thread::sleep_for(100ms); // until it has set its trap
    }

    bool is_stopped(const std::string& task) {
        return described(task).at("desiredStatus") == "STOPPED";
    }

    void withhold(const std::string& action) {
        box->handle(
            {.method = "POST",
             .path = "/_sandbox/withhold",
             .body = sandbox::Json({{"caller", "user/alice"}, {"actions", {action}}}).dump()});
    }
};

TEST_F(CancelTasks, EndsATaskThatHasSentNothingYet) {
    open({{"acme-workers", 1}});
    const std::string task = launch();
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out,
                AllOf(HasSubstr("stopped task " + task), HasSubstr("started by alice"),
                      HasSubstr("Cancel requested."), Not(HasSubstr("nothing to cancel"))));
    EXPECT_THAT(described(task).at("lastStatus"), AnyOf("STOPPED", "DEPROVISIONING"))
        << "it is awaited";
    EXPECT_EQ(described(task).at("stoppedReason"), "cancelled by alice (snow-white --cancel)");
    EXPECT_EQ(cancel().code, ExitCode::nothing_matched);
    EXPECT_EQ(calls("ecs", "StopTask"), 1);
}

TEST_F(CancelTasks, ACommandThatTheTaskHasSentMeanwhileIsCancelledToo) {
    open({{"acme-workers", 1}});
    wait_until_running(launch());
    std::string command;
    clock.on_wait = [&](snow_white::Instant) {
        if (command.empty()) command = send_quiet({"acme-workers"});
        std::this_thread::sleep_for(20ms);
    };
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    ASSERT_NE(command, "");
    EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command));
    EXPECT_EQ(status_of(command), "Cancelled");
}

TEST_F(CancelTasks, ATaskWhoseCommandIsInFlightIsLeftToReportIt) {
    open({{"acme-workers", 1}});
    const std::string task = launch();
    wait_until_running(task);
    const std::string command = send_quiet({"acme-workers"});
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command));
    EXPECT_FALSE(is_stopped(task));
    EXPECT_EQ(cancelled.err, "");
}

// The command of an earlier task that has died: the new task would send again once that command is
// cancelled, unless it adopts it.
TEST_F(CancelTasks, AnOlderCommandDoesNotProtectATaskThatHasJustStarted) {
    for (const auto age : {-1min, 0min, 6min}) {
        open({{"acme-workers", 1}});
        const std::string command = send_quiet({"acme-workers"});
        const std::string task = launch();
        if (age >= 0min) wait_until_running(task);
        clock.advance(std::max(age, 0min));
        const Ended cancelled = cancel();
        EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
        EXPECT_THAT(cancelled.out, HasSubstr("cancelled quiet command " + command));
        EXPECT_EQ(is_stopped(task), age < 5min) << age.count();
    }
}

TEST_F(CancelTasks, OtherTasksAreNotStopped) {
    open({{"acme-workers", 1}, {"acme-workers-b", 1}});
    const std::vector<std::string> others{launch("wake"), launch("quiet", {"-e", "b"}),
                                          launch("quiet", {"--exclude", "b"})};
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::nothing_matched);
    EXPECT_THAT(cancelled.out, AllOf(HasSubstr("nothing to cancel"), HasSubstr("--here")));
    EXPECT_EQ(cancelled.err, "");
    for (const auto& task : others)
        EXPECT_FALSE(is_stopped(task));
    EXPECT_EQ(cancel({"--exclude", "b"}).code, ExitCode::done);
    EXPECT_TRUE(is_stopped(others[2])) << "the same as it was launched with";
}

TEST_F(CancelTasks, ATaskForMoreRegionsIsNamedAndNotStopped) {
    open({{"acme-workers", 1}, {.name = "acme-workers", .count = 1, .region = "eu-west-1"}});
    regions = "us-east-1,eu-west-1";
    const std::string task = launch();
    regions = "eu-west-1";
    const Ended narrower = cancel();
    EXPECT_EQ(narrower.code, ExitCode::partial);
    EXPECT_THAT(narrower.err,
                AllOf(HasSubstr("task " + task), HasSubstr("-r us-east-1,eu-west-1"),
                      HasSubstr("aws ecs stop-task --cluster snow-white --task " + task)));
    EXPECT_FALSE(is_stopped(task));
    regions = "eu-west-1,us-east-1";
    EXPECT_EQ(cancel().code, ExitCode::done) << "their order does not matter";
    EXPECT_TRUE(is_stopped(task));
}

TEST_F(CancelTasks, ATaskThatHasSentInOneOfItsRegionsOnlyIsStopped) {
    open({{"acme-workers", 1}, {.name = "acme-workers", .count = 1, .region = "eu-west-1"}});
    regions = "us-east-1,eu-west-1";
    const std::string task = launch();
    regions = "us-east-1";
    const std::string command = send_quiet({"acme-workers"});
    regions = "us-east-1,eu-west-1";
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::done) << cancelled.err;
    EXPECT_THAT(cancelled.out,
                AllOf(HasSubstr("us-east-1: cancelled quiet command " + command),
                      HasSubstr("stopped task " + task), Not(HasSubstr("nothing to cancel"))));
    EXPECT_TRUE(is_stopped(task));
}

TEST_F(CancelTasks, ATaskWithoutTheStacksTagIsNamedAndNotStopped) {
    open({{"acme-workers", 1}});
    const sandbox::Json override = {
        {"name", "snow-white"},
        {"environment",
         {{{"name", "WORKER_ACTION"}, {"value", "quiet"}},
          {{"name", "EB_APP_NAME"}, {"value", "acme"}},
          {{"name", "EB_ENV_NAME_PATTERN_STRING"}, {"value", "workers"}},
          {{"name", "AWS_REGION"}, {"value", "us-east-1"}}}}};
    const sandbox::Json network = {{"subnets", {sandbox::subnet_id}},
                                   {"securityGroups", {sandbox::security_group_id}}};
    const std::string task =
        ecs("RunTask", {{"cluster", sandbox::cluster_name},
                        {"taskDefinition", "snow-white"},
                        {"launchType", "FARGATE"},
                        {"overrides", {{"containerOverrides", {override}}}},
                        {"networkConfiguration", {{"awsvpcConfiguration", network}}}})
            .at("tasks")
            .at(0)
            .at("taskArn");
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::partial);
    EXPECT_THAT(cancelled.err, AllOf(HasSubstr("task " + task), HasSubstr("snow-white:stack")));
    EXPECT_FALSE(is_stopped(task));
}

TEST_F(CancelTasks, ATaskThatDoesNotEndIsNamed) {
    runs("trap '' TERM");
    open({{"acme-workers", 1}});
    const std::string task = launch();
    wait_until_running(task);
    const Ended cancelled = cancel();
    EXPECT_EQ(cancelled.code, ExitCode::partial);
    EXPECT_THAT(cancelled.err, HasSubstr("task " + task + " has not ended"));
}

TEST_F(CancelTasks, WithoutSettingsCommandsAreCancelledAllTheSame) {
    open({{"acme-workers", 1}});
    const std::string task = launch();
    for (std::string* const setting : {&cluster, &cluster_region}) {
        const std::string was = std::exchange(*setting, "");
        const Ended nothing = cancel();
        EXPECT_EQ(nothing.code, ExitCode::nothing_matched);
        EXPECT_THAT(
            nothing.out,
            AllOf(HasSubstr("nothing to cancel"), HasSubstr("started tasks were not looked for"),
                  HasSubstr(setting == &cluster ? "ECS_CLUSTER_NAME" : "ECS_CLUSTER_REGION")));
        *setting = was;
    }
    EXPECT_FALSE(is_stopped(task));
    send_quiet({"acme-workers"});
    cluster_region = "us-est";
    const Ended some = cancel();
    EXPECT_EQ(some.code, ExitCode::done);
    EXPECT_THAT(some.out, AllOf(HasSubstr("cancelled quiet command"),
                                HasSubstr("\"us-est\" is no AWS region")));
}

TEST_F(CancelTasks, WithoutTheRightToListTasksCommandsAreCancelledAllTheSame) {
    open({{"acme-workers", 1}});
    const std::string task = launch();
    for (const char* const action : {"ecs:ListTasks", "ecs:DescribeTasks"}) {
        withhold(action);
        const Ended nothing = cancel();
        EXPECT_EQ(nothing.code, ExitCode::nothing_matched);
        EXPECT_THAT(nothing.err,
                    AllOf(HasSubstr(action), HasSubstr("started tasks were not looked for")));
    }
    cluster = "nosuch";
    EXPECT_THAT(cancel().err, AllOf(HasSubstr("ClusterNotFoundException"),
                                    HasSubstr("started tasks were not looked for")));
    EXPECT_FALSE(is_stopped(task));
}

TEST_F(CancelTasks, WithoutTheRightToStopTheTaskContinues) {
    open({{"acme-workers", 1}});
    const std::string task = launch();
    withhold("ecs:StopTask");
    const Ended refused = cancel();
    EXPECT_EQ(refused.code, ExitCode::denied);
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr("ecs:StopTask"), HasSubstr("task " + task + " continues")));
    EXPECT_FALSE(is_stopped(task));
}

} // namespace

} // namespace cancel_tasks_test
