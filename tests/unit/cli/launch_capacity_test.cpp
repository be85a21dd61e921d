// A launch while ECS has no capacity: it is retried, and in the end AWS's own text is reported.
#include "src/base/json.hpp"
#include "src/cli/session/context.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/read_and_close.hpp"
#include "tests/unit/temporary_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace launch_capacity_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using report::ExitCode;
using test::FakeHttp;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* no_room =
    R"({"tasks":[],"failures":[{"reason":"Capacity is unavailable at this time."}]})";
constexpr const char* no_network = R"({"tasks":[],"failures":[{"reason":"RESOURCE:ENI"}]})";
constexpr const char* no_agent =
    R"({"tasks":[],"failures":[{"arn":"arn:aws:ecs:x","reason":"AGENT"}]})";
constexpr const char* started = R"({"tasks":[{"taskArn":"arn:aws:ecs:x:task/1"}],"failures":[]})";

class LaunchCapacity : public testing::Test {
protected:
    ExitCode launch(const std::vector<const char*>& answers) {
        http.answers = {
            FakeHttp::status(
                200, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/"
                     "alice</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"),
            FakeHttp::status(
                200,
                "<DescribeEnvironmentsResponse><DescribeEnvironmentsResult><Environments><member>"
                "<EnvironmentName>acme-workers</EnvironmentName><Status>Ready</Status></member></"
                "Environments>"
                "</DescribeEnvironmentsResult></DescribeEnvironmentsResponse>"),
            FakeHttp::status(
                200, R"({"taskDefinition":{"taskDefinitionArn":"arn:td","containerDefinitions":)"
                     R"([{"name":"sidecar"},{"name":"snow-white"}]}})")};
        for (const char* const answer : answers)
            http.answers.push_back(FakeHttp::status(200, answer));
        const Environment environment =
            files.environment("[profile staging]\nregion = us-east-1\n",
                              "[staging]\naws_access_key_id = AKIA\naws_secret_access_key = x\n",
                              {{"ECS_CLUSTER_REGION", "us-east-1"},
                               {"ECS_CLUSTER_NAME", "acme"},
                               {"vpc_id", "vpc-0123456789abcdef0"},
                               {"subnet_id", "subnet-0123456789abcdef0"},
                               {"sec_group", "sg-0123456789abcdef0"},
                               {"CFN_STACK_NAME", "snow-white"}});
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Context outside{environment, http, clock, out, err};
        const ExitCode code = cli::run(
            {"-a", "quiet", "-e", "workers", "-f", "staging", "-p", "acme", "-r", "us-east-1"},
            outside);
        printed = test::read_and_close(out);
        said = test::read_and_close(err);
        return code;
    }

    std::vector<Json> run_tasks() const {
        std::vector<Json> bodies;
        for (const auto& request : http.requests)
            for (const auto& [name, value] : request.headers)
                if (name == "X-Amz-Target" && value.ends_with(".RunTask"))
                    bodies.push_back(Json::parse(request.body));
        return bodies;
    }

    FakeClock clock;
    FakeHttp http;
    test::TemporaryFiles files;
    std::string printed;
    std::string said;
};

TEST_F(LaunchCapacity, IsRetriedWithoutCapacity) {
    EXPECT_EQ(launch({no_room, no_network, started}), ExitCode::done) << said;
    EXPECT_THAT(printed, HasSubstr("arn:aws:ecs:x:task/1"));
    EXPECT_THAT(said, HasSubstr("Capacity is unavailable at this time."));
    std::set<std::string> tokens;
    for (const auto& body : run_tasks())
        tokens.insert(body.at("clientToken"));
    EXPECT_THAT(tokens, SizeIs(3)) << "ECS answers a token that it knows as it did before";
}

TEST_F(LaunchCapacity, LastingLackOfCapacityIsReportedWithAwssText) {
    const auto begun = clock.now();
    EXPECT_EQ(launch({no_room}), ExitCode::refused);
    EXPECT_THAT(said, HasSubstr("Capacity is unavailable at this time."));
    EXPECT_THAT(said, HasSubstr("nothing runs"));
    EXPECT_THAT(said, testing::Not(HasSubstr("no further word")));
    EXPECT_THAT(run_tasks(), SizeIs(4));
    EXPECT_LE(clock.now() - begun, 30s);
}

TEST_F(LaunchCapacity, IsNotRetriedForAPermanentError) {
    EXPECT_EQ(launch({no_agent}), ExitCode::refused);
    EXPECT_THAT(said, HasSubstr("AGENT"));
    EXPECT_THAT(run_tasks(), SizeIs(1));
}

TEST_F(LaunchCapacity, OverridesTheMonitorsContainerOnly) {
    ASSERT_EQ(launch({started}), ExitCode::done) << said;
    EXPECT_EQ(run_tasks().at(0).at(Json::json_pointer("/overrides/containerOverrides/0/name")),
              "snow-white");
}

} // namespace

} // namespace launch_capacity_test
