// The list of started tasks: every page is read, and a hundred tasks are described per call.
#include "src/aws/credentials/chain.hpp"
#include "src/aws/services/ecs.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace list_tasks_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using test::FakeHttp;

class TaskLists : public testing::Test {
protected:
    static FakeHttp::Answer answer(const Json& body) { return FakeHttp::status(200, body.dump()); }

    static Json arns(int from, int count) {
        Json list = Json::array();
        for (int i = from; i < from + count; ++i)
            list.push_back("arn:task/" + std::to_string(i));
        return list;
    }

    static Json task(const std::string& arn, const std::string& desired) {
        return {{"taskArn", arn}, {"lastStatus", "PENDING"}, {"desiredStatus", desired}};
    }

    Json sent(std::size_t call) { return Json::parse(http.requests.at(call).body); }

    FakeClock clock;
    FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
    aws::Client client{{settings, http, clock, credentials}, "us-east-1"};
};

TEST_F(TaskLists, EveryPageIsReadAndAHundredAreDescribedAtATime) {
    Json running = task("arn:task/100", "RUNNING");
    running["startedAt"] = 1'764'316'800.5;
    http.answers = {
        answer({{"taskArns", arns(0, 100)}, {"nextToken", "more"}}),
        answer({{"taskArns", arns(100, 1)}}),
        answer({{"tasks", {task("arn:task/0", "RUNNING"), task("arn:task/1", "STOPPED")}},
                {"failures", {{{"arn", "arn:task/2"}, {"reason", "MISSING"}}}}}),
        answer({{"tasks", {running}}})};
    const auto tasks = aws::list_started_tasks(client, "tools", "snow-white");
    ASSERT_TRUE(tasks) << describe(tasks.error());
    ASSERT_EQ(tasks->size(), 2U) << "one has been stopped meanwhile, one has gone";
    EXPECT_EQ(tasks->at(1).arn.text, "arn:task/100");
    EXPECT_EQ(tasks->at(0).started, std::nullopt) << "its container does not run yet";
    EXPECT_EQ(tasks->at(1).started, Instant{1'764'316'800'500ms});
    EXPECT_EQ(sent(0),
              Json({{"cluster", "tools"}, {"family", "snow-white"}, {"desiredStatus", "RUNNING"}}));
    EXPECT_EQ(sent(1).at("nextToken"), "more");
    EXPECT_EQ(sent(2).at("tasks").size(), 100U);
    EXPECT_EQ(sent(3),
              Json({{"cluster", "tools"}, {"tasks", {"arn:task/100"}}, {"include", {"TAGS"}}}));
}

TEST_F(TaskLists, AnEmptyListIsNotDescribed) {
    http.answers = {answer({{"taskArns", Json::array()}})};
    const auto tasks = aws::list_started_tasks(client, "tools", "snow-white");
    ASSERT_TRUE(tasks) << describe(tasks.error());
    EXPECT_TRUE(tasks->empty());
    EXPECT_EQ(http.requests.size(), 1U);
}

} // namespace

} // namespace list_tasks_test
