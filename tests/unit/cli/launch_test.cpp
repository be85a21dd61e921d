// A launch: which environments count, which settings reach ECS, and how the task requests its
// metadata.
#include "src/aws/credentials/chain.hpp"
#include "src/aws/services/ecs.hpp"
#include "src/cli/preflight/fleet_summary.hpp"
#include "src/cli/session/invoker.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/operator_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace launch_test {

namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class Launch : public testing::Test, protected test::OperatorRun {
protected:
    Launch() {
        program = files.write("program", "#!/bin/sh\nexit 0\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    }

    void terminate(std::size_t environment) {
        box->change_region_state([environment](sandbox::RegionState& state) {
            state.environments.at(environment).status = "Terminated";
        });
    }
};

TEST_F(Launch, TerminatedEnvironmentsDoNotCount) {
    open({{"acme-workers", 1}, {"acme-workers-old", 0}});
    terminate(1);
    const auto launched = run("quiet", "workers", {});
    EXPECT_EQ(launched.code, ExitCode::done) << launched.err;
    EXPECT_THAT(launched.out, HasSubstr("quiet of acme in us-east-1: acme-workers\n"));
    const auto none = run("quiet", "workers-old", {});
    EXPECT_EQ(none.code, ExitCode::nothing_matched);
    EXPECT_THAT(none.err, HasSubstr("(there: acme-workers); check -e; nothing was sent"));
    terminate(0);
    EXPECT_THAT(run("quiet", "workers", {}).err, HasSubstr("has no environment in us-east-1"));
    EXPECT_EQ(calls("ecs", "RunTask"), 1);
}

TEST_F(Launch, AnApplicationWithoutEnvironmentsIsAnsweredWithThoseThatHaveSome) {
    open({{"acme-workers", 1}});
    const auto move_to = [this](const char* application) {
        box->change_region_state([application](sandbox::RegionState& state) {
            state.environments.at(0).application = application;
        });
    };
    move_to("acmee");
    EXPECT_THAT(run("quiet", "workers", {}).err,
                HasSubstr("application \"acme\" has no environment in us-east-1 (applications "
                          "there: acmee); did you mean acmee?; nothing was sent"));
    move_to("shop");
    EXPECT_THAT(run("quiet", "workers", {}).err,
                HasSubstr("(applications there: shop); check -p and -r; nothing was sent"));
}

class LaunchRequest : public testing::Test {
protected:
    FakeClock clock;
    FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"},
                             {"AWS_SECRET_ACCESS_KEY", "secret"},
                             {"ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
    aws::Client client{{settings, http, clock, credentials}, "us-east-1"};
};

TEST_F(LaunchRequest, TheMetadataIsRequestedWithoutAProxy) {
    http.answers = {FakeHttp::status(404)};
    cli::origin_of_task(environment, http, client);
    ASSERT_THAT(http.requests, SizeIs(1));
    EXPECT_EQ(http.requests[0].url, "http://169.254.170.2/v4/x/task");
    EXPECT_TRUE(http.requests[0].bypass_proxy);
}

// The metadata as the ECS documentation shows it.
TEST_F(LaunchRequest, TheMetadataNamesTheTaskAndItsLog) {
    http.answers = {FakeHttp::status(200, R"({"Cluster":"tools",
            "TaskARN":"arn:aws:ecs:us-west-2:111122223333:task/tools/e9028f8d5d8e4f258373e7b93ce9",
            "Containers":[{"DockerId":"7-0"},{"DockerId":"7-2","LogOptions":{
                "awslogs-group":"/other","awslogs-region":"us-west-2","awslogs-stream":"x"}},
              {"DockerId":"x","LogDriver":"awslogs","LogOptions":{
                "awslogs-create-group":"true","awslogs-group":"/ecs/snow-white",
                "awslogs-region":"us-west-2",
                "awslogs-stream":"snow-white/snow-white/e9028f8d5d8e4f258373e7b93ce9"}}]})"),
                    FakeHttp::status(500)};
    const auto origin = cli::origin_of_task(environment, http, client);
    EXPECT_EQ(origin.invoker.user, "") << "ECS does not answer, the links are there all the same";
    EXPECT_EQ(origin.task_url, "https://us-west-2.console.aws.amazon.com/ecs/v2/clusters/tools/"
                               "tasks/e9028f8d5d8e4f258373e7b93ce9?region=us-west-2");
    EXPECT_EQ(origin.log_url,
              "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2"
              "#logsV2:log-groups/log-group/$252Fecs$252Fsnow-white/log-events/"
              "snow-white$252Fsnow-white$252Fe9028f8d5d8e4f258373e7b93ce9");
}

TEST_F(LaunchRequest, MetadataOfAnotherShapeGivesNoLink) {
    for (const std::string body :
         {R"({"Containers":7})", R"({"Containers":["x",{"LogOptions":7},{"LogOptions":{}}]})",
          R"({"TaskARN":7,"Containers":[{"LogOptions":{"awslogs-group":"/g"}}]})"}) {
        http.answers = {FakeHttp::status(200, body), FakeHttp::status(500)};
        const auto origin = cli::origin_of_task(environment, http, client);
        EXPECT_EQ(origin.task_url + origin.log_url, "") << body;
    }
}

TEST_F(LaunchRequest, ThePublicAddressFollowsTheSetting) {
    http.answers = {
        FakeHttp::status(200, R"({"tasks":[{"taskArn":"arn:aws:ecs:us-east-1:1:task/a/b"}]})")};
    for (const bool public_ip : {true, false}) {
        ASSERT_TRUE(aws::run_task(client, {.cluster = "tools", .public_ip = public_ip}));
        EXPECT_THAT(http.requests.back().body,
                    HasSubstr(public_ip ? R"("assignPublicIp":"ENABLED")"
                                        : R"("assignPublicIp":"DISABLED")"));
    }
}

} // namespace

} // namespace launch_test
