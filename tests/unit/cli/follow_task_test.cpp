// Following a task that AWS does not show: retried while the failure may be temporary, reported
// once, and never without an end.
#include "src/aws/credentials/chain.hpp"
#include "src/base/json.hpp"
#include "src/cli/commands/follow_task.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/read_and_close.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace follow_task_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using report::ExitCode;
using test::FakeHttp;

const auto forgotten =
    FakeHttp::status(200, R"({"tasks":[],"failures":[{"arn":"arn:task","reason":"MISSING"}]})");
const auto stopped = FakeHttp::status(
    200,
    R"({"tasks":[{"lastStatus":"STOPPED","containers":[{"name":"snow-white","exitCode":0}]}],"failures":[]})");

FakeHttp::Answer log_page(const std::vector<std::string>& lines, const std::string& token) {
    Json events = Json::array();
    for (const auto& line : lines)
        events.push_back({{"message", line}});
    return FakeHttp::status(200, Json{{"events", events}, {"nextForwardToken", token}}.dump());
}

const cli::LogLocation with_log{
    .container = "snow-white", .group = "g", .stream = "s", .region = "us-east-1"};

class FollowTask : public testing::Test {
protected:
    ExitCode follow(const cli::LogLocation& log = {.container = "snow-white"}, bool json = false) {
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Context outside{environment, http, clock, out, err, json};
        aws::Client cluster({settings, http, clock, credentials}, "us-east-1");
        cli::Request request;
        request.program = program;
        const ExitCode code = cli::follow(cluster, log, {"arn:task"}, request, outside);
        said = test::read_and_close(err);
        printed = test::read_and_close(out);
        return code;
    }

    ExitCode await_start() {
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Context outside{environment, http, clock, out, err, false};
        aws::Client cluster({settings, http, clock, credentials}, "us-east-1");
        cli::Request request;
        request.profiles = {"staging"};
        const ExitCode code =
            cli::await_start(cluster, {.container = "snow-white"}, {"arn:task"}, request, outside);
        said = test::read_and_close(err);
        printed = test::read_and_close(out);
        return code;
    }

    std::string program = "snow-white.sh"; // as it was typed
    FakeClock clock;
    FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
    std::string said; // standard error
    std::string printed;
};

TEST_F(FollowTask, ATaskThatEcsHasForgottenIsNotFollowedForEver) {
    const auto start = clock.now();
    http.answers = {forgotten};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said, testing::HasSubstr("no longer watching"));
    EXPECT_LE(clock.now() - start, 2min);
}

TEST_F(FollowTask, ATaskThatEcsDoesNotListYetIsAwaited) {
    http.answers = {forgotten, forgotten, stopped};
    EXPECT_EQ(follow(), ExitCode::done);
}

TEST_F(FollowTask, ATaskThatWasStoppedBeforeItBeganIsCancelled) {
    http.answers = {FakeHttp::status(
        200,
        R"({"tasks":[{"lastStatus":"STOPPED","stopCode":"UserInitiated","stoppedReason":"why"}]})")};
    EXPECT_EQ(follow(), ExitCode::cancelled);
    EXPECT_THAT(said,
                testing::HasSubstr("the task was stopped before it began, and sent nothing: why"));
}

TEST_F(FollowTask, ATaskThatEcsRetiresIsReportedWithTheCommandThatResumes) {
    const std::string retirement =
        "ECS is performing maintenance on the underlying infrastructure hosting the task.";
    const auto retired = [&](const std::string& container) {
        return FakeHttp::status(
            200,
            fmt::format(
                R"({{"tasks":[{{"lastStatus":"STOPPED","stopCode":"ServiceSchedulerInitiated",)"
                R"("stoppedReason":"{}","containers":[{}]}}]}})",
                retirement, container));
    };
    http.answers = {
        retired(R"({"name":"snow-white","exitCode":8})")}; // it had time to report its end
    EXPECT_EQ(follow(), ExitCode::interrupted);
    EXPECT_THAT(said, testing::HasSubstr("the task was stopped: " + retirement +
                                         "; a quiet that it has sent continues, and the same "
                                         "command follows it"));
    http.answers = {retired(R"({"name":"snow-white"})")};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said, testing::AllOf(testing::HasSubstr(retirement),
                                     testing::HasSubstr("the same command finds out")));
}

TEST_F(FollowTask, ATaskThatACancelHasStoppedIsCancelled) {
    const auto ended = [](int code, const std::string& reason) {
        return FakeHttp::status(200,
                                fmt::format(R"({{"tasks":[{{"lastStatus":"STOPPED","stopCode":)"
                                            R"("UserInitiated","stoppedReason":"{}","containers":)"
                                            R"([{{"name":"snow-white","exitCode":{}}}]}}]}})",
                                            reason, code));
    };
    http.answers = {ended(8, "cancelled by alice (snow-white --cancel)")};
    EXPECT_EQ(follow(), ExitCode::cancelled);
    EXPECT_THAT(said, testing::HasSubstr("the task was stopped: cancelled by alice"));
    http.answers = {ended(8, "somebody else")};
    EXPECT_EQ(follow(), ExitCode::interrupted);
    http.answers = {ended(0, "cancelled by alice (snow-white --cancel)")};
    EXPECT_EQ(follow(), ExitCode::done) << "it was over before";
}

TEST_F(FollowTask, TheExitCodeIsThatOfTheContainerByName) {
    http.answers = {FakeHttp::status(
        200,
        R"({"tasks":[{"lastStatus":"STOPPED","stoppedReason":"Essential container in task exited",)"
        R"("containers":[{"name":"aws-guardduty-agent","exitCode":0},{"name":"snow-white","exitCode":5}]}]})")};
    EXPECT_EQ(follow(), ExitCode::timed_out);
}

TEST_F(FollowTask, ATaskThatNeverStartedIsReportedWithItsReason) {
    const auto ended = [](const std::string& containers) {
        return FakeHttp::status(
            200,
            fmt::format(
                R"({{"tasks":[{{"lastStatus":"STOPPED","stopCode":"TaskFailedToStart",)"
                R"("stoppedReason":"ResourceInitializationError: no secret","containers":[{}]}}]}})",
                containers));
    };
    http.answers = {ended("")};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said,
                testing::HasSubstr("the task never started, and nothing was sent: "
                                   "ResourceInitializationError: no secret; the same command with "
                                   "--dry-run names what is missing"));
    http.answers = {
        ended(R"({"name":"aws-guardduty-agent","exitCode":0},)"
              R"({"name":"snow-white","reason":"CannotPullContainerError: no such image"})")};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said,
                testing::HasSubstr(
                    "ResourceInitializationError: no secret: CannotPullContainerError: no such "
                    "image; push the image (README, \"The image\")"));
    http.answers = {
        ended(R"({"name":"snow-white","reason":"unable to pull secrets or registry auth: unable )"
              R"(to retrieve ecr registry auth: AccessDenied"})")};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said, testing::AllOf(testing::HasSubstr("may not call ecr:GetAuthorizationToken"),
                                     testing::Not(testing::HasSubstr("reads the task's secrets"))));
    http.answers = {
        ended(R"({"name":"snow-white","reason":"unable to pull secrets or registry auth: unable )"
              R"(to retrieve secret from asm"})")};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said, testing::HasSubstr("its execution role reads the task's secrets"));
    http.answers = {
        ended(R"({"name":"snow-white","reason":"ResourceInitializationError: no secret"})")};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said,
                testing::HasSubstr("the task never started, and nothing was sent: "
                                   "ResourceInitializationError: no secret; the same command with "
                                   "--dry-run names what is missing"));
}

TEST_F(FollowTask, ALaunchThatDoesNotWaitSaysWhetherTheTaskStarts) {
    const auto in = [](const std::string& status) {
        return FakeHttp::status(200, R"({"tasks":[{"lastStatus":")" + status + R"("}]})");
    };
    http.answers = {forgotten, in("PROVISIONING"), in("PENDING"), in("RUNNING")};
    EXPECT_EQ(await_start(), ExitCode::done);
    EXPECT_EQ(printed, "the task has started\n");
    EXPECT_EQ(said, "");
    http.answers = {in("PENDING"),
                    FakeHttp::status(200, R"({"tasks":[{"lastStatus":"STOPPED","stopCode":)"
                                          R"("TaskFailedToStart","stoppedReason":"no secret"}]})")};
    EXPECT_EQ(await_start(), ExitCode::refused);
    EXPECT_THAT(said,
                testing::HasSubstr("the task never started, and nothing was sent: no secret"));
    http.answers = {in("PENDING")};
    const auto begin = clock.now();
    EXPECT_EQ(await_start(), ExitCode::done);
    EXPECT_THAT(said,
                testing::HasSubstr("the task has not started yet (PENDING); look with: aws ecs "
                                   "describe-tasks --cluster"));
    EXPECT_LE(clock.now() - begin, 70s);
    http.answers = {FakeHttp::status(
        400, R"({"__type":"AccessDeniedException","message":"ecs:DescribeTasks"})")};
    EXPECT_EQ(await_start(), ExitCode::done);
    EXPECT_THAT(said, testing::HasSubstr("whether the task has started is not known: ecs"));
}

TEST_F(FollowTask, TheLogIsReadUntilItsTokenRepeatsAndTheReportWasSeen) {
    http.answers = {
        stopped,
        log_page({}, "t1"), // empty, and more pages follow
        log_page({"2026-11-24T00:00:00Z 1 of 2 instances finished"}, "t2"),
        log_page({}, "t2"), // the end for now: the report has not arrived yet
        log_page({"2026-11-24T00:00:09Z QUIET: all 2 workers on 2 instances are quiet"}, "t3"),
        log_page({}, "t4"),
        log_page({"2026-11-24T00:00:09Z   next: wake them"}, "t5"),
        log_page({}, "t5"),
        log_page({"never asked for"}, "t6")};
    const auto begun = clock.now();
    EXPECT_EQ(follow(with_log), ExitCode::done);
    EXPECT_THAT(printed, testing::HasSubstr("QUIET: all 2 workers"));
    EXPECT_THAT(printed, testing::HasSubstr("next: wake them"));
    EXPECT_THAT(printed, testing::Not(testing::HasSubstr("never asked for")));
    EXPECT_LT(clock.now() - begun, 5s);
}

FakeHttp::Answer ended_with(int code) {
    return FakeHttp::status(200, fmt::format(R"({{"tasks":[{{"lastStatus":"STOPPED","containers":[)"
                                             R"({{"name":"snow-white","exitCode":{}}}]}}]}})",
                                             code));
}

// The container takes Snow White's own names only.
TEST_F(FollowTask, WhatTheTaskSaysToTypeNextIsTheProgramThatWasTyped) {
    program = "/opt/my tools/snow-white.sh";
    const std::string next = "2026-11-24T00:00:09Z   next: wake them: ";
    http.answers = {
        stopped,
        log_page({"2026-11-24T00:00:09Z QUIET: all", next + "snow-white.sh -a wake -e x",
                  "2026-11-24T00:00:09Z   a note: snow-white.sh -a wake -e x"},
                 "t"),
        log_page({}, "t")};
    EXPECT_EQ(follow(with_log), ExitCode::done);
    EXPECT_THAT(printed, testing::HasSubstr(next + "'/opt/my tools/snow-white.sh' -a wake -e x\n"));
    EXPECT_THAT(printed, testing::HasSubstr("a note: snow-white.sh -a wake"));

    http.answers = {stopped,
                    log_page({R"({"v":1,"event":"report","at":"x","next":)"
                              R"({"words":"w","command":"snow-white.sh -a wake -e x"}})",
                              R"({"v":1,"event":"ended","at":"x","code":0,"name":"done"})"},
                             "t"),
                    log_page({}, "t")};
    program = "/work/bin/snow-white.sh";
    EXPECT_EQ(follow(with_log, true), ExitCode::done);
    EXPECT_THAT(printed, testing::HasSubstr(R"("command":"/work/bin/snow-white.sh -a wake -e x")"));
}

TEST_F(FollowTask, AProgramThatCannotBeRunHasSentNothing) {
    for (const int code : {126, 127}) {
        http.answers = {ended_with(code), log_page({}, "t"), log_page({}, "t")};
        EXPECT_EQ(follow(with_log), ExitCode::refused);
        EXPECT_THAT(said, testing::HasSubstr("the image's program cannot be run, and nothing was "
                                             "sent: "));
    }
    http.answers = {ended_with(127)};
    EXPECT_EQ(await_start(), ExitCode::refused);
    EXPECT_THAT(said, testing::HasSubstr("the image's program cannot be run"));
    http.answers = {ended_with(137), log_page({}, "t"), log_page({}, "t")};
    EXPECT_EQ(follow(with_log), ExitCode::refused);
    EXPECT_THAT(said, testing::HasSubstr("what it has sent is not known"));
}

TEST_F(FollowTask, AnEndWithoutReportIsNotSilent) {
    http.answers = {ended_with(1), log_page({"a word of another program"}, "t"), log_page({}, "t")};
    EXPECT_EQ(follow(with_log), ExitCode::partial);
    EXPECT_THAT(said, testing::HasSubstr("exit code 1, and its log has no report"));
    http.answers = {ended_with(1), log_page({"2026-11-24T00:00:09Z NOT QUIET: 1 of 2"}, "t"),
                    log_page({}, "t")};
    EXPECT_EQ(follow(with_log), ExitCode::partial);
    EXPECT_EQ(said, "");
}

TEST_F(FollowTask, AMissingReportIsAwaitedFor15Seconds) {
    http.answers = {stopped, log_page({}, "t")};
    const auto begun = clock.now();
    EXPECT_EQ(follow(with_log), ExitCode::done);
    EXPECT_GE(clock.now() - begun, 15s);
    EXPECT_LE(clock.now() - begun, 17s);
}

TEST_F(FollowTask, ALogWithoutPermissionIsNotAwaited) {
    http.answers = {stopped,
                    FakeHttp::status(400, R"({"__type":"AccessDeniedException","message":"no"})")};
    const auto begun = clock.now();
    EXPECT_EQ(follow(with_log), ExitCode::done);
    EXPECT_LE(clock.now() - begun, 1s);
}

TEST_F(FollowTask, AnOutageIsReportedOnceAndRetried) {
    http.answers = {stopped};
    for (int i = 0; i < 200; ++i)
        http.answers.push_front(FakeHttp::no_answer());
    EXPECT_EQ(follow(), ExitCode::done);
    EXPECT_THAT(said, testing::HasSubstr("timed out; trying again"));
    EXPECT_EQ(said.find("trying again"), said.rfind("trying again"));
}

TEST_F(FollowTask, WithJsonEventsPassUnchangedAndOtherLinesAsLog) {
    const auto page = FakeHttp::status(
        200,
        R"({"events":[{"message":"{\"v\":1,\"event\":\"noted\",\"at\":\"x\",\"text\":\"y\",\"loud\":false}"},)"
        R"({"message":"{\"v\":1,\"event\":\"ended\",\"at\":\"x\",\"code\":0,\"name\":\"done\"}"},)"
        R"({"message":"exec format error"},{"message":"[1]"}],"nextForwardToken":"t"})");
    http.answers = {stopped, page, log_page({}, "t")};
    EXPECT_EQ(
        follow({.container = "snow-white", .group = "g", .stream = "s", .region = "us-east-1"},
               true),
        ExitCode::done);
    EXPECT_THAT(
        printed,
        testing::AllOf(
            testing::HasSubstr(R"({"v":1,"event":"noted","at":"x","text":"y","loud":false})"),
            testing::HasSubstr(R"("event":"log")"),
            testing::HasSubstr(R"("text":"exec format error"})"),
            testing::HasSubstr(R"("text":"[1]"})"), testing::Not(testing::HasSubstr("ended"))));
    EXPECT_EQ(said, "");
}

} // namespace

} // namespace follow_task_test
