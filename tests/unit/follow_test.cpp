// Watching a task that AWS does not show: borne while it may pass, told once, and never without an end.
#include "src/aws/credentials_chain.hpp"
#include "src/cli/follow.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/fake_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using cli::ExitCode;
using test::FakeHttp;

const auto forgotten =
    FakeHttp::status(200, R"({"tasks":[],"failures":[{"arn":"arn:task","reason":"MISSING"}]})");
const auto stopped = FakeHttp::status(
    200, R"({"tasks":[{"lastStatus":"STOPPED","containers":[{"exitCode":0}]}],"failures":[]})");

class Follow : public testing::Test {
protected:
    ExitCode follow() {
        std::FILE* out = std::tmpfile();
        std::FILE* err = std::tmpfile();
        cli::Outside outside{environment, http, clock, out, err};
        aws::Client cluster({settings, http, clock, credentials}, "us-east-1");
        const ExitCode code = cli::follow(cluster, {}, {"arn:task"}, {}, outside);
        said.resize(static_cast<std::size_t>(std::ftell(err)));
        std::rewind(err);
        said.resize(std::fread(said.data(), 1, said.size(), err));
        std::fclose(out);
        std::fclose(err);
        return code;
    }

    FakeClock clock;
    FakeHttp http;
    aws::Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
    std::string said; // on the error stream
};

TEST_F(Follow, ATaskThatEcsHasForgottenIsNotWatchedForEver) {
    const auto start = clock.now();
    http.answers = {forgotten};
    EXPECT_EQ(follow(), ExitCode::refused);
    EXPECT_THAT(said, testing::HasSubstr("no longer watching"));
    EXPECT_LE(clock.now() - start, 2min);
}

TEST_F(Follow, ATaskThatEcsDoesNotKnowYetIsWaitedFor) {
    http.answers = {forgotten, forgotten, stopped};
    EXPECT_EQ(follow(), ExitCode::done);
}

TEST_F(Follow, SilenceIsToldOnceAndBorne) {
    http.answers = {stopped};
    for (int i = 0; i < 200; ++i)
        http.answers.push_front(FakeHttp::no_answer());
    EXPECT_EQ(follow(), ExitCode::done);
    EXPECT_THAT(said, testing::HasSubstr("timed out; watching on"));
    EXPECT_EQ(said.find("watching on"), said.rfind("watching on"));
}

} // namespace
