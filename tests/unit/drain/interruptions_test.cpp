// Histories in which one answer is refused, cancelled, late or old, and the run has to go on.
#include "src/drain/machine/transitions.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interruptions_test {

namespace {

using namespace test;

class Interruptions : public testing::Test {
protected:
    template <class EffectType>
    void before_each(std::function<std::optional<Response>(const Effect&)> answer) {
        fake.override_answer = [answer](const Effect& effect) -> std::optional<Response> {
            return std::holds_alternative<EffectType>(effect) ? answer(effect) : std::nullopt;
        };
    }
    // Whether these are commands of the status document.
    bool contains_verify(const std::vector<CommandId>& asked) const {
        int n = 0;
        for (const auto& effect : fake.effects)
            if (const auto* send = std::get_if<SendCommand>(&effect)) {
                ++n;
                if (send->spec.purpose == Purpose::verify &&
                    asked.front().text == fmt::format("command-{}", n))
                    return true;
            }
        return false;
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
};

// Each command helped, so that its tries are not used up.
TEST_F(Interruptions, EachOfManyDeploysIsFollowedUp) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 40h;
    int deploys = 0;
    std::vector<snow_white::Duration> again;
    clock.on_wait = [&](Instant now) {
        const auto hours = (now - begun) / 3h;
        if (hours > deploys && deploys < 8) {
            ++deploys;
            fake.hosts[0].status = line("status", "done", "running", 1);
        }
    };
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        const auto& spec = std::get<SendCommand>(effect).spec;
        if (spec.purpose == Purpose::act && !spec.instances.empty()) {
            fake.hosts[0].status = line("status", "done", "quiet");
            again.push_back(clock.now() - begun);
        }
        return std::nullopt;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 48h});
    EXPECT_EQ(again.size(), 8U);
    EXPECT_EQ(report.verdict, Verdict::done);
}

// Somebody had cancelled it on i-1, or its turn never came.
TEST_F(Interruptions, WhomAFoundCommandLeftOutIsCommandedThoughItsListLags) {
    for (const auto end : {InvocationEnd::cancelled, InvocationEnd::not_begun}) {
        FakeFleet fleet{clock};
        const auto start = clock.now();
        fleet.add("i-1").status = line("status", "done", "running", 2);
        fleet.add("i-2").script_duration = 1h;
        fleet.add("i-3").script_duration = 1h;
        fleet.in_flight = {{.id = {"theirs"},
                            .environments = {"acme-workers"},
                            .requested = start - 1h,
                            .progress = {.targeted = 3, .completed = 1}}};
        fleet.override_answer = [&](const Effect& effect) -> std::optional<Response> {
            if (const auto* send = std::get_if<SendCommand>(&effect);
                send && send->spec.purpose == Purpose::act)
                fleet.hosts[0].status = line("status", "done", "quiet");
            if (!std::holds_alternative<CollectResults>(effect)) return std::nullopt;
            auto response = fleet.answer_normally(effect);
            for (auto& results : *std::get<Answered<CollectResults>>(response).answer) {
                if (results.id.text != "theirs") continue;
                for (auto& one : results.invocations)
                    if (one.id.text == "i-1")
                        one = make_invocation_result(
                            one.id, end,
                            end == InvocationEnd::cancelled ? "Cancelled" : "Terminated", "");
                if (clock.now() < start + 30s)
                    std::erase_if(results.invocations,
                                  [](const auto& it) { return it.id.text == "i-3"; });
            }
            return response;
        };
        const auto report = fleet.run({.action = Action::quiet, .timeout = 6h});
        EXPECT_EQ(report.verdict, Verdict::done);
        EXPECT_LT(report.elapsed, 3h);
    }
}

// SSM counts a target that it never lists.
TEST_F(Interruptions, WhomAFoundCommandLeftOutIsCommandedThoughATargetIsNeverListed) {
    fake.add("i-1").status = line("status", "done", "running", 2);
    fake.add("i-2").script_duration = 1h;
    fake.in_flight = {{.id = {"theirs"},
                       .environments = {"acme-workers"},
                       .requested = begun - 1h,
                       .progress = {.targeted = 3, .completed = 1}}};
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send && send->spec.purpose == Purpose::act)
            fake.hosts[0].status = line("status", "done", "quiet");
        if (!std::holds_alternative<CollectResults>(effect)) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            if (results.id.text == "theirs")
                for (auto& one : results.invocations)
                    if (one.id.text == "i-1")
                        one = make_invocation_result(one.id, InvocationEnd::cancelled, "Cancelled",
                                                     "");
        return response;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 3h);
}

// The results cannot be read for two minutes.
TEST_F(Interruptions, WhomAFoundCommandLeftOutIsCommandedThoughItIsReadLate) {
    fake.add("i-1").status = line("status", "done", "running", 2);
    fake.add("i-2").script_duration = 1h;
    fake.in_flight = {{.id = {"theirs"},
                       .environments = {"acme-workers"},
                       .requested = begun - 1h,
                       .progress = {.targeted = 2, .completed = 1}}};
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send && send->spec.purpose == Purpose::act)
            fake.hosts[0].status = line("status", "done", "quiet");
        if (!std::holds_alternative<CollectResults>(effect)) return std::nullopt;
        if (clock.now() < begun + 2min)
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "HTTP 503"});
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            if (results.id.text == "theirs")
                for (auto& one : results.invocations)
                    if (one.id.text == "i-1")
                        one = make_invocation_result(one.id, InvocationEnd::cancelled, "Cancelled",
                                                     "");
        return response;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
}

// The same.
TEST_F(Interruptions, WhomAFoundCommandLeftOutIsCommandedThoughItsResultsAreRefusedOnce) {
    fake.add("i-1").status = line("status", "done", "running", 2);
    fake.add("i-2").script_duration = 1h;
    fake.in_flight = {{.id = {"theirs"},
                       .environments = {"acme-workers"},
                       .requested = begun - 1h,
                       .progress = {.targeted = 2, .completed = 1}}};
    int reads = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send && send->spec.purpose == Purpose::act)
            fake.hosts[0].status = line("status", "done", "quiet");
        if (!std::holds_alternative<CollectResults>(effect)) return std::nullopt;
        if (++reads == 1)
            return FakeFleet::fail(effect, {CallFailure::Kind::refused, "InvalidNextToken"});
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            if (results.id.text == "theirs")
                for (auto& one : results.invocations)
                    if (one.id.text == "i-1")
                        one = make_invocation_result(one.id, InvocationEnd::cancelled, "Cancelled",
                                                     "");
        return response;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
}

// Its agent answers before its Sidekiq is there.
TEST_F(Interruptions, ANewcomerWhoseWorkerStartsLaterIsQuieted) {
    const std::string none =
        R"({"snow_white":1,"action":"quiet","outcome":"no-worker","note":"no Sidekiq","workers":[]})";
    const std::string none_status =
        R"({"snow_white":1,"action":"status","outcome":"no-worker","note":"no Sidekiq","workers":[]})";
    fake.add("i-1").script_duration = 30min;
    auto& young = fake.add("i-2");
    young.launched = begun + 28min;
    young.output = none;
    young.end = InvocationEnd::failed;
    young.status = none_status;
    bool commanded = false;
    clock.on_wait = [&](Instant now) {
        if (now > begun + 32min && !commanded)
            fake.hosts[1].status = line("status", "done", "running", 1);
    };
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        const auto& spec = std::get<SendCommand>(effect).spec;
        if (spec.purpose == Purpose::act && clock.now() > begun + 32min) {
            commanded = true;
            fake.hosts[1].end = InvocationEnd::succeeded;
            fake.hosts[1].output = line("quiet", "done", "idle");
            fake.hosts[1].status = line("status", "done", "quiet");
        }
        return std::nullopt;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
}

// Not denied: a 404 without a code.
TEST_F(Interruptions, ARefusedDiscoveryDoesNotGoRound) {
    fake.add("i-1").script_duration = 2h;
    fake.hosts[0].status = line("status", "done", "quiet", 1);
    fake.add("i-2");
    before_each<DiscoverFleet>([&](const Effect& effect) -> std::optional<Response> {
        if (clock.now() < begun + 1min || clock.now() > begun + 40min) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::refused, "HTTP 404"});
    });
    clock.on_wait = [&](Instant now) {
        if (now > begun + 2h) fake.hosts[0].status = line("status", "done", "quiet");
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(fake.sent(Purpose::verify).size(), 60U);
}

// Somebody quieted the workers between the two wakes.
TEST_F(Interruptions, AWakeThatWasLostIsNotReplacedByAnOlderOne) {
    fake.add("i-1").output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "idle"); // quieted since by another operator
    bool lost = false;
    int sends = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send && send->spec.purpose == Purpose::act) {
            if (++sends == 1) {
                lost = true;
                return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
            }
            fake.hosts[0].status = line("status", "done", "running");
        }
        if (std::holds_alternative<FindInFlightCommands>(effect)) {
            const auto since = std::get<FindInFlightCommands>(effect).sent_since;
            fake.in_flight.clear();
            if (since && *since < begun - 40s)
                fake.in_flight = {{.id = {"older-wake"},
                                   .action = Action::wake,
                                   .environments = {"acme-workers"},
                                   .stage = InFlightCommand::Stage::over,
                                   .requested = begun - 40s,
                                   .progress = {.targeted = 1, .completed = 1, .over = true}}};
        }
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::wake, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
}

// A laptop that sleeps between two pages has an old token.
TEST_F(Interruptions, ResultsOfARecheckThatAreRefusedOnceEndNothing) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 5h;
    int refused = 0;
    before_each<CollectResults>([&](const Effect& effect) -> std::optional<Response> {
        const auto& asked = std::get<CollectResults>(effect).commands;
        if (!contains_verify(asked) || refused++ > 0) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::refused, "InvalidNextToken"});
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GT(report.elapsed, 4h);
}

// The same.
TEST_F(Interruptions, TheCountOfARecheckThatIsRefusedOnceEndsNothing) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 5h;
    int refused = 0;
    before_each<PollProgress>([&](const Effect& effect) -> std::optional<Response> {
        const auto& asked = std::get<PollProgress>(effect).commands;
        if (!contains_verify(asked) || refused++ > 0) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::refused, "HTTP 404"});
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GT(report.elapsed, 4h);
}

// While Redis is read for the report.
TEST_F(Interruptions, ALaptopThatSleepsAfterTheBarrierProvesNothing) {
    fake.add("i-1");
    bool once = false;
    int verified = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* await = std::get_if<AwaitBarrier>(&effect)) {
            if (await->point == BarrierPoint::verified) ++verified;
            clock.advance(10s); // the other region is a little later
            return Answered<AwaitBarrier>{AwaitBarrier::Answer::released};
        }
        if (std::holds_alternative<ReadSidekiq>(effect) && verified > 0 &&
            !std::exchange(once, true)) {
            clock.advance(8h);
            fake.hosts[0].status = line("status", "done", "running", 3);
        }
        return std::nullopt;
    };
    const auto report = fake.run(
        {.action = Action::quiet, .timeout = 12h, .reads_sidekiq = true, .multi_region = true});
    EXPECT_TRUE(once);
    EXPECT_NE(report.verdict, Verdict::done);
}

// SSM does not get its pings, and it takes commands.
TEST_F(Interruptions, AnAgentThatIsCalledLostAndAnswersIsNotUnreachable) {
    fake.add("i-1").script_duration = 2h;
    fake.add("i-2");
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (clock.now() < begun + 1min) return std::nullopt;
        if (std::holds_alternative<PollFleetChanges>(effect)) {
            auto response = fake.answer_normally(effect);
            std::get<Answered<PollFleetChanges>>(response).answer->silent = {{"i-1"}};
            return response;
        }
        if (!std::holds_alternative<DiscoverFleet>(effect)) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& one : *std::get<Answered<DiscoverFleet>>(response).answer->instances)
            if (one.id.text == "i-1") one.agent = fleet::Agent::lost;
        return response;
    };
    fake.hosts[0].status = line("status", "done", "quiet", 2);
    clock.on_wait = [&](Instant now) {
        if (now > begun + 2h) fake.hosts[0].status = line("status", "done", "quiet");
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::done);
}

// As where a page token is too old: AWS has denied nothing.
class RefusedOnce : public Interruptions {
protected:
    // The first call for which it holds.
    void refuse_once(std::function<bool(const Effect&)> is_meant) {
        fake.override_answer = [this, is_meant](const Effect& effect) -> std::optional<Response> {
            if (refused || !is_meant(effect)) return std::nullopt;
            refused = true;
            return FakeFleet::fail(effect, {CallFailure::Kind::refused, "InvalidNextToken"});
        };
    }
    void expect_done() {
        const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
        EXPECT_TRUE(refused);
        EXPECT_EQ(report.verdict, Verdict::done) << report.why;
        EXPECT_THAT(fake.notices(), testing::Not(testing::Contains(testing::HasSubstr("AWS"))))
            << "it is shorter than people need to know";
    }
    bool refused = false;
};

// Before, a monitor that was started again sent the command a second time, at once.
TEST_F(RefusedOnce, TheListOfCommandsInFlight) {
    fake.add("i-1");
    fake.in_flight = {{.id = {"before"},
                       .environments = {"acme-workers"},
                       .requested = begun - 1min,
                       .progress = {.targeted = 1}}};
    refuse_once(
        [](const Effect& effect) { return std::holds_alternative<FindInFlightCommands>(effect); });
    expect_done();
    EXPECT_THAT(fake.sent(Purpose::act), testing::IsEmpty());
}

// An AWS that cannot list commands.
TEST_F(Interruptions, AListOfCommandsThatIsAlwaysRefusedKeepsNothingFromBeingSent) {
    fake.add("i-1");
    before_each<FindInFlightCommands>([](const Effect& effect) {
        return FakeFleet::fail(effect, {CallFailure::Kind::refused, "no such filter"});
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 2min);
    EXPECT_EQ(fake.sent(Purpose::act).size(), 1U);
}

TEST_F(RefusedOnce, TheCountsOfTheAction) {
    fake.add("i-1").script_duration = 1h;
    refuse_once([&](const Effect& effect) {
        return std::holds_alternative<PollProgress>(effect) && clock.now() > begun + 10min;
    });
    expect_done();
}

TEST_F(RefusedOnce, TheLastResultsOfTheAction) {
    fake.add("i-1").script_duration = 1h;
    refuse_once([&](const Effect& effect) {
        return std::holds_alternative<CollectResults>(effect) && clock.now() > begun + 1h;
    });
    expect_done();
}

// No call of its kind was answered before.
TEST_F(RefusedOnce, TheFirstCountOfTheAction) {
    fake.add("i-1").script_duration = 1h;
    refuse_once([](const Effect& effect) { return std::holds_alternative<PollProgress>(effect); });
    expect_done();
}

TEST_F(RefusedOnce, TheFirstResultsOfTheAction) {
    fake.add("i-1");
    refuse_once(
        [](const Effect& effect) { return std::holds_alternative<CollectResults>(effect); });
    expect_done();
}

TEST_F(RefusedOnce, TheLastVerification) {
    fake.add("i-1");
    refuse_once([&](const Effect& effect) {
        const auto* read = std::get_if<CollectResults>(&effect);
        return read != nullptr && contains_verify(read->commands);
    });
    expect_done();
}

TEST_F(RefusedOnce, TheFirstStatusCommand) {
    fake.add("i-1");
    refuse_once([&](const Effect& effect) {
        const auto* send = std::get_if<SendCommand>(&effect);
        return send != nullptr && send->spec.purpose == Purpose::verify;
    });
    expect_done();
}

// SSM counts a target that it never lists: that is not somebody whom EC2 has launched since.
TEST_F(Interruptions, ANewcomerIsCommandedThoughATargetIsNeverListed) {
    fake.add("i-1").script_duration = 30min;
    fake.add("i-2").launched = begun + 90s;
    std::optional<snow_white::Duration> commanded;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send != nullptr && contains(send->spec.instances, InstanceId{"i-2"}) && !commanded)
            commanded = clock.now() - begun;
        if (!std::holds_alternative<PollProgress>(effect)) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& one : *std::get<Answered<PollProgress>>(response).answer)
            if (!one.over) ++one.targeted;
        return response;
    };
    fake.run({.action = Action::quiet, .timeout = 6h});
    ASSERT_TRUE(commanded);
    EXPECT_LT(*commanded, 5min);
}

// One of several regions awaits the others with what it could not ask.
TEST_F(Interruptions, ARegionWhoseVerificationIsRefusedAwaitsTheOthers) {
    fake.add("i-1");
    bool others_are_ready = false;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* await = std::get_if<AwaitBarrier>(&effect)) {
            if (await->point == BarrierPoint::ready || std::exchange(others_are_ready, true))
                return std::nullopt;
            clock.advance(3h);
            fake.hosts[0].status = line("status", "done", "running", 2);
            return Answered<AwaitBarrier>{AwaitBarrier::Answer::not_yet};
        }
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose == Purpose::act) return std::nullopt;
        if (clock.now() > begun + 3h) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::refused, "HTTP 404"});
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h, .multi_region = true});
    EXPECT_TRUE(others_are_ready);
    EXPECT_GT(report.elapsed, 3h);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::awake) << "as it is in the end";
}

// Its workers are quiet all the same, and two hours later it answers nothing more.
TEST_F(Interruptions, AScriptThatDiedTwiceIsNotSentAThirdTime) {
    fake.add("i-1").end = InvocationEnd::failed;
    fake.hosts[0].output = "";
    fake.add("i-2").script_duration = 5h;
    clock.on_wait = [&](Instant now) {
        if (now > begun + 2h) fake.hosts[0].status = "";
    };
    fake.run({.action = Action::quiet, .timeout = 6h});
    const auto sent = fake.sent(Purpose::act);
    EXPECT_EQ(std::ranges::count_if(sent,
                                    [](const auto& spec) {
                                        return spec.instances.empty() ||
                                               contains(spec.instances, InstanceId{"i-1"});
                                    }),
              2);
}

} // namespace

} // namespace interruptions_test
