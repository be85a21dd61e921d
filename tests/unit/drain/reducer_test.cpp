// The reducer, in simulated time: a drain of hours takes milliseconds.
#include "src/drain/machine/transitions.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reducer_test {

namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

class Reducer : public testing::Test {
protected:
    // Of the first command that it polls.
    static Response answer_of(const Effect& effect, std::vector<InvocationResult> invocations) {
        const auto& id = std::get<CollectResults>(effect).commands.front();
        return Answered<CollectResults>{
            std::vector{CommandResults{id, true, std::move(invocations)}}};
    }

    // The command of the first SendCommand, which SSM got so long after the call, and which is
    // cancelled for i-1.
    void lose_an_answer_and_list_a_cancelled_command(snow_white::Duration after) {
        std::optional<Instant> lost;
        fake.override_answer = [this, after,
                                lost](const Effect& effect) mutable -> std::optional<Response> {
            if (std::holds_alternative<SendCommand>(effect) && !lost) {
                lost = clock.now();
                return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
            }
            if (std::holds_alternative<FindInFlightCommands>(effect) && lost)
                fake.in_flight = {{.id = {"cancelled"},
                                   .environments = {"acme-workers"},
                                   .stage = InFlightCommand::Stage::over,
                                   .requested = *lost + after}};
            if (const auto* read = std::get_if<CollectResults>(&effect);
                read != nullptr && read->commands == std::vector<CommandId>{{"cancelled"}})
                return answer_of(effect, {make_invocation_result({"i-1"}, InvocationEnd::cancelled,
                                                                 "Cancelled", "")});
            return std::nullopt;
        };
    }

    FakeClock clock;
    FakeFleet fake{clock};
};

TEST_F(Reducer, QuietsVerifiesAndReports) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 20min;
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.instances, SizeIs(2));
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
    EXPECT_THAT(fake.sent(Purpose::verify), SizeIs(1));
    EXPECT_GE(report.elapsed, 20min);
    EXPECT_LT(report.elapsed, 21min);
}

TEST_F(Reducer, UnfinishedInstancesAreNamedAfterAnHourAndNearTheDeadline) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 9h;
    fake.run({.action = Action::quiet, .timeout = 6h});
    std::vector<std::string> important;
    for (const auto& event : fake.events)
        if (const auto* noted = std::get_if<Notice>(&event); noted != nullptr && noted->important)
            important.push_back(noted->what);
    ASSERT_THAT(important, SizeIs(2));
    EXPECT_THAT(important[0], HasSubstr("after 60 min 1 of 2 have not finished: i-2 ("));
    EXPECT_THAT(important[0], HasSubstr("still waiting, the deadline comes in 5 h"));
    EXPECT_THAT(important[1],
                HasSubstr("the deadline comes in 30 min, and 1 of 2 have not finished: i-2 ("));
}

TEST_F(Reducer, AShortDeadlineGivesNoReminder) {
    fake.add("i-1").script_duration = 9h;
    fake.run({.action = Action::quiet, .timeout = 45min});
    EXPECT_TRUE(std::ranges::none_of(fake.events, [](const Event& event) {
        const auto* noted = std::get_if<Notice>(&event);
        return noted != nullptr && noted->important;
    }));
}

TEST_F(Reducer, CallsWhileWaitingDoNotGrowWithTheFleet) {
    fake.add("i-1").script_duration = 1h;
    fake.run({.action = Action::quiet});
    FakeFleet large{clock};
    for (int i = 0; i < 1000; ++i)
        large.add(fmt::format("i-{}", i)).script_duration = 1h;
    large.run({.action = Action::quiet});
    EXPECT_LE(large.effects.size(),
              fake.effects.size()); // for the end of the last instance alone it polls more often
}

// How many calls each effect makes, for one environment of a few instances.
int calls_of(const FakeFleet& fake) {
    return static_cast<int>(3 * fake.count<DiscoverFleet>() + fake.count<FindInFlightCommands>() +
                            fake.count<SendCommand>() + fake.count<PollProgress>() +
                            calls_for_changes * fake.count<PollFleetChanges>() +
                            fake.count<CollectResults>());
}

TEST_F(Reducer, ALongDrainPollsLessThanOnceInFourSeconds) {
    fake.add("i-1").script_duration = 2h;
    fake.run({.action = Action::quiet});
    EXPECT_LE(calls_of(fake), 2h / 4s);
}

// The time from the last job's end to the report, in drains of that many instances.
struct ReportDelay {
    snow_white::Duration mean{};
    snow_white::Duration worst{};
};

ReportDelay report_delay(FakeClock& clock, int instances,
                         const std::vector<snow_white::Duration>& drains) {
    ReportDelay seen;
    for (const auto last : drains) {
        FakeFleet fleet{clock};
        for (int i = 0; i < instances; ++i) {
            auto& host = fleet.add(fmt::format("i-{}", i));
            host.script_duration = last * (i + 1) / instances;
            host.status_duration = 500ms;
        }
        const auto late = fleet.run({.action = Action::quiet}).elapsed - last;
        seen.mean += late / static_cast<int>(drains.size());
        seen.worst = std::max(seen.worst, late);
    }
    return seen;
}

TEST_F(Reducer, TheReportComesSoonAfterTheLastEnd) {
    std::vector<snow_white::Duration> drains;
    for (auto takes = snow_white::Duration{5s}; takes < 12min; takes += takes / 25)
        drains.push_back(takes);
    const auto seen = report_delay(clock, 1, drains);
    EXPECT_LT(seen.mean, 2s);
    EXPECT_LT(seen.worst, 5s);
}

TEST_F(Reducer, TheReportComesSoonInALargeFleetToo) {
    const auto seen = report_delay(clock, 40, {2h, 2h + 1s, 2h + 2s, 2h + 3s, 2h + 4s, 2h + 5s});
    EXPECT_LT(seen.mean, 2s);
    EXPECT_LT(seen.worst, 5s);
}

TEST_F(Reducer, FiftyEnvironmentsACommand) {
    fake.environments.clear();
    for (int i = 0; i < 120; ++i)
        fake.environments.push_back({fmt::format("workers-{}", i), "Ready"});
    fake.add("i-1");
    fake.run({.action = Action::quiet});
    const auto orders = fake.sent(Purpose::act);
    ASSERT_THAT(orders, SizeIs(3));
    EXPECT_THAT(orders[0].environments, SizeIs(50));
    EXPECT_THAT(orders[2].environments, SizeIs(20));
}

TEST_F(Reducer, NothingMatchesAndNothingIsSent) {
    fake.environments.clear();
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::nothing_matched);
    EXPECT_EQ(fake.count<SendCommand>(), 0U);
}

TEST_F(Reducer, AFleetWithoutInstancesIsDoneAndNothingIsSent) {
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_EQ(fake.count<SendCommand>(), 0U);
}

TEST_F(Reducer, NoWorkerIsNeverDone) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::failed;
    host.output =
        R"({"snow_white":1,"action":"quiet","outcome":"no-worker","note":"no Sidekiq here","workers":[]})";
    host.status = host.output;
    fake.add("i-2");
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::no_worker);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
}

TEST_F(Reducer, AFailureWithoutALineQuotesTheLastOutput) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::failed;
    host.output = "download failed\nsha256 does not match\n";
    host.status = line("status", "done", "running", 1);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(result_of(report, "i-1").note, HasSubstr("sha256 does not match"));
}

TEST_F(Reducer, SuccessWhoseLineSaysOtherwiseIsNoSuccess) {
    fake.add("i-1").output = line("quiet", "failed", "running", 3);
    fake.hosts[0].status = line("status", "done", "running", 3);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::failed);
    EXPECT_EQ(report.verdict, Verdict::partial);
}

TEST_F(Reducer, FailureWhoseLineSaysDoneIsNoSuccess) {
    fake.add("i-1").end = InvocationEnd::failed;
    fake.hosts[0].status = line("status", "done", "running", 3);
    EXPECT_EQ(result_of(fake.run({.action = Action::quiet}), "i-1").outcome, Outcome::failed);
}

TEST_F(Reducer, SuccessWithoutAnyLineIsReportedAsNotVerified) {
    fake.add("i-1").output = "Signal sent";
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_FALSE(report.workers_were_asked);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::completed);
    EXPECT_THAT(report.unverified, Contains(HasSubstr("what each worker does now")));
    EXPECT_THAT(fake.sent(Purpose::verify), SizeIs(0));
}

TEST_F(Reducer, AnInstanceWhoseBatchNeverCameIsNamedUnlessItIsAsAsked) {
    fake.add("i-1").status = line("status", "done", "running");
    fake.add("i-2").status = line("status", "done", "running");
    fake.add("i-3").status = line("status", "done", "idle");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<CollectResults>(effect) || !fake.sent(Purpose::verify).empty())
            return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            for (auto& one : results.invocations)
                if (one.id.text != "i-1" && one.end != InvocationEnd::pending)
                    one =
                        make_invocation_result(one.id, InvocationEnd::not_begun, "Terminated", "");
        return response;
    };
    const auto report = fake.run({.action = Action::wake, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
    EXPECT_THAT(result_of(report, "i-3").note, HasSubstr("not begun"));
}

TEST_F(Reducer, NewcomersAreFoundAndQuieted) {
    fake.add("i-1").script_duration = 10min;
    fake.add("i-2").launched = clock.now() + 5min;
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.instances, SizeIs(2));
    const auto orders = fake.sent(Purpose::act);
    ASSERT_THAT(orders, SizeIs(2));
    EXPECT_EQ(orders[1].instances, std::vector<InstanceId>{{"i-2"}}); // and nobody a second time
}

TEST_F(Reducer, AWorkerSeenAwakeAgainIsQuietedAgain) {
    fake.add("i-1").status = line("status", "done", "running", 2);
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && !send->spec.instances.empty())
            fake.hosts[0].status = line("status", "done", "quiet");
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

TEST_F(Reducer, AWorkerThatStaysAwakeEndsAsPartialAfterBoundedRounds) {
    fake.add("i-1").status = line("status", "done", "running", 2);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::awake);
    EXPECT_LE(fake.sent(Purpose::act).size(), 5U);
}

TEST_F(Reducer, AnInstanceWithoutAgentIsNamedAndNotAwaited) {
    fake.add("i-1");
    fake.add("i-2").agent = fleet::Agent::absent;
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::unreachable);
    EXPECT_LT(report.elapsed, 2min);
}

TEST_F(Reducer, AnInstanceWhoseAgentIsLostIsNotAwaitedForDays) {
    fake.add("i-1");
    fake.add("i-2").agent = fleet::Agent::lost;
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::unreachable);
    EXPECT_LT(report.elapsed, 2min);
}

TEST_F(Reducer, AnInstanceTerminatedDuringTheDrainIsNotAwaited) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 24h;
    clock.on_wait = [this, start = clock.now()](Instant now) {
        if (now - start > 5min) fake.hosts[1].ec2_state = fleet::Ec2State::terminating;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::gone);
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 10min);
}

TEST_F(Reducer, ACommandInFlightIsAdoptedAndNothingIsSent) {
    fake.add("i-1");
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(0));
}

TEST_F(Reducer, ConcurrentCommandsAreReportedAndBothAwaited) {
    fake.add("i-1");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send != nullptr && send->spec.purpose == Purpose::act)
            fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
        return std::nullopt;
    };
    const Report report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
    EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("(command theirs): both are awaited")));
    const auto both = [](const Effect& effect) {
        const auto* ask = std::get_if<PollProgress>(&effect);
        return ask != nullptr && ask->commands.size() == 2;
    };
    EXPECT_TRUE(std::ranges::any_of(fake.effects, both));
}

TEST_F(Reducer, ALostAnswerToSendCommandIsLookedUpNotRepeated) {
    fake.add("i-1");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose != Purpose::act) return std::nullopt;
        fake.in_flight = {{.id = {"sent-all-the-same"}, .environments = {"acme-workers"}}};
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "connection reset"});
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// Every answer is lost, and no list shows the command: then nobody knows.
TEST_F(Reducer, WhereEveryAnswerWasLostItIsNotKnownWhetherItWasSent) {
    fake.add("i-1");
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose != Purpose::act) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "connection reset"});
    };
    const auto lost = fake.run({.action = Action::quiet});
    EXPECT_TRUE(lost.may_have_sent);
    EXPECT_TRUE(lost.is_send_unknown);
    fake.override_answer = {};
    EXPECT_FALSE(fake.run({.action = Action::quiet}).is_send_unknown);
}

// SSM made the list before it showed the command, and the list arrived afterwards.
TEST_F(Reducer, AListThatTakesLongCountsFromItsRequest) {
    fake.add("i-1");
    std::optional<Instant> lost;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<FindInFlightCommands>(effect) && lost) {
            if (clock.now() >= *lost + 15s)
                fake.in_flight = {{.id = {"sent-all-the-same"}, .environments = {"acme-workers"}}};
            const auto answer = fake.answer_normally(effect);
            clock.wait(16s);
            return answer;
        }
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose != Purpose::act) return std::nullopt;
        lost = clock.now();
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "connection reset"});
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(Reducer, ALostSecondCommandIsAdoptedLikeAnyOther) {
    fake.add("i-1").status = line("status", "done", "running", 2);
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<CollectResults>(effect)) fake.in_flight.clear(); // it has ended
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.instances.empty()) return std::nullopt;
        fake.hosts[0].status = line("status", "done", "quiet");
        fake.in_flight = {{.id = {"sent-all-the-same"}, .instances = send->spec.instances}};
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "connection reset"});
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act),
                SizeIs(2)); // the first, and the one whose answer was lost
}

// The results of an earlier command are read for i-2 again and again, because i-1 keeps that
// command open.
TEST_F(Reducer, ACommandThatCannotBeSentIsNotTriedWithoutEnd) {
    fake.add("i-1").script_duration = 100h;
    auto& failing = fake.add("i-2");
    failing.end = InvocationEnd::failed;
    failing.output = "";
    const auto start = clock.now();
    clock.on_wait = [this, start](auto now) {
        if (now - start > 5min) fake.hosts[0].agent = fleet::Agent::lost;
    };
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.instances.empty()) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "503"});
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 2h}).verdict, Verdict::partial);
    EXPECT_LT(fake.sent(Purpose::act).size(), 140U); // in two hours: the pauses grow to a minute
}

TEST_F(Reducer, AtTheDeadlineBusyInstancesAreNamedAndLeftAlone) {
    fake.add("i-1");
    auto& slow = fake.add("i-2");
    slow.script_duration = 10h;
    slow.status = line("status", "done", "quiet", 3);
    const auto report = fake.run({.action = Action::quiet, .timeout = 1h});
    EXPECT_EQ(report.verdict, Verdict::timed_out);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::pending);
    ASSERT_THAT(result_of(report, "i-2").workers, SizeIs(1));
    EXPECT_EQ(result_of(report, "i-2").workers[0].busy, 3);
    EXPECT_LT(report.elapsed, 1h + 2min);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(Reducer, AnInterruptionEndsItAtOnceWithAReport) {
    fake.add("i-1").script_duration = 10h;
    clock.interrupt_at(clock.now() + 30min);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::interrupted);
    EXPECT_LT(report.elapsed, 31min);
}

TEST_F(Reducer, AnInterruptionDuringTheSendReportsThatItMayHaveBeenSent) {
    fake.add("i-1").script_duration = 10h;
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<SendCommand>(effect)) clock.interrupt_at(clock.now());
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::interrupted);
    EXPECT_TRUE(report.may_have_sent);
}

TEST_F(Reducer, UnansweredPollsAreRetried) {
    fake.add("i-1").script_duration = 30min;
    const Instant start = clock.now();
    fake.override_answer = [this, start](const Effect& effect) -> std::optional<Response> {
        const bool outage = clock.now() - start > 5min && clock.now() - start < 25min;
        if (outage && std::holds_alternative<PollProgress>(effect))
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "no route"});
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
}

TEST_F(Reducer, AVerificationThatCannotBeSentIsNoSuccess) {
    fake.add("i-1");
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::verify)
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "throttled"});
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 1h});
    EXPECT_EQ(report.verdict, Verdict::unavailable);
    EXPECT_EQ(report.why, "throttled");
    EXPECT_TRUE(report.may_have_sent);
}

// The answers to the first `late` verifications reach us an hour after SSM had them.
std::function<std::optional<Response>(const Effect&)>
answers_come_late(FakeFleet& fake, FakeClock& clock, int late) {
    return [&fake, &clock, late,
            sweeping = false](const Effect& effect) mutable -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect))
            sweeping = send->spec.purpose == Purpose::verify;
        if (!std::holds_alternative<CollectResults>(effect) || !sweeping || late == 0)
            return std::nullopt;
        --late;
        auto seen = fake.answer_normally(effect);
        clock.advance(1h);
        return seen;
    };
}

TEST_F(Reducer, AVerificationWithLateAnswersProvesNothing) {
    fake.add("i-1");
    fake.add("i-2").launched = clock.now() + 30min;
    fake.override_answer = answers_come_late(fake, clock, 1);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.instances, SizeIs(2));
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

// A wake leaves a busy worker alone. The report shows the state at the end.
TEST_F(Reducer, AWorkerTooBusyToWakeAndIdleAtTheEndIsReportedAsQuiet) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::failed;
    host.output = line("wake", "busy", "quiet", 3);
    host.status = line("status", "done", "quiet");
    const auto report = fake.run({.action = Action::wake});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::asleep);
    EXPECT_THAT(result_of(report, "i-1").note, HasSubstr("it still ran a job when the wake came"));
    host.status = line("status", "done", "quiet", 3);
    EXPECT_EQ(result_of(fake.run({.action = Action::wake}), "i-1").outcome, Outcome::busy);
}

// The monitor was suspended meanwhile: it verifies once after the deadline all the same.
TEST_F(Reducer, AVerificationThatExpiresBeyondTheDeadlineIsMadeOnceMore) {
    fake.add("i-1");
    fake.override_answer = answers_come_late(fake, clock, 1);
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 30min}).verdict, Verdict::done);
}

TEST_F(Reducer, VerificationsWithAlwaysLateAnswersAreNoSuccess) {
    fake.add("i-1");
    fake.override_answer = answers_come_late(fake, clock, 100);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(report.unverified,
                testing::Contains(
                    HasSubstr("what each worker does now (the latest answers are 3601 s old)")));
    EXPECT_LE(report.elapsed, 3h); // not until the deadline
}

TEST_F(Reducer, AnOutageIsAnImportantNoticeOnceAndSoIsItsEnd) {
    fake.add("i-1").script_duration = 30min;
    const Instant start = clock.now();
    fake.override_answer = [this, start](const Effect& effect) -> std::optional<Response> {
        const bool outage = clock.now() - start > 5min && clock.now() - start < 70min;
        if (outage && !std::holds_alternative<Sleep>(effect))
            return FakeFleet::fail(effect,
                                   {CallFailure::Kind::unavailable, "could not resolve host"});
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    std::vector<std::string> important;
    for (const auto& event : fake.events)
        if (const auto* noted = std::get_if<Notice>(&event); noted != nullptr && noted->important)
            important.push_back(noted->what);
    ASSERT_THAT(important, SizeIs(2));
    EXPECT_THAT(important[0], HasSubstr("has not answered for 6"));
    EXPECT_THAT(important[1], HasSubstr("answers again"));
}

TEST_F(Reducer, ADenialDuringTheDrainMayPass) {
    fake.add("i-1").script_duration = 30min;
    const Instant start = clock.now();
    fake.override_answer = [this, start](const Effect& effect) -> std::optional<Response> {
        const bool denied = clock.now() - start > 5min && clock.now() - start < 7min;
        if (denied && std::holds_alternative<PollProgress>(effect))
            return FakeFleet::fail(effect, {CallFailure::Kind::denied, "ExpiredToken"});
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
}

TEST_F(Reducer, ACallThatWasNeverGrantedEndsAtOnce) {
    fake.add("i-1").script_duration = 30min;
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<PollProgress>(effect))
            return FakeFleet::fail(effect, {CallFailure::Kind::denied, "AccessDenied"});
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::denied);
    EXPECT_LT(report.elapsed, 10s);
}

TEST_F(Reducer, ADenialThatDoesNotPassEndsAsDenied) {
    fake.add("i-1").script_duration = 30min;
    fake.override_answer = [this,
                            start = clock.now()](const Effect& effect) -> std::optional<Response> {
        const bool denied = clock.now() - start > 1min;
        if (denied && std::holds_alternative<PollProgress>(effect))
            return FakeFleet::fail(effect, {CallFailure::Kind::denied, "ExpiredToken"});
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::denied);
    EXPECT_TRUE(report.may_have_sent);
    EXPECT_LT(report.elapsed, 5min);
}

// A caller who may send the action's document may lack the right to the status document.
TEST_F(Reducer, ADeniedStatusDocumentEndsNoRunWhoseJobsGoOn) {
    fake.add("i-1").script_duration = 10s;
    fake.add("i-2").script_duration = 3h;
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::verify)
            return FakeFleet::fail(effect, {CallFailure::Kind::denied, "AccessDenied"});
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_GE(report.elapsed, 3h);
    EXPECT_EQ(report.verdict, Verdict::denied);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
    EXPECT_LT(fake.sent(Purpose::verify).size(), 100U);
}

TEST_F(Reducer, ACommandThatAwsForgetsIsSentAgainToUnfinishedInstances) {
    fake.add("i-1").script_duration = 1h;
    bool forgotten = false;
    clock.on_wait = [this, &forgotten, start = clock.now()](Instant now) {
        if (now - start < 10min || forgotten) return;
        forgotten = true;
        fake.forget_commands();
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    const auto orders = fake.sent(Purpose::act);
    ASSERT_THAT(orders, SizeIs(2));
    EXPECT_THAT(orders[1].instances, SizeIs(1));
}

TEST_F(Reducer, ANewCommandThatSsmDoesNotShowYetIsNotForgotten) {
    fake.add("i-1").script_duration = 5min;
    const Instant start = clock.now();
    fake.override_answer = [this, start](const Effect& effect) -> std::optional<Response> {
        if (clock.now() - start < 1min && std::holds_alternative<PollProgress>(effect))
            return Answered<PollProgress>{std::vector{CommandProgress{.known = false}}};
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(Reducer, ADrainBeyondTheDocumentsTimeoutGoesOn) {
    auto& host = fake.add("i-1");
    host.script_duration = 48h;
    host.end = InvocationEnd::timed_out;
    host.output = "";
    clock.on_wait = [this, start = clock.now()](Instant now) {
        if (now - start < 48h) return;
        fake.hosts[0].end = InvocationEnd::succeeded;
        fake.hosts[0].output = line("quiet", "done", "idle");
        fake.hosts[0].script_duration = 4h;
    };
    fake.override_answer = [this,
                            start = clock.now()](const Effect& effect) -> std::optional<Response> {
        if (clock.now() - start < 48h || !std::holds_alternative<CollectResults>(effect) ||
            fake.sent(Purpose::act).size() > 1)
            return std::nullopt;
        return answer_of(effect, {make_invocation_result({"i-1"}, InvocationEnd::timed_out,
                                                         "ExecutionTimedOut", "")});
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 72h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GE(report.elapsed, 52h);
}

TEST_F(Reducer, NewcomersAreQuietedWhileTheOthersStillDrain) {
    fake.add("i-1").script_duration = 10h;
    fake.add("i-2").launched = clock.now() + 5min;
    const Instant start = clock.now();
    std::optional<Instant> reported;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send != nullptr && send->spec.purpose == Purpose::act &&
            send->spec.instances == std::vector<InstanceId>{{"i-2"}})
            reported = clock.now();
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    ASSERT_TRUE(reported);
    EXPECT_LT(*reported - start, 10min);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

TEST_F(Reducer, ANewcomerIsAwaitedUntilItHasAnAgent) {
    fake.add("i-1");
    auto& young = fake.add("i-2");
    young.launched = clock.now();
    young.agent = fleet::Agent::absent;
    clock.on_wait = [this, start = clock.now()](Instant now) {
        if (now - start > 2min) fake.hosts[1].agent = fleet::Agent::online;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
}

TEST_F(Reducer, ALostAgentIsNamedAtOnceAndNotAwaitedForDays) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 47h;
    clock.on_wait = [this, start = clock.now()](Instant now) {
        if (now - start > 30min) fake.hosts[1].agent = fleet::Agent::lost;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::unreachable);
    EXPECT_LT(report.elapsed, 1h);
    EXPECT_THAT(fake.events,
                Contains(testing::VariantWith<Notice>(testing::Field(
                    &Notice::what, HasSubstr("i-2 (acme-workers): its SSM agent has lost")))));
}

TEST_F(Reducer, AnAgentThatComesBackInTimeIsAwaited) {
    fake.add("i-1").script_duration = 2h;
    clock.on_wait = [this, start = clock.now()](Instant now) {
        const auto passed = now - start;
        fake.hosts[0].agent =
            passed > 30min && passed < 36min ? fleet::Agent::lost : fleet::Agent::online;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
}

TEST_F(Reducer, ACommandInFlightForMoreEnvironmentsIsAdopted) {
    fake.add("i-1");
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-web", "acme-workers"}}};
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(0));
}

TEST_F(Reducer, ACommandInFlightForSomeIsNotSentToThem) {
    fake.add("i-1").script_duration = 1h;
    fake.add("i-2");
    fake.in_flight = {{.id = {"theirs"}, .instances = {{"i-1"}}}};
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    const auto orders = fake.sent(Purpose::act);
    ASSERT_THAT(orders, SizeIs(1));
    EXPECT_EQ(orders[0].instances, std::vector<InstanceId>{{"i-2"}});
}

TEST_F(Reducer, AnInstanceCancelledInAnAdoptedCommandGetsItAgain) {
    fake.add("i-1").script_duration = 1h;
    fake.add("i-2");
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        const auto* read = std::get_if<CollectResults>(&effect);
        if (read == nullptr || read->commands != std::vector<CommandId>{{"theirs"}})
            return std::nullopt;
        return answer_of(
            effect, {make_invocation_result({"i-1"}, InvocationEnd::pending, "InProgress", ""),
                     make_invocation_result({"i-2"}, InvocationEnd::cancelled, "Cancelled", "")});
    };
    fake.run({.action = Action::quiet});
    const auto sent = fake.sent(Purpose::act);
    ASSERT_THAT(sent, testing::Not(testing::IsEmpty()));
    EXPECT_EQ(sent[0].instances, std::vector<InstanceId>{{"i-2"}});
}

TEST_F(Reducer, ACancelOfTheLostCommandCancelsTheRun) {
    fake.add("i-1");
    lose_an_answer_and_list_a_cancelled_command(1s);
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::cancelled);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// Our clock is behind.
TEST_F(Reducer, ACancelOfAnotherCommandDoesNotEndTheRun) {
    fake.add("i-1");
    lose_an_answer_and_list_a_cancelled_command(50s);
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

TEST_F(Reducer, ANewcomerIsQuietedThoughTheCommandWasCancelledForAnother) {
    fake.add("i-1").script_duration = 1h;
    fake.add("i-2").script_duration = 10min;
    auto& newcomer = fake.add("i-3");
    newcomer.launched = clock.now() + 55min;
    newcomer.agent = fleet::Agent::absent;
    clock.on_wait = [this, start = clock.now()](Instant now) {
        if (now > start + 62min)
            fake.hosts[2].agent = fleet::Agent::online; // when all others have ended
    };
    fake.override_answer = [&,
                            start = clock.now()](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<CollectResults>(effect) || clock.now() < start + 1min)
            return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            for (auto& one : results.invocations)
                if (one.id.text == "i-2")
                    one = make_invocation_result(one.id, InvocationEnd::cancelled, "Cancelled", "");
        return response;
    };
    fake.run({.action = Action::quiet});
    const auto sent = fake.sent(Purpose::act);
    EXPECT_THAT(sent,
                Contains(testing::Field(&CommandSpec::instances, Contains(InstanceId{"i-3"}))));
}

TEST_F(Reducer, AnotherActionInFlightIsReportedAndNotAdopted) {
    fake.add("i-1").output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "running");
    fake.in_flight = {
        {.id = {"theirs"}, .action = Action::quiet, .environments = {"acme-workers"}}};
    const auto report = fake.run({.action = Action::wake});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("a quiet (command theirs) is still open here")));
    EXPECT_THAT(report.warnings, testing::ElementsAre(HasSubstr(
                                     "during this wake a quiet (command theirs) was open here")))
        << "it may have ended before the report";
}

TEST_F(Reducer, AnInstanceThatMissesOneVerificationIsVerifiedAgain) {
    fake.add("i-1");
    int reads = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<CollectResults>(effect) || ++reads != 2) return std::nullopt;
        return answer_of(
            effect, // the first verification's
            {make_invocation_result({"i-1"}, InvocationEnd::failed, "Failed", "fork: no memory")});
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::verify), SizeIs(3)); // the missed one, and two clean ones
}

TEST_F(Reducer, AnInstanceThatNeverAnswersVerificationsIsUnknown) {
    fake.add("i-1").status = "nonsense";
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::unknown);
}

TEST_F(Reducer, WorkersThatDoNotFitIntoTheLineAreNotTakenForQuiet) {
    auto& host = fake.add("i-1");
    host.status.replace(host.status.rfind('}'), 1, R"(,"more":3})");
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::unknown);
    EXPECT_EQ(report.verdict, Verdict::partial);
}

TEST_F(Reducer, WorkersThatDoNotFitIntoTheLineCountByTheirStates) {
    auto& host = fake.add("i-1");
    const std::string fits = host.status.substr(0, host.status.rfind('}'));
    host.status = fits + R"(,"more":30,"rest":{"idle":{"workers":30,"busy":0}}})";
    const auto quiet = fake.run({.action = Action::quiet});
    EXPECT_EQ(quiet.verdict, Verdict::done);
    EXPECT_THAT(result_of(quiet, "i-1").workers, SizeIs(31));

    host.status = fits + R"(,"more":30,"rest":{"quiet":{"workers":30,"busy":2}}})";
    EXPECT_EQ(result_of(fake.run({.action = Action::quiet}), "i-1").outcome, Outcome::busy);

    host.status =
        fits +
        R"(,"more":2,"rest":{"idle":{"workers":1,"busy":0},"running":{"workers":1,"busy":0}}})";
    const auto awake = fake.run({.action = Action::quiet});
    EXPECT_EQ(result_of(awake, "i-1").outcome, Outcome::awake);
    EXPECT_THAT(result_of(awake, "i-1").note,
                HasSubstr("did not fit into its line one is running"));
}

TEST_F(Reducer, InstancesThatDisappearAreReportedAsUnproven) {
    fake.add("i-1");
    int discoveries = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<DiscoverFleet>(effect) || ++discoveries == 1)
            return std::nullopt;
        return Answered<DiscoverFleet>{fleet::FleetSnapshot{
            .environments = fake.environments, .instances = std::nullopt, .unavailable = {}}};
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::partial);
}

TEST_F(Reducer, ANewEnvironmentIsReported) {
    fake.add("i-1");
    clock.on_wait = [this](Instant) {
        fake.environments = {{"acme-workers", "Ready"}, {"new-workers", "Ready"}};
    };
    EXPECT_THAT(fake.run({.action = Action::quiet}).warnings,
                Contains(HasSubstr("new-workers appeared during the run")));
}

TEST_F(Reducer, AnEnvironmentThatDisappearsIsReported) {
    fake.add("i-1");
    fake.environments.push_back({"old-workers", "Ready"});
    clock.on_wait = [this](Instant) { fake.environments = {{"acme-workers", "Ready"}}; };
    EXPECT_THAT(fake.run({.action = Action::quiet}).warnings,
                Contains(HasSubstr("old-workers is no longer listed")));
}

TEST_F(Reducer, AStackWithoutAStatusDocumentIsEnoughAndSaysSo) {
    fake.add("i-1");
    const auto report = fake.run({.action = Action::quiet, .has_status_document = false});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.unverified, Contains(HasSubstr("no status document")));
}

TEST_F(Reducer, AWokenWorkerThatTakesNoJobsIsNoSuccess) {
    auto& host = fake.add("i-1");
    host.output = line("wake", "done", "running");
    host.status = line("status", "done", "quiet");
    const auto report = fake.run({.action = Action::wake});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::asleep);
}

TEST_F(Reducer, AStoppedWorkerThatCameBackIsSeen) {
    auto& host = fake.add("i-1");
    host.output = line("stop", "done", "stopped");
    host.status = line("status", "done", "running", 1);
    EXPECT_EQ(result_of(fake.run({.action = Action::stop}), "i-1").outcome, Outcome::awake);
}

TEST_F(Reducer, ADeniedFirstDiscoveryEndsAsDenied) {
    fake.override_answer = [](const Effect& effect) {
        return FakeFleet::fail(effect, {CallFailure::Kind::denied, "AccessDenied"});
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::denied);
    EXPECT_EQ(report.why, "AccessDenied");
}

TEST_F(Reducer, ADeployInProgressIsAWarning) {
    fake.environments[0].status = "Updating";
    fake.add("i-1");
    EXPECT_THAT(fake.run({.action = Action::quiet}).warnings,
                Contains(HasSubstr("acme-workers is Updating")));
}

} // namespace

} // namespace reducer_test
