// A command that SSM reports as undeliverable: it may have run all the same, or still run. The run
// verifies the workers before it sends the command again.
#include "src/base/json.hpp"
#include "src/drain/run/answers_of_aws.hpp"
#include "src/drain/run/effect_executor.hpp"
#include "tests/unit/fake_fleet.hpp"
#include "tests/unit/fake_http.hpp"
#include "tests/unit/fixed_credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace undelivered_test {

namespace {

using namespace test;
using namespace snow_white;
using testing::HasSubstr;
using testing::SizeIs;

class Undelivered : public testing::Test {
protected:
    // What the executor makes of an invocation that has ended so.
    InvocationEnd end_of(const std::string& status, const std::string& detail,
                         const std::string& status_document) {
        const Json page{{"CommandInvocations",
                         {{{"InstanceId", "i-1"}, {"Status", status}, {"StatusDetails", detail}}}}};
        FakeHttp http;
        http.answers = {FakeHttp::status(200, page.dump())};
        FixedCredentials keys;
        const aws::Settings settings;
        aws::Client client({settings, http, clock, keys}, "eu-west-1");
        RegionJob job;
        job.status_document = status_document;
        EffectExecutor executor(client, clock, job, {});
        const auto results = executor.call(CollectResults{.commands = {{"c"}}});
        return results->at(0).invocations.at(0).end;
    }

    // The order of the sends: "act verify …".
    std::string order() const {
        std::string words;
        for (const auto& effect : fake.effects)
            if (const auto* send = std::get_if<SendCommand>(&effect))
                words += std::string(words.empty() ? "" : " ") +
                         (send->spec.purpose == Purpose::act ? "act" : "verify");
        return words;
    }

    FakeClock clock;
    FakeFleet fake{clock};
};

TEST_F(Undelivered, IsUnknownWhenTheWorkersCanBeVerified) {
    EXPECT_EQ(end_of("TimedOut", "Delivery Timed Out", "Doc-status"), InvocationEnd::undelivered);
    EXPECT_EQ(end_of("Failed", "Undeliverable", "Doc-status"), InvocationEnd::undelivered);
    EXPECT_EQ(end_of("Cancelled", "Terminated", "Doc-status"), InvocationEnd::not_begun);
    EXPECT_EQ(end_of("TimedOut", "Execution Timed Out", "Doc-status"), InvocationEnd::timed_out);
    EXPECT_EQ(end_of("TimedOut", "DeliveryTimedOut", ""), InvocationEnd::timed_out)
        << "nobody can be asked";
    EXPECT_EQ(end_of("Failed", "Undeliverable", ""), InvocationEnd::unreachable);
}

TEST_F(Undelivered, IsNotSentAgainWhenItHasRunAllTheSame) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::undelivered;
    host.output = "";
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_EQ(order(), "act verify");
}

TEST_F(Undelivered, IsNotSentAgainWhileItsScriptRuns) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::undelivered;
    host.output = "";
    std::string busy = line("status", "done", "quiet", 2);
    host.status =
        busy.replace(busy.find(R"("note")"), 0, R"("scripts":[{"action":"quiet","pid":77}],)");
    fake.on_event = [this](const Event&) {
        if (clock.elapsed() > 2h) fake.hosts[0].status = line("status", "done", "idle");
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(fake.sent(Purpose::act).size(), 1U);
    EXPECT_GT(report.elapsed, 2h);
}

TEST_F(Undelivered, IsSentAgainWhenTheWorkersStillTakeJobs) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::undelivered;
    host.output = "";
    host.status = line("status", "done", "running", 2);
    fake.on_event = [this](const Event&) {
        if (order().ends_with("act verify act")) {
            fake.hosts[0].end = InvocationEnd::succeeded;
            fake.hosts[0].output = line("quiet", "done", "idle");
            fake.hosts[0].status = line("status", "done", "idle");
        }
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(order(), testing::StartsWith("act verify act verify"));
    EXPECT_THAT(fake.notices(), testing::Contains(HasSubstr("was not reached by its command")));
}

TEST_F(Undelivered, IsVerifiedWhileTheOthersGoOn) {
    fake.add("i-1").script_duration = 6h;
    auto& host = fake.add("i-2");
    host.end = InvocationEnd::undelivered;
    host.output = "";
    host.script_duration = 10min;
    const auto begun = clock.now();
    std::optional<Instant> asked;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::verify && !asked) {
            asked = clock.now();
            EXPECT_EQ(send->spec.instances, std::vector<InstanceId>{{"i-2"}});
        }
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    ASSERT_TRUE(asked);
    EXPECT_LE(*asked - begun, 20min);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(Undelivered, IsReportedWhenTheInstanceDoesNotAnswer) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::undelivered;
    host.output = "";
    host.status = "";
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::unknown);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// IAM's message names the instance that it denies: that one is left out, and the others of the call
// get the command.
TEST(AnswersOfAws, ADenialThatNamesAnInstanceAffectsOnlyThatOne) {
    const auto kind = [](const std::string& action, const std::string& resource) {
        return kind_of(
            {.kind = snow_white::aws::ErrorKind::denied,
             .service = "ssm",
             .action = action,
             .code = "AccessDeniedException",
             .message = "User: arn:aws:sts::123456789012:assumed-role/task/1 is not authorized to "
                        "perform: ssm:SendCommand on resource: " +
                        resource});
    };
    const std::string place = "arn:aws:ec2:eu-west-1:123456789012:";
    EXPECT_EQ(kind("SendCommand", place + "instance/i-0abc"), CallFailure::Kind::invalid_target);
    EXPECT_EQ(kind("SendCommand", place + "instance/*"), CallFailure::Kind::denied);
    EXPECT_EQ(kind("SendCommand", "arn:aws:ssm:eu-west-1:123456789012:document/quiet"),
              CallFailure::Kind::denied);
    EXPECT_EQ(kind("ListCommands", place + "instance/i-0abc"), CallFailure::Kind::denied);
}

} // namespace

} // namespace undelivered_test
