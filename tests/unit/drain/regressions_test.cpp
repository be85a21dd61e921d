// Histories in which the drain once reported something untrue, or left an instance out; each stands
// for a kind of fault. The letters are those of the review of the drain (A false success, B
// instances left out, C wrong messages).
#include "src/drain/machine/transitions.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regressions_test {

namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

class Regression : public testing::Test {
protected:
    Response without(const std::string& id, const Effect& effect) {
        auto response = fake.answer_normally(effect);
        auto& instances = *std::get<Answered<DiscoverFleet>>(response).answer->instances;
        std::erase_if(instances, [&](const auto& one) { return one.id.text == id; });
        return response;
    }
    template <class EffectType>
    void before_each(std::function<std::optional<Response>(const Effect&)> answer) {
        fake.override_answer = [answer](const Effect& effect) -> std::optional<Response> {
            return std::holds_alternative<EffectType>(effect) ? answer(effect) : std::nullopt;
        };
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
};

// A1
TEST_F(Regression, AnUnlistedInstanceThatTakesJobsIsNoSuccess) {
    fake.add("i-1");
    fake.add("i-9").status = line("status", "done", "running", 3);
    before_each<DiscoverFleet>([this](const Effect& effect) { return without("i-9", effect); });
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-9").outcome, Outcome::awake);
    EXPECT_LT(report.elapsed, 30min);
    EXPECT_THAT(
        fake.sent(Purpose::act),
        Contains(testing::Field(&CommandSpec::instances, testing::ElementsAre(InstanceId{"i-9"}))));
}

// A1, in the verification at the deadline
TEST_F(Regression, AtTheDeadlineAnUnlistedInstanceCountsToo) {
    fake.add("i-1").script_duration = 59min;
    fake.add("i-9").status = line("status", "done", "running", 3);
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<DiscoverFleet>(effect)) return without("i-9", effect);
        if (std::holds_alternative<PollFleetChanges>(effect))
            return Answered<PollFleetChanges>{fleet::Changes{}};
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 59min + 1s});
    EXPECT_NE(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-9").outcome, Outcome::awake);
}

// A2
TEST_F(Regression, OneListThatLacksAnInstanceDoesNotMakeItGone) {
    fake.add("i-1");
    fake.add("i-2").status = line("status", "done", "running", 3);
    int discoveries = 0;
    before_each<DiscoverFleet>([&](const Effect& effect) -> std::optional<Response> {
        if (++discoveries == 2) return without("i-2", effect);
        return std::nullopt;
    });
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::awake);
}

TEST_F(Regression, AnUnlistedInstanceWithALostAgentIsNotGone) {
    fake.add("i-1").script_duration = 10min;
    fake.add("i-2").script_duration = 10h;
    fake.override_answer = [&,
                            start = clock.now()](const Effect& effect) -> std::optional<Response> {
        if (clock.now() < start + 5min) return std::nullopt;
        fake.hosts[1].agent = fleet::Agent::lost; // no command ends there any more
        if (!std::holds_alternative<DiscoverFleet>(effect)) return std::nullopt;
        return without("i-2", effect);
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_NE(result_of(report, "i-2").outcome, Outcome::gone);
}

TEST_F(Regression, AnInstanceIsGoneWhenEc2SaysSoTwiceAMinuteApart) {
    fake.add("i-1").script_duration = 10min;
    fake.add("i-2").script_duration = 10h;
    fake.override_answer = [&,
                            start = clock.now()](const Effect& effect) -> std::optional<Response> {
        if (clock.now() < start + 5min) return std::nullopt;
        fake.hosts[1].agent = fleet::Agent::lost; // no command ends there any more
        if (!std::holds_alternative<DiscoverFleet>(effect)) return std::nullopt;
        auto response = without("i-2", effect);
        std::get<Answered<DiscoverFleet>>(response).answer->unknown_to_ec2 = {{"i-2"}};
        return response;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::gone);
}

// A3
TEST_F(Regression, ARegionWithoutAStatusDocumentAwaitsTheOthersAndDiscoversAgain) {
    fake.add("i-1");
    int waits = 0;
    before_each<AwaitBarrier>([&](const Effect&) -> std::optional<Response> {
        if (++waits == 1) {
            clock.advance(74min);
            fake.add("i-2").launched = clock.now();
            return Answered<AwaitBarrier>{AwaitBarrier::Answer::not_yet};
        }
        return std::nullopt;
    });
    const auto report =
        fake.run({.action = Action::quiet, .has_status_document = false, .multi_region = true});
    EXPECT_EQ(report.verdict, Verdict::partial); // a result of hours ago proves nothing now
    EXPECT_THAT(report.instances, SizeIs(2));
    EXPECT_THAT(report.unverified, Contains(HasSubstr("no status document")));
    EXPECT_EQ(waits, 3); // ready, ready once more, and with its final state
}

// A4
TEST_F(Regression, AWorkerBetweenTwoStartsIsAwaitedAndQuieted) {
    fake.add("i-1").status =
        R"({"snow_white":1,"outcome":"no-worker","note":"no Sidekiq","workers":[]})";
    clock.on_wait = [this](Instant now) {
        if (now > begun + 40s && fake.sent(Purpose::act).size() == 1)
            fake.hosts[0].status = line("status", "done", "running", 2);
    };
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send && send->spec.purpose == Purpose::act && !send->spec.instances.empty())
            fake.hosts[0].status = line("status", "done", "idle");
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

TEST_F(Regression, FewerWorkersThanBeforeIsVerifiedAgain) {
    const std::string two =
        R"({"snow_white":1,"action":"quiet","outcome":"done","note":"","workers":[)"
        R"({"pid":1,"unit":"a","version":"7","busy":0,"of":5,"state":"idle"},)"
        R"({"pid":2,"unit":"b","version":"7","busy":0,"of":5,"state":"idle"}]})";
    fake.add("i-1").output = two;
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done); // it stays so
    EXPECT_GT(report.elapsed, missing_worker_patience);
    EXPECT_THAT(report.warnings, Contains(HasSubstr("it reports 1 worker, and reported 2 before")));
}

// A5
TEST_F(Regression, AClockThatIsSetBackDoesNotMakeAnOldAnswerNew) {
    fake.add("i-1");
    bool once = false;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<CollectResults>(effect) || fake.sent(Purpose::verify).empty() ||
            once)
            return std::nullopt;
        once = true;
        auto response = fake.answer_normally(effect);
        clock.advance(4min + 30s);
        clock.set_wall_ahead(-4min);
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_GE(fake.sent(Purpose::verify).size(), 2U); // the late one proved nothing
}

TEST_F(Regression, AClockThatIsSetByMinutesEndsNothingEarly) {
    for (const auto ahead : {-10min, 10min}) {
        FakeFleet fleet{clock};
        fleet.add("i-1").script_duration = 30min;
        const auto start = clock.elapsed();
        clock.on_wait = [this, ahead, start](Instant) {
            if (clock.elapsed() - start > 5min) clock.set_wall_ahead(ahead);
        };
        const auto report = fleet.run({.action = Action::quiet, .timeout = 35min});
        EXPECT_EQ(report.verdict, Verdict::done);
        EXPECT_LT(report.elapsed, 32min);
    }
}

TEST_F(Regression, ALaptopThatSleepsBetweenVerificationAndReportVerifiesAgain) {
    fake.add("i-1");
    bool once = false;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<CollectResults>(effect) || fake.sent(Purpose::verify).empty() ||
            once)
            return std::nullopt;
        once = true;
        auto response = fake.answer_normally(effect);
        clock.advance(8h);
        fake.hosts[0].status = line("status", "done", "running", 1);
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::partial);
}

TEST_F(Regression, ALaptopThatSleepsBeforeTheSendListsCommandsAgain) {
    fake.add("i-1");
    fake.override_answer = [&,
                            once = false](const Effect& effect) mutable -> std::optional<Response> {
        if (!std::holds_alternative<FindInFlightCommands>(effect) || std::exchange(once, true))
            return std::nullopt;
        auto response = fake.answer_normally(effect);
        clock.advance(8h);
        fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
        return response;
    };
    fake.run({.action = Action::quiet});
    EXPECT_THAT(fake.sent(Purpose::act), testing::IsEmpty());
}

// It sleeps past the deadline while the fleet or the commands are listed. Before, the action was
// sent hours after it.
TEST_F(Regression, NothingIsSentAfterTheDeadline) {
    fake.add("i-1");
    const auto suspend_after = [this]<class EffectType>() {
        fake.override_answer =
            [this, once = false](const Effect& effect) mutable -> std::optional<Response> {
            if (!std::holds_alternative<EffectType>(effect) || std::exchange(once, true))
                return std::nullopt;
            auto response = fake.answer_normally(effect);
            clock.advance(8h);
            return response;
        };
        const auto report = fake.run({.action = Action::quiet, .timeout = 1h});
        EXPECT_EQ(report.verdict, Verdict::timed_out);
        EXPECT_FALSE(report.may_have_sent);
        EXPECT_THAT(fake.sent(Purpose::act), testing::IsEmpty());
    };
    suspend_after.operator()<DiscoverFleet>();
    suspend_after.operator()<FindInFlightCommands>();
}

// Before, it asked by id everybody whom it knew, also those that EC2 had terminated meanwhile: in a
// large fleet hundreds of calls, for minutes, before newcomers got the command.
TEST_F(Regression, AMonitorThatWasSuspendedAsksForTheFleetFirst) {
    fake.add("i-1");
    fake.add("i-2");
    fake.add("i-3").script_duration = 3h;
    clock.on_wait = [this, slept = false](Instant now) mutable {
        if (now < begun + 5min || std::exchange(slept, true)) return;
        clock.advance(40min);
        fake.hosts[0].ec2_state = fleet::Ec2State::terminating;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 6h}).verdict, Verdict::done);
    for (const auto& spec : fake.sent(Purpose::verify))
        EXPECT_THAT(spec.instances, testing::Not(Contains(InstanceId{"i-1"})));
}

TEST_F(Regression, ANewcomerGetsNoCommandAfterTheDeadline) {
    fake.add("i-1").script_duration = 30min;
    fake.add("i-2").launched = begun + 5min;
    fake.hosts[1].status = line("status", "done", "running", 1);
    fake.override_answer = [&, looks = 0](const Effect& effect) mutable -> std::optional<Response> {
        const bool is_look = std::holds_alternative<FindInFlightCommands>(effect);
        if (!is_look || clock.now() < begun + 5min || looks++ > 0) return std::nullopt;
        clock.advance(8h);
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 1h}).verdict, Verdict::timed_out);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// A6
TEST_F(Regression, SuccessWithoutALineDoesNotCountWhenOthersHaveOne) {
    fake.add("i-1");
    fake.add("i-2").output = "a long output, cut off before its last line";
    fake.hosts[1].status = "the same";
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::unknown);
}

// B1
TEST_F(Regression, OneIdThatSsmRefusesCostsOnlyItself) {
    fake.add("i-1");
    fake.add("i-2");
    fake.add("i-3").launched = clock.now() + 3min;
    fake.add("i-4").launched = clock.now() + 3min;
    fake.hosts[1].script_duration = 1h;
    fake.hosts[3].status = line("status", "done", "running", 1);
    std::optional<Instant> refused;
    std::optional<Instant> reported;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send && send->spec.instances == std::vector<InstanceId>{{"i-3"}} && !reported)
            reported = clock.now();
        if (send && std::ranges::find(send->spec.instances, InstanceId{"i-4"}) !=
                        send->spec.instances.end()) {
            if (!refused) refused = clock.now();
            return FakeFleet::fail(effect,
                                   {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
        }
        return std::nullopt;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::partial);
    ASSERT_TRUE(refused && reported);
    EXPECT_LT(*reported - *refused, 30s);
    EXPECT_EQ(result_of(report, "i-3").outcome, Outcome::done);
    EXPECT_EQ(result_of(report, "i-4").outcome, Outcome::failed);
}

TEST_F(Regression, AnInstanceWithoutAgentIsNotAddressedById) {
    fake.add("i-1");
    fake.add("i-2");
    fake.add("i-3").agent = fleet::Agent::absent;
    fake.in_flight = {{.id = {"ours-of-before"}, .environments = {}, .instances = {{"i-1"}}}};
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
    const auto specs = fake.sent(Purpose::act);
    ASSERT_THAT(specs, SizeIs(1));
    EXPECT_THAT(specs[0].instances, testing::ElementsAre(InstanceId{"i-2"}));
}

// B2
TEST_F(Regression, ASendCommandThatFailsForSecondsIsRetried) {
    for (const auto kind : {CallFailure::Kind::lost, CallFailure::Kind::unavailable}) {
        FakeFleet fleet{clock};
        fleet.add("i-1");
        fleet.override_answer =
            [&, start = clock.now()](const Effect& effect) -> std::optional<Response> {
            const bool fails =
                std::holds_alternative<SendCommand>(effect) && clock.now() < start + 40s;
            return fails ? FakeFleet::fail(effect, {kind, "HTTP 503"}) : std::nullopt;
        };
        EXPECT_EQ(fleet.run({.action = Action::quiet}).verdict, Verdict::done);
    }
}

// B3
TEST_F(Regression, ACommandThatSsmListsLateIsNotSentTwice) {
    fake.add("i-1");
    std::optional<Instant> lost;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send && send->spec.purpose == Purpose::act && !lost) {
            lost = clock.now();
            return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
        }
        if (std::holds_alternative<FindInFlightCommands>(effect) && lost &&
            clock.now() > *lost + 8s)
            fake.in_flight = {
                {.id = {"sent-all-the-same"}, .environments = {"acme-workers"}, .instances = {}}};
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// Seed 310021175. A wake is not repeated on an instance that may have got one: it was not sent
// again either, as long as another command was open.
TEST_F(Regression, AWakeWhoseSendIsLostIsSentWhileAnotherCommandIsOpen) {
    fake.add("i-1").script_duration = 5h;
    fake.add("i-2");
    fake.in_flight = {
        {.id = {"theirs"}, .action = Action::wake, .environments = {}, .instances = {{"i-1"}}}};
    std::optional<Instant> lost;
    std::optional<Instant> sent;
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        if (std::get<SendCommand>(effect).spec.purpose != Purpose::act) return std::nullopt;
        if (lost) {
            sent = sent.value_or(clock.now());
            return std::nullopt;
        }
        lost = clock.now();
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
    });
    fake.run({.action = Action::wake});
    ASSERT_TRUE(lost && sent);
    EXPECT_LT(*sent - *lost, 2min);
}

// Seed 740004756: it is unclear what an instance does, then it takes jobs again, and the answer to
// the SendCommand that puts it to sleep again is lost. It was repeated 30 min later, after the next
// look at the instances that have finished.
TEST_F(Regression, ASecondCommandWhoseAnswerIsLostIsRepeatedAtOnce) {
    fake.add("i-1").script_duration = 5h;
    fake.add("i-2").status = line("status", "done", "booting");
    std::optional<Instant> lost;
    std::optional<Instant> sent;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (clock.now() > begun + 32min) fake.hosts[1].status = line("status", "done", "running");
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose != Purpose::act || send->spec.instances.empty())
            return std::nullopt;
        if (lost) {
            sent = sent.value_or(clock.now());
            return std::nullopt;
        }
        lost = clock.now();
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
    };
    fake.run({.action = Action::quiet, .timeout = 4h});
    ASSERT_TRUE(lost && sent);
    EXPECT_LT(*sent - *lost, 2min);
}

// More instances than one command may name take jobs again, and the answer to the second part of
// the command is lost: what was seen of its instances stays.
TEST_F(Regression, ALostPartOfASecondCommandIsRepeatedAtOnce) {
    fake.add("i-1").script_duration = 5h;
    for (int i = 2; i <= 61; ++i)
        fake.add(fmt::format("i-{}", i)).status = line("status", "done", "booting");
    int sends = 0;
    std::optional<Instant> lost;
    std::optional<Instant> sent;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (sends == 0 && clock.now() > begun + 32min)
            for (auto& host : fake.hosts)
                host.status = line("status", "done", "running");
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose != Purpose::act || send->spec.instances.empty())
            return std::nullopt;
        if (++sends == 3) sent = clock.now();
        if (sends != 2) return std::nullopt;
        lost = clock.now();
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
    };
    fake.run({.action = Action::quiet, .timeout = 4h});
    ASSERT_TRUE(lost && sent);
    EXPECT_LT(*sent - *lost, 2min);
}

// Seed 920004860: with 1,500 instances and an AWS that answers each second call after 10 s, to send
// a verification by id takes minutes. The deadline comes meanwhile.
TEST_F(Regression, ThePartsOfAVerificationAreNotSentBeyondTheDeadline) {
    for (int i = 1; i <= 120; ++i)
        fake.add(fmt::format("i-{}", i));
    fake.hosts[0].script_duration = 5h;
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        if (!std::get<SendCommand>(effect).spec.instances.empty()) clock.advance(5min);
        return std::nullopt;
    });
    fake.run({.action = Action::quiet, .timeout = 33min});
    const auto asked = fake.sent(Purpose::verify);
    ASSERT_THAT(asked, SizeIs(2)) << "one of three parts, then all";
    EXPECT_THAT(asked[0].instances, SizeIs(50));
    EXPECT_THAT(asked[1].environments, SizeIs(1));
}

// Seed 510001924: no list has the instance when the command to it is found, and SSM lists the
// command's invocations late.
TEST_F(Regression, AnInstanceThatAFoundCommandNamesIsNotCommandedTwice) {
    fake.add("i-1").script_duration = 1h;
    fake.add("i-2").script_duration = 1h;
    fake.in_flight = {
        {.id = {"ours-of-before"}, .environments = {}, .instances = {{"i-1"}, {"i-2"}}}};
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (std::holds_alternative<DiscoverFleet>(effect) && clock.now() < begun + 1min)
            return without("i-2", effect);
        const auto* collect = std::get_if<CollectResults>(&effect);
        if (collect == nullptr || clock.now() > begun + 5min) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& one : *std::get<Answered<CollectResults>>(response).answer)
            std::erase_if(one.invocations, [](const auto& it) { return it.id.text == "i-2"; });
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(0));
}

// B4
TEST_F(Regression, AnIncompleteListOfInvocationsSaysNothingAboutTheOthers) {
    for (int i = 1; i <= 3; ++i)
        fake.add(fmt::format("i-{}", i)).script_duration = 10min;
    int reads = 0;
    before_each<CollectResults>([&](const Effect& effect) -> std::optional<Response> {
        if (++reads > 1) return std::nullopt;
        auto response = fake.answer_normally(effect);
        std::get<Answered<CollectResults>>(response).answer->front().invocations.resize(1);
        return response;
    });
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// B5
TEST_F(Regression, OfSeveralCommandsTheLatestCounts) {
    fake.add("i-1");
    fake.in_flight = {
        {.id = {"later"}, .environments = {"acme-workers"}, .requested = begun - 1min},
        {.id = {"earlier"}, .environments = {"acme-workers"}, .requested = begun - 9min}};
    before_each<CollectResults>([&](const Effect& effect) -> std::optional<Response> {
        const auto& asked = std::get<CollectResults>(effect).commands;
        if (asked != std::vector<CommandId>{{"later"}, {"earlier"}}) return std::nullopt;
        const auto done = make_invocation_result({"i-1"}, InvocationEnd::succeeded, "Success",
                                                 line("quiet", "done", "idle"), begun - 1min);
        const auto late =
            make_invocation_result({"i-1"}, InvocationEnd::timed_out, "TimedOut", "", begun - 9min);
        return Answered<CollectResults>{
            CollectResults::Answer{{{"later"}, true, {done}}, {{"earlier"}, true, {late}}}};
    });
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(0));
}

// Two commands to the same 38 instances are 76 invocations. They were reported as 76 instances.
class CommandsThatOverlap : public Regression {
protected:
    static constexpr int instances = 38;

    CommandsThatOverlap() {
        for (int i = 1; i <= instances; ++i)
            fake.add(fmt::format("i-{}", i)).script_duration = i * 1min;
        fake.hosts.back().script_duration = 3h;
    }
    void expect_each_counted_once() {
        int before = 0;
        for (const auto& event : fake.events) {
            const auto* counts = std::get_if<ProgressChanged>(&event);
            if (counts == nullptr || counts->purpose != Purpose::act) continue;
            EXPECT_EQ(counts->targeted, instances);
            EXPECT_GE(counts->completed, before);
            before = counts->completed;
        }
        EXPECT_EQ(before, instances);
        for (const auto& event : fake.events)
            if (const auto* shown = std::get_if<ProgressSnapshot>(&event)) {
                EXPECT_LE(shown->targeted, instances);
            }
    }
    bool reported(int completed) const {
        return std::ranges::any_of(fake.events, [completed](const Event& event) {
            const auto* counts = std::get_if<ProgressChanged>(&event);
            return counts != nullptr && counts->completed == completed;
        });
    }
};

TEST_F(CommandsThatOverlap, CountEachInstanceOnce) {
    fake.in_flight = {
        {.id = {"later"}, .environments = {"acme-workers"}, .requested = begun - 1min},
        {.id = {"earlier"}, .environments = {"acme-workers"}, .requested = begun - 9min}};
    const auto report = fake.run({.action = Action::quiet, .live_progress = true});
    EXPECT_EQ(report.verdict, Verdict::done);
    expect_each_counted_once();
    EXPECT_TRUE(reported(instances - 1)); // as it is, while one instance still runs a job
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("still 37 of 38 finished")));
    EXPECT_EQ(report.last_counts->targeted, instances);
}

// The earlier one has ended but for one instance, and somebody has woken the fleet since.
TEST_F(CommandsThatOverlap, AStaleCommandCountsNobodyWhoGotAnotherOne) {
    fake.in_flight = {
        {.id = {"stale"}, .environments = {"acme-workers"}, .requested = begun - 9min},
        {.id = {"woken"},
         .action = Action::wake,
         .environments = {"acme-workers"},
         .stage = InFlightCommand::Stage::over,
         .requested = begun - 5min}};
    EXPECT_EQ(fake.run({.action = Action::quiet, .live_progress = true}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), testing::Not(testing::IsEmpty()));
    expect_each_counted_once();
}

// B6
TEST_F(Regression, ACommandThatIsBeingCancelledIsNotAdopted) {
    fake.add("i-1");
    fake.in_flight = {{.id = {"cancelling"},
                       .environments = {"acme-workers"},
                       .instances = {},
                       .stage = InFlightCommand::Stage::cancelling}};
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// B7
TEST_F(Regression, AWatchThatIsDeniedOnceIsReportedAndRetried) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 10h;
    int asked = 0;
    before_each<PollFleetChanges>([&](const Effect&) -> std::optional<Response> {
        if (++asked > 1) return std::nullopt;
        fleet::Changes changes;
        changes.unavailable = {{"launched instances", "ec2 DescribeInstances: ExpiredToken"}};
        return Answered<PollFleetChanges>{changes};
    });
    clock.on_wait = [this](Instant now) {
        if (now > begun + 10min) fake.hosts[1].ec2_state = fleet::Ec2State::terminating;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_LT(report.elapsed, 15min);
    EXPECT_GT(asked, 3);
    EXPECT_THAT(fake.events, Contains(testing::VariantWith<Notice>(testing::Field(
                                 &Notice::what, HasSubstr("could not list launched instances")))));
}

// B8
TEST_F(Regression, ANewEnvironmentIsQuietedAndByAStopOnlyNamed) {
    for (const auto action : {Action::quiet, Action::stop}) {
        FakeFleet fleet{clock};
        const std::string state = action == Action::quiet ? "idle" : "stopped";
        auto& host = fleet.add("i-1");
        host.script_duration = 10min;
        host.output = line("x", "done", state);
        host.status = line("status", "done", state);
        clock.on_wait = [&fleet, start = clock.now()](Instant now) {
            if (now > start + 3min)
                fleet.environments = {{"acme-workers", "Ready"}, {"green-workers", "Ready"}};
        };
        const auto report = fleet.run({.action = action});
        EXPECT_EQ(report.verdict, action == Action::quiet ? Verdict::done : Verdict::partial);
        EXPECT_THAT(report.warnings, Contains(HasSubstr("green-workers appeared during the run")));
    }
}

// C1
TEST_F(Regression, AnInstanceThatEc2RestartsGetsTheCommandAgain) {
    fake.add("i-1").script_duration = 1000h;
    fake.add("i-2").script_duration = 10min;
    clock.on_wait = [this](Instant now) {
        if (now > begun + 1min && now < begun + 3min)
            fake.hosts[0].ec2_state = fleet::Ec2State::stopped;
        if (now >= begun + 3min && fake.hosts[0].ec2_state == fleet::Ec2State::stopped) {
            fake.hosts[0].ec2_state = fleet::Ec2State::running;
            fake.hosts[0].launched = now;
            fake.hosts[0].script_duration = 10s;
        }
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 30min);
}

// C2
TEST_F(Regression, ACancelIsNotHiddenByAPendingInstance) {
    fake.add("i-1").end = InvocationEnd::cancelled;
    fake.hosts[0].output = "";
    fake.add("i-2").agent = fleet::Agent::lost;
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::cancelled);
}

// Somebody has cancelled one instance's command. Before, a verification of the other one ended the
// run; where a second monitor had quieted both, as partial and without a reason.
TEST_F(Regression, AfterACancelTheFleetIsVerifiedAsAWhole) {
    fake.add("i-1").end = InvocationEnd::cancelled;
    fake.hosts[0].output = "";
    fake.add("i-2");
    int waits = 0;
    before_each<AwaitBarrier>([&](const Effect&) -> std::optional<Response> {
        if (++waits > 2) return std::nullopt;
        clock.advance(31min);
        return Answered<AwaitBarrier>{AwaitBarrier::Answer::not_yet};
    });
    const auto report = fake.run({.action = Action::quiet, .multi_region = true});
    EXPECT_EQ(report.verdict, Verdict::cancelled);
    EXPECT_GT(waits, 2) << "the other region has not ended";
    EXPECT_THAT(fake.sent(Purpose::verify).back().environments,
                testing::ElementsAre("acme-workers"));
}

// The same while the other instance still runs its jobs. Before, that region ended at once, and
// its last answers were hours old in the report.
TEST_F(Regression, AfterACancelABusyInstanceDoesNotEndTheRegion) {
    fake.add("i-1").end = InvocationEnd::cancelled;
    fake.hosts[0].output = "";
    fake.add("i-2").status = line("status", "done", "quiet", 3);
    int waits = 0;
    before_each<AwaitBarrier>([&](const Effect&) -> std::optional<Response> {
        if (++waits > 4) return std::nullopt;
        clock.advance(31min);
        return Answered<AwaitBarrier>{AwaitBarrier::Answer::not_yet};
    });
    const auto report = fake.run({.action = Action::quiet, .multi_region = true});
    EXPECT_EQ(report.verdict, Verdict::cancelled);
    EXPECT_GT(waits, 4) << "the other region has not ended";
    EXPECT_THAT(fake.sent(Purpose::verify).back().environments,
                testing::ElementsAre("acme-workers"));
}

TEST_F(Regression, AfterACancelABusyInstanceDoesNotKeepTheRunGoing) {
    fake.add("i-1").end = InvocationEnd::cancelled;
    fake.hosts[0].output = "";
    fake.add("i-2").status = line("status", "done", "quiet", 3);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::cancelled);
    EXPECT_LT(report.elapsed, 2min);
}

// The run follows another operator's quiet of one instance, and that operator cancels it. Before,
// the run sent nobody anything any more, and waited for its own command for hours.
TEST_F(Regression, TheCancelOfAnothersCommandLeavesOursGoing) {
    fake.add("i-1").script_duration = 5min;
    fake.hosts[0].end = InvocationEnd::cancelled;
    fake.hosts[0].output = "";
    fake.add("i-2").script_duration = 3h;
    fake.add("i-3").launched = begun + 10min;
    fake.in_flight = {{.id = {"theirs"}, .instances = {{"i-1"}}}};
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::cancelled);
    EXPECT_THAT(fake.sent(Purpose::act),
                Contains(testing::Field(&CommandSpec::instances, Contains(InstanceId{"i-3"}))));
}

// An agent that was updated just then loses the cancel. Before, the run waited until the deadline.
TEST_F(Regression, ACancelThatNeverEndsEndsTheRun) {
    fake.add("i-1").end = InvocationEnd::cancelled;
    fake.hosts[0].output = "";
    fake.hosts[0].script_duration = 20min;
    fake.add("i-2").script_duration = 100h;
    before_each<CollectResults>([&](const Effect& effect) -> std::optional<Response> {
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            for (auto& one : results.invocations)
                if (one.end == InvocationEnd::pending && clock.now() > begun + 20min)
                    one = make_invocation_result(one.id, InvocationEnd::pending, "Cancelling", "");
        return response;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::cancelled);
    EXPECT_LT(report.elapsed, 40min);
}

// Somebody has sent the quiet in SSM's console, so that it stops at its first failure. Before,
// those whose turn never came took jobs, and got no command.
TEST_F(Regression, WhomAFoundQuietLeavesOutGetsOurs) {
    fake.add("i-1").script_duration = 1min;
    fake.hosts[0].end = InvocationEnd::failed;
    fake.hosts[0].output = line("quiet", "failed", "running");
    fake.add("i-2").script_duration = 2min;
    fake.hosts[1].status = line("status", "done", "running", 2);
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send != nullptr && send->spec.purpose == Purpose::act)
            for (auto& host : fake.hosts) {
                host.end = InvocationEnd::succeeded;
                host.output = line("quiet", "done", "idle");
                host.status = line("status", "done", "quiet");
            }
        if (!std::holds_alternative<CollectResults>(effect)) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            for (auto& one : results.invocations)
                if (results.id.text == "theirs" && one.id.text == "i-2" &&
                    one.end != InvocationEnd::pending)
                    one =
                        make_invocation_result(one.id, InvocationEnd::not_begun, "Terminated", "");
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act),
                Contains(testing::Field(&CommandSpec::instances, Contains(InstanceId{"i-2"}))));
}

// Its first wake was not delivered, and SSM refuses its id once. Before, the run gave it up.
TEST_F(Regression, AWakeThatIsRefusedAfterALostOneIsSentAgain) {
    fake.add("i-1").output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "running");
    fake.add("i-2").end = InvocationEnd::undelivered;
    fake.hosts[1].output = "";
    fake.hosts[1].status = line("status", "done", "idle");
    int to_i2 = 0;
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        const auto& spec = std::get<SendCommand>(effect).spec;
        if (spec.purpose != Purpose::act || spec.instances.empty()) return std::nullopt;
        if (++to_i2 == 1)
            return FakeFleet::fail(effect,
                                   {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
        fake.hosts[1].end = InvocationEnd::succeeded;
        fake.hosts[1].output = line("wake", "done", "running");
        fake.hosts[1].status = line("status", "done", "running");
        return std::nullopt;
    });
    EXPECT_EQ(fake.run({.action = Action::wake}).verdict, Verdict::done);
    EXPECT_EQ(to_i2, 2);
}

TEST_F(Regression, AnInstanceThatGotNoCommandGetsItForTheFirstTime) {
    fake.add("i-1").output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "running");
    fake.add("i-2").launched = begun + 3s;
    fake.hosts[1].status = line("status", "done", "idle");
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        const auto& spec = std::get<SendCommand>(effect).spec;
        if (spec.purpose == Purpose::act && !spec.instances.empty())
            fake.hosts[1].status = line("status", "done", "running");
        return std::nullopt;
    });
    const auto report = fake.run({.action = Action::wake});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("was not reached by a command")));
    EXPECT_THAT(fake.notices(), testing::Not(Contains(HasSubstr("again"))));
}

TEST_F(Regression, AnEnvironmentThatOneListOmitsIsNotCalledTerminated) {
    fake.add("i-1").script_duration = 30min;
    before_each<PollFleetChanges>(
        [&, once = false](const Effect& effect) mutable -> std::optional<Response> {
            if (std::exchange(once, true)) return std::nullopt;
            auto response = fake.answer_normally(effect);
            std::get<Answered<PollFleetChanges>>(response).answer->environments =
                std::vector<fleet::Environment>{};
            return response;
        });
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.warnings, testing::Not(Contains(HasSubstr("no longer listed"))));
}

// Seed 2200001466: of the two parts of a verification the second always takes 25 s and fails, so
// that the first ages. Before, the run began anew each time, also for days after its deadline.
TEST_F(Regression, AVerificationThatAgesWhileItIsSentEndsAtTheDeadline) {
    fake.add("i-1");
    for (int i = 0; i < 50; ++i)
        fake.environments.push_back({fmt::format("acme-workers-{}", i), "Ready"});
    before_each<SendCommand>([&](const Effect& effect) -> std::optional<Response> {
        const auto& spec = std::get<SendCommand>(effect).spec;
        if (spec.purpose != Purpose::verify || spec.environments.size() != 1) return std::nullopt;
        clock.advance(25s);
        if (clock.now() > begun + 3h) throw std::runtime_error("it goes on");
        return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "timed out"});
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 1h});
    EXPECT_NE(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 66min);
}

// A list of lost agents that omitted one made it an agent that answers again, and its instance got
// the command a second time while the first was still to be delivered.
TEST_F(Regression, AListThatOmitsALostAgentOnceDoesNotMakeItAnswer) {
    fake.add("i-1").agent = fleet::Agent::lost;
    fake.hosts[0].script_duration = 90min;
    fake.add("i-2").script_duration = 1h;
    int polls = 0;
    before_each<PollFleetChanges>([&](const Effect& effect) -> std::optional<Response> {
        auto response = fake.answer_normally(effect);
        if (++polls % 3 == 0)
            std::get<Answered<PollFleetChanges>>(response).answer->silent->clear();
        return response;
    });
    fake.run({.action = Action::quiet, .timeout = 50min});
    EXPECT_GT(polls, 6);
    EXPECT_THAT(fake.notices(), testing::Not(Contains(HasSubstr("answers again"))));
}

// C3
TEST_F(Regression, AClockThatIsAheadDoesNotMakeANewcomerOld) {
    clock.set_wall_ahead(9min);
    fake.add("i-1").script_duration = 150s;
    auto& young = fake.add("i-2");
    young.launched = begun + 2min; // by EC2's clock
    young.agent = fleet::Agent::absent;
    clock.on_wait = [this](Instant) {
        if (clock.elapsed() > 5min) fake.hosts[1].agent = fleet::Agent::online;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
}

// C4
TEST_F(Regression, AWakeThatSsmCallsFailedIsDoneWhenTheWorkersTakeJobs) {
    auto& host = fake.add("i-1");
    host.end = InvocationEnd::failed; // it rebooted
    host.output = "";
    host.status = line("status", "done", "running", 2);
    EXPECT_EQ(fake.run({.action = Action::wake}).verdict, Verdict::done);
}

// D1, D2: an older command of the same action is open, and another action was commanded since.
TEST_F(Regression, AnOpenCommandSaysNothingAfterALaterAction) {
    fake.add("i-1");
    fake.add("i-2");
    fake.in_flight = {{.id = {"old-quiet"},
                       .environments = {"acme-workers"},
                       .instances = {},
                       .requested = begun - 1h},
                      {.id = {"wake"},
                       .action = Action::wake,
                       .environments = {"acme-workers"},
                       .instances = {},
                       .stage = InFlightCommand::Stage::over,
                       .requested = begun - 30min}};
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// D4
TEST_F(Regression, AnInterruptionReportsTheLastCounts) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 10h;
    clock.interrupt_at(begun + 30min);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::interrupted);
    ASSERT_TRUE(report.last_counts);
    EXPECT_EQ(report.last_counts->completed, 1);
    EXPECT_EQ(report.last_counts->targeted, 2);
}

// A deploy in progress is waited for, and not for ever.
TEST_F(Regression, ADeployIsAwaitedAndNamedWhenItDoesNotEnd) {
    fake.add("i-1");
    fake.environments[0].status = "Updating";
    auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GE(report.elapsed, deploy_patience);
    EXPECT_THAT(report.deploying, testing::ElementsAre("acme-workers"));

    FakeFleet fleet{clock};
    fleet.add("i-1");
    fleet.environments[0].status = "Updating";
    clock.on_wait = [&fleet, start = clock.now()](Instant now) {
        if (now > start + 5min) fleet.environments[0].status = "Ready";
    };
    report = fleet.run({.action = Action::quiet});
    EXPECT_LT(report.elapsed, 7min);
    EXPECT_THAT(report.deploying, testing::IsEmpty());
}

} // namespace

} // namespace regressions_test
