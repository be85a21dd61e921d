// ExpiresAt: until when an instance may begin a command of the action.
#include "src/aws/credentials/chain.hpp"
#include "src/drain/run/effect_executor.hpp"
#include "tests/unit/fake_fleet.hpp"
#include "tests/unit/fake_http.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace expires_at_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using namespace std::chrono_literals;
using test::FakeFleet;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CommandExpiry : public testing::Test {
protected:
    // The body of the SendCommand that the executor makes of it.
    std::string body_of(const SendCommand& effect) {
        EffectExecutor executor(client, clock, job, {});
        answer = executor.call(effect);
        return http.requests.back().body;
    }

    FakeClock clock;
    FakeFleet fake{clock};
    test::FakeHttp http;
    Environment environment{{{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    aws::Settings settings = aws::read_settings(environment, "");
    aws::CredentialsChain credentials{environment, settings, "", http, clock};
    aws::Client client{{settings, http, clock, credentials}, "eu-west-1"};
    RegionJob job{.query = {"acme", "workers"}, .document = "quiet", .status_document = "status"};
    AnswerTo<SendCommand> answer = tl::unexpected(CallFailure{});
};

TEST_F(CommandExpiry, IsSetForTheActionAndNotForVerifications) {
    fake.add("i-1");
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    for (const auto& effect : fake.effects)
        if (const auto* send = std::get_if<SendCommand>(&effect)) {
            EXPECT_EQ(send->expires, send->spec.purpose == Purpose::act);
        }
}

TEST_F(CommandExpiry, IsFiveMinutesFromTheSendCommandInTenDigits) {
    http.answers = {test::FakeHttp::status(200, R"({"Command":{"CommandId":"c"}})")};
    const auto until = std::chrono::system_clock::to_time_t(clock.now() + 5min);
    EXPECT_THAT(body_of({{.environments = {"acme-workers"}}, true}),
                HasSubstr(fmt::format(R"("Parameters":{{"ExpiresAt":["{:010}"]}})", until)));
    EXPECT_TRUE(answer.has_value());
    EXPECT_THAT(body_of({{.environments = {"acme-workers"}}, false}), Not(HasSubstr("Parameters")));
}

// Source: SendCommand's errors in the API reference: a value for a parameter that the document does
// not define.
TEST_F(CommandExpiry, ADocumentWithoutTheParameterIsRecognised) {
    http.answers = {
        test::FakeHttp::status(400, R"({"__type":"InvalidParameters","message":"ExpiresAt"})")};
    body_of({{.environments = {"acme-workers"}}, true});
    EXPECT_EQ(answer.error().kind, CallFailure::Kind::unknown_expiry);
}

// It is not retried.
TEST_F(CommandExpiry, ADocumentWithAnotherRequiredParameterRefuses) {
    http.answers = {
        test::FakeHttp::status(400, R"({"__type":"InvalidParameters","message":"Region"})")};
    body_of({{.environments = {"acme-workers"}}, false});
    EXPECT_EQ(answer.error().kind, CallFailure::Kind::refused);
    body_of({{.purpose = Purpose::verify, .environments = {"acme-workers"}}, false});
    EXPECT_EQ(answer.error().kind, CallFailure::Kind::refused);
}

TEST_F(CommandExpiry, AnOlderStackGetsTheCommandWithoutItAndAWarning) {
    fake.add("i-1");
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || !send->expires) return std::nullopt;
        return FakeFleet::fail(effect,
                               {CallFailure::Kind::unknown_expiry, "InvalidParameters: ExpiresAt"});
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("have no parameter ExpiresAt")));
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("update the stack")));
}

TEST_F(CommandExpiry, TheHostsScriptCountsTheSameFiveMinutes) {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/ssm/snow-white-instance.sh");
    std::stringstream script;
    script << file.rdbuf();
    EXPECT_THAT(script.str(), HasSubstr(fmt::format("\ncommand_life={} ",
                                                    command_life / std::chrono::seconds{1})));
}

} // namespace

} // namespace expires_at_test
