// A command that SSM shows as in progress for ever, because the instance's agent was restarted
// (aws-truth 7).
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doubt_test {

namespace {

using namespace snow_white::drain;
using namespace std::chrono_literals;
namespace fleet = snow_white::fleet;
using test::FakeFleet;
using test::line;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

// A status line of the host, with the scripts that run there.
std::string status_with(const std::string& scripts, int busy = 3) {
    return test::with_host(line("status", "done", "quiet", busy), scripts);
}

class Doubt : public testing::Test {
protected:
    // One idle instance, and one whose agent is away from minute 3 to minute 6, and whose first
    // command never ends.
    Report quiet(const std::string& status, snow_white::Duration takes = 40h) {
        fake.add("i-1");
        auto& host = fake.add("i-2");
        host.script_duration = takes;
        host.status = status;
        fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
            auto& away = fake.hosts[1];
            const bool is_away = clock.elapsed() > 3min && clock.elapsed() < 6min;
            away.agent = is_away ? fleet::Agent::lost : fleet::Agent::online;
            const auto* send = std::get_if<SendCommand>(&effect);
            if (send != nullptr && send->spec.purpose == Purpose::act && clock.elapsed() > 6min) {
                away.script_duration = 41h; // the first command; the second ends
                second = clock.elapsed();
            }
            if (second && clock.elapsed() > *second + 1min) {
                away.script_duration = 0s;
                away.status = line("status", "done", "quiet");
            }
            return std::nullopt;
        };
        return fake.run({.action = Action::quiet, .timeout = 2h});
    }

    // One instance, whose agent is updated in minute 3, and whose first command never ends.
    Report quiet_while_the_agent_is_updated(const std::string& status) {
        auto& host = fake.add("i-1");
        host.script_duration = 40h;
        host.status = status;
        fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
            auto& updated = fake.hosts.front();
            if (clock.elapsed() > 3min) updated.agent_version = "3.3.2299.0";
            const auto* send = std::get_if<SendCommand>(&effect);
            if (send != nullptr && send->spec.purpose == Purpose::act && clock.elapsed() > 3min) {
                updated.script_duration = 0s;
                updated.status = line("status", "done", "quiet");
            }
            return std::nullopt;
        };
        return fake.run({.action = Action::quiet, .timeout = 2h});
    }

    FakeClock clock;
    FakeFleet fake{clock};
    std::optional<snow_white::Duration> second;
};

TEST_F(Doubt, AScriptThatEndedWithoutResultIsStartedAgain) {
    const auto report = quiet(status_with(""));
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
    EXPECT_THAT(report.warnings,
                Contains(HasSubstr("i-2 (acme-workers): its script ended without a result")));
    EXPECT_LE(report.elapsed, 15min);
}

TEST_F(Doubt, AScriptThatStillRunsIsAwaited) {
    const auto report = quiet(status_with(R"("scripts":[{"action":"quiet","pid":77}],)"));
    EXPECT_EQ(report.verdict, Verdict::timed_out);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// SSM shows the command's end when the agent is back.
TEST_F(Doubt, AScriptThatHasEndedMeanwhileIsNotStartedAgain) {
    const auto report = quiet(status_with("", 0), 4min);
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
    EXPECT_TRUE(report.warnings.empty());
}

// Its ping was never missed: its version shows the update.
TEST_F(Doubt, AnAgentThatWasUpdatedMayHaveDroppedTheScript) {
    const auto report = quiet_while_the_agent_is_updated(status_with(""));
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
    EXPECT_THAT(report.warnings,
                Contains(HasSubstr("i-1 (acme-workers): its script ended without")));
    EXPECT_LE(report.elapsed, 42min);
}

TEST_F(Doubt, AnAgentThatWasUpdatedMayStillRunTheScript) {
    const auto report = quiet_while_the_agent_is_updated(
        status_with(R"("scripts":[{"action":"quiet","pid":77}],)"));
    EXPECT_EQ(report.verdict, Verdict::timed_out);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// SSM shows a command as in progress before its script runs: the document downloads it first.
TEST_F(Doubt, AScriptThatIsAboutToBeginIsNotStartedAgain) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    host.status = status_with("");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        auto& updated = fake.hosts.front();
        if (clock.elapsed() > 3min) updated.agent_version = "3.3.2299.0";
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::verify &&
            !fake.sent(Purpose::verify).empty())
            updated.status = status_with(R"("scripts":[{"action":"quiet","pid":77}],)");
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 2h}).verdict, Verdict::timed_out);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
    EXPECT_GE(fake.sent(Purpose::verify).size(), 2U);
}

// The script there was of another monitor's command, and has ended: the first command never will.
TEST_F(Doubt, AScriptOfAnotherCommandIsNotAwaitedForEver) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        auto& updated = fake.hosts.front();
        if (clock.elapsed() > 3min) updated.agent_version = "3.3.2299.0";
        updated.status = status_with(
            clock.elapsed() < 40min ? R"("scripts":[{"action":"quiet","pid":77}],)" : "");
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::act && clock.elapsed() > 3min)
            second = 0s;
        if (!second) return std::nullopt;
        updated.script_duration = 0s;
        updated.status = line("status", "done", "quiet");
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LE(report.elapsed, 110min);
}

// Two monitors had sent it, and the agent dropped both: after the one the other is not awaited.
TEST_F(Doubt, EachFoundCommandOfALostScriptIsDoubted) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    host.status = status_with("");
    // Others end meanwhile: the results are read before either command is five minutes old.
    for (const auto ends : {170s, 200s, 230s, 260s})
        fake.add(fmt::format("i-{}", ends / 1s)).script_duration = ends;
    const auto begun = clock.now();
    fake.in_flight = {
        {.id = {"first"}, .environments = {"acme-workers"}, .requested = begun - 2min},
        {.id = {"second"}, .environments = {"acme-workers"}, .requested = begun - 1min}};
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::act) {
            fake.hosts.front().script_duration = 0s;
            fake.hosts.front().status = line("status", "done", "quiet");
        }
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 2h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
    EXPECT_LE(report.elapsed, 30min);
}

// A status command can be lost on its way there.
TEST_F(Doubt, AnInstanceThatDoesNotAnswerIsVerifiedAgain) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    host.status = status_with("");
    int asked = 0;
    fake.override_answer = [this, &asked](const Effect& effect) -> std::optional<Response> {
        auto& updated = fake.hosts.front();
        if (clock.elapsed() > 3min) updated.agent_version = "3.3.2299.0";
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr) return std::nullopt;
        if (send->spec.purpose == Purpose::verify) updated.status_duration = ++asked > 1 ? 1s : 40h;
        if (send->spec.purpose == Purpose::act && clock.elapsed() > 3min) {
            updated.script_duration = 0s;
            updated.status = line("status", "done", "quiet");
        }
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GE(asked, 3);
}

// A status command costs each instance a script: an instance that never answers is not asked
// without end.
TEST_F(Doubt, AnInstanceThatNeverAnswersIsVerifiedSeldom) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    host.status_duration = 40h;
    fake.override_answer = [this](const Effect&) -> std::optional<Response> {
        if (clock.elapsed() > 3min) fake.hosts.front().agent_version = "3.3.2299.0";
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::timed_out);
    EXPECT_GE(fake.sent(Purpose::verify).size(), 4U);
    EXPECT_LE(fake.sent(Purpose::verify).size(), 12U);
}

// SSM accepts status commands, and does not list their counts.
TEST_F(Doubt, AnInstanceWithUnreadableAnswersIsNotVerifiedAgainAtOnce) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    host.status = status_with("");
    std::string quiets;
    fake.override_answer = [this, &quiets](const Effect& effect) -> std::optional<Response> {
        if (clock.elapsed() > 3min) fake.hosts.front().agent_version = "3.3.2299.0";
        const auto* polled = std::get_if<PollProgress>(&effect);
        if (polled != nullptr && quiets.empty()) quiets = polled->commands.front().text;
        if (polled != nullptr && polled->commands.front().text != quiets)
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "InternalFailure"});
        return std::nullopt;
    };
    fake.run({.action = Action::quiet, .timeout = 2h});
    EXPECT_GE(fake.sent(Purpose::verify).size(), 2U);
    EXPECT_LE(fake.sent(Purpose::verify).size(), 70U);
}

// A newcomer that boots triggers a discovery at once; the discoveries that read the agents'
// versions take place all the same.
TEST_F(Doubt, NewcomersDoNotDelayTheCheckOfAgentVersions) {
    fake.add("i-1").script_duration = 40h;
    int launched = 0;
    fake.override_answer = [this, &launched](const Effect& effect) -> std::optional<Response> {
        if (clock.elapsed() > launched * 20min + 5min) {
            auto& newcomer = fake.add("i-1" + std::to_string(++launched));
            newcomer.launched = clock.now();
            newcomer.agent = fleet::Agent::absent;
        }
        for (auto& one : fake.hosts)
            if (one.launched != snow_white::Instant{} && clock.now() > one.launched + 3min)
                one.agent = fleet::Agent::online;
        auto& updated = fake.hosts.front();
        if (clock.elapsed() > 10min) updated.agent_version = "3.3.2299.0";
        if (!second) updated.status = status_with("");
        const auto* send = std::get_if<SendCommand>(&effect);
        const bool again = send != nullptr && send->spec.purpose == Purpose::act &&
                           clock.elapsed() > 10min &&
                           std::ranges::any_of(send->spec.instances,
                                               [](const auto& id) { return id.text == "i-1"; });
        if (again && !second) {
            second = clock.elapsed();
            updated.script_duration = 0s;
            updated.status = line("status", "done", "quiet");
        }
        return std::nullopt;
    };
    fake.run({.action = Action::quiet, .timeout = 2h});
    ASSERT_TRUE(second);
    EXPECT_LE(*second, 50min);
}

// An older script's status does not say whether it runs.
TEST_F(Doubt, AnOlderScriptIsAwaited) {
    EXPECT_EQ(quiet(line("status", "done", "quiet", 3)).verdict, Verdict::timed_out);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

} // namespace

} // namespace doubt_test
