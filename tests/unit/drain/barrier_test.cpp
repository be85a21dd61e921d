// A region that is one of several: it ends only when the others can end, too.
#include "src/drain/machine/transitions.hpp"
#include "src/drain/run/barrier.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace barrier_test {

namespace {

using namespace test;
using Point = BarrierPoint;
constexpr auto not_yet = AwaitBarrier::Answer::not_yet;
constexpr auto released = AwaitBarrier::Answer::released;

class AtBarrier : public testing::Test {
protected:
    AtBarrier() {
        fake.add("i-1");
        fake.override_answer = [this](const Effect& effect) { return at_barrier(effect); };
    }

    std::optional<Response> at_barrier(const Effect& effect) {
        const auto* await = std::get_if<AwaitBarrier>(&effect);
        if (await == nullptr) return std::nullopt;
        points.push_back(await->point);
        if (answers.empty()) return Answered<AwaitBarrier>{released};
        const auto answer = answers.front();
        answers.erase(answers.begin());
        if (answer == not_yet && while_it_waits) while_it_waits();
        return Answered<AwaitBarrier>{answer};
    }

    Report run(Config config = {}) {
        config.multi_region = true;
        return fake.run(config);
    }

    FakeClock clock;
    FakeFleet fake{clock};
    std::vector<AwaitBarrier::Answer>
        answers; // these first, then always that the others are at the same point
    std::vector<Point> points;
    std::function<void()> while_it_waits;
};

TEST_F(AtBarrier, IsReachedBeforeTheVerificationAndAfterACleanOne) {
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points, testing::ElementsAre(Point::ready, Point::verified));
    EXPECT_EQ(fake.sent(Purpose::verify).size(), 1U);
}

TEST_F(AtBarrier, ASingleRegionHasNone) {
    fake.run({});
    EXPECT_THAT(points, testing::IsEmpty());
}

TEST_F(AtBarrier, NothingIsVerifiedBeforeAllRegionsAreReady) {
    answers = {not_yet, not_yet, released, released};
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points,
                testing::ElementsAre(Point::ready, Point::ready, Point::ready, Point::verified));
    EXPECT_EQ(fake.sent(Purpose::verify).size(), 1U);
    EXPECT_EQ(fake.sent(Purpose::act).size(), 1U);
}

TEST_F(AtBarrier, AnInstanceWokenDuringTheWaitIsQuietedWithinTheHour) {
    answers.assign(60, not_yet); // one each two minutes
    const auto begun = clock.elapsed();
    std::optional<snow_white::Duration> again;
    while_it_waits = [&] {
        clock.advance(2min);
        if (fake.sent(Purpose::act).size() > 1 && !again) again = clock.elapsed() - begun;
        const bool is_awake = clock.elapsed() - begun > 10min && !again;
        fake.hosts[0].status =
            line("status", "done", is_awake ? "running" : "quiet", is_awake ? 1 : 0);
    };
    EXPECT_EQ(run().verdict, Verdict::done);
    ASSERT_TRUE(again);
    EXPECT_LT(*again, 45min);
}

// Before, its workers took jobs until the next look, up to half an hour later.
TEST_F(AtBarrier, ADeployThatEndsDuringTheWaitIsFollowedUp) {
    answers.assign(60, not_yet);
    while_it_waits = [&] { clock.wait(2min); };
    const auto begun = clock.elapsed();
    std::optional<snow_white::Duration> again;
    clock.on_wait = [&](auto) {
        const auto now = clock.elapsed() - begun;
        if (fake.sent(Purpose::act).size() > 1 && !again) again = now;
        fake.environments[0].status = now > 4min && now < 7min ? "Updating" : "Ready";
        const bool is_awake = now > 5min && !again;
        fake.hosts[0].status =
            line("status", "done", is_awake ? "running" : "quiet", is_awake ? 1 : 0);
    };
    EXPECT_EQ(run().verdict, Verdict::done);
    ASSERT_TRUE(again);
    EXPECT_LT(*again, 12min);
}

// Before, it said that it waited for answers, and for instances that had all ended.
TEST_F(AtBarrier, AReadyRegionSaysNothingOfItsOwn) {
    answers.assign(60, not_yet);
    while_it_waits = [&] { clock.advance(2min); };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(fake.notices(), testing::Not(testing::Contains(testing::HasSubstr("still "))));
}

// It has waited at the barrier before, the others have ended, and SSM refuses the id that it asks.
TEST_F(AtBarrier, ARegionThatAsksAgainIsNotSilent) {
    fake.hosts[0].status = "no line";
    fake.add("i-2");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.instances.empty()) return at_barrier(effect);
        return FakeFleet::fail(effect, {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
    };
    answers = {not_yet};
    EXPECT_EQ(run().verdict, Verdict::partial);
    EXPECT_THAT(fake.notices(), testing::Contains(testing::HasSubstr("still waiting for i-1")));
}

// A wake does not command it, and only a verification of the whole fleet asks it. Before, the
// region asked the others every ten minutes instead of being ready for one, until the deadline.
TEST_F(AtBarrier, ANewcomerThatNobodyHasAskedYetDoesNotKeepAWakeFromIt) {
    fake.hosts[0].output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "running");
    auto& silent = fake.add("i-2");
    silent.output = line("wake", "done", "running");
    silent.status = "no line"; // asked for half an hour, in longer and longer pauses
    auto& newcomer = fake.add("i-3");
    newcomer.status = line("status", "done", "running");
    newcomer.launched = clock.now() + 55min;
    answers.assign(30, not_yet);
    while_it_waits = [&] { clock.advance(2min); };
    const auto begun = clock.elapsed();
    EXPECT_EQ(run({.action = Action::wake, .timeout = 12h}).verdict, Verdict::partial);
    EXPECT_LT(clock.elapsed() - begun, 3h);
}

TEST_F(AtBarrier, ANewcomerDuringTheWaitIsQuieted) {
    answers = {not_yet, released, released, released};
    while_it_waits = [this] { fake.add("i-2").launched = clock.now(); };
    EXPECT_EQ(run().verdict, Verdict::done);
    const auto reported = fake.sent(Purpose::act);
    ASSERT_EQ(reported.size(), 2U);
    EXPECT_THAT(reported[1].instances, testing::ElementsAre(InstanceId{"i-2"}));
}

TEST_F(AtBarrier, AnEmptyFleetIsDiscoveredInsteadOfVerified) {
    fake.hosts.clear();
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points, testing::ElementsAre(Point::ready, Point::verified));
    // The run reports an empty fleet only when it was seen empty for 20 s.
    EXPECT_GT(fake.count<DiscoverFleet>(), 2U);
    EXPECT_EQ(fake.count<SendCommand>(), 0U);
}

TEST_F(AtBarrier, ANewcomerOfAnEmptyFleetIsQuieted) {
    fake.hosts.clear();
    answers = {not_yet, released, released, released};
    while_it_waits = [this] { fake.add("i-2").launched = clock.now(); };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_EQ(fake.sent(Purpose::act).size(), 1U);
    EXPECT_EQ(fake.sent(Purpose::verify).size(), 1U);
}

TEST_F(AtBarrier, AfterAnotherRegionsFailureItIsVerifiedOnceMore) {
    answers = {released, not_yet, released, released};
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points,
                testing::ElementsAre(Point::ready, Point::verified, Point::ready, Point::verified));
    EXPECT_EQ(fake.sent(Purpose::verify).size(), 2U);
}

// Otherwise two regions that take two clean verifications each could wait for each other for ever.
TEST_F(AtBarrier, AfterAnotherRegionsFailureItsCleanVerificationsStillCount) {
    answers = {not_yet, released, released, not_yet, released, released};
    while_it_waits = [this] {
        if (fake.hosts.size() == 1) fake.add("i-2").launched = clock.now();
    };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points, testing::ElementsAre(Point::ready, Point::ready, Point::ready,
                                             Point::verified, Point::ready, Point::verified));
    EXPECT_EQ(fake.sent(Purpose::verify).size(),
              3U); // the fleet had changed: two, and one after the others'
}

// Every second verification of this region gets no answer, and whenever one does, another region's
// did not.
TEST_F(AtBarrier, RegionsThatFailInTurnEndAllTheSame) {
    bool verifying = false;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect))
            verifying = send->spec.purpose == Purpose::verify;
        const auto sent =
            fake.sent(Purpose::verify); // by tag, and by ID those that had not answered
        const bool silent =
            verifying &&
            std::ranges::count_if(
                sent, [](const CommandSpec& spec) { return !spec.environments.empty(); }) %
                    2 ==
                1;
        if (silent && std::holds_alternative<CollectResults>(effect))
            return Answered<CollectResults>{std::vector<CommandResults>{}};
        if (const auto* await = std::get_if<AwaitBarrier>(&effect))
            answers = {await->point == Point::ready ? released : not_yet};
        return at_barrier(effect);
    };
    const auto report = run({.timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::done); // of this region: its last verification was answered
    EXPECT_LE(report.elapsed,
              6h + 2min); // at the deadline at the latest, and without repeating itself meanwhile
    EXPECT_LE(fake.sent(Purpose::verify).size(), 150U); // including those by ID
}

TEST_F(AtBarrier, RepeatedFailuresOfAnotherRegionDoNotEndItUnverified) {
    for (int i = 0; i < 20; ++i)
        answers.insert(answers.end(), {released, not_yet});
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_EQ(points.size(), 42U);
}

TEST_F(AtBarrier, AtTheDeadlineItAwaitsNoRegion) {
    answers.assign(1000, not_yet);
    while_it_waits = [this] { clock.advance(2min); };
    const auto report = run({.timeout = 30min});
    EXPECT_EQ(report.verdict, Verdict::done); // of this region
    EXPECT_EQ(fake.sent(Purpose::verify).size(), 1U);
    EXPECT_LT(report.elapsed, 35min);
}

TEST_F(AtBarrier, TheLiveProgressShowsThatThisRegionIsReady) {
    fake.add("i-2");
    answers = {not_yet, released, released};
    std::optional<ProgressSnapshot> before;
    while_it_waits = [&] {
        for (const auto& event : fake.events)
            if (const auto* snapshot = std::get_if<ProgressSnapshot>(&event)) before = *snapshot;
    };
    run({.live_progress = true});
    ASSERT_TRUE(before);
    EXPECT_EQ(before->all.as_asked, 2U);
    EXPECT_TRUE(before->unfinished.empty());
}

RegionAtBarrier at(Point point, snow_white::Duration verified = {}) {
    return {.at = point, .verification_begun = verified, .instances = 1};
}

TEST(BarrierRelease, HoldsUntilAllAreThere) {
    EXPECT_EQ(Barrier::release({at(Point::ready), {}}, 1h), Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({at(Point::verified, 1h), {}}, 1h), Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({at(Point::ready), at(Point::verified, 1h), {}}, 1h),
              Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({at(Point::verified), {}}, 10h),
              Barrier::Release::hold); // expired, too
}

TEST(BarrierRelease, HoldsWithoutRegions) {
    EXPECT_EQ(Barrier::release({}, 1h), Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({{.over = true}, {.over = true}}, 1h), Barrier::Release::hold);
}

TEST(BarrierRelease, VerifiesWhenAllAreReadyAndThoseThatEndedDoNotCount) {
    EXPECT_EQ(Barrier::release({at(Point::ready), at(Point::ready)}, 1h),
              Barrier::Release::verify_all);
    EXPECT_EQ(Barrier::release({at(Point::ready), {.over = true}}, 1h),
              Barrier::Release::verify_all);
    EXPECT_EQ(Barrier::release({{.over = true}, at(Point::ready), at(Point::ready)}, 1h),
              Barrier::Release::verify_all);
}

TEST(BarrierRelease, RestartsTheVerifiedWhenOneIsNotVerified) {
    EXPECT_EQ(Barrier::release({at(Point::verified, 1h), at(Point::ready)}, 1h),
              Barrier::Release::restart_verified);
    EXPECT_EQ(Barrier::release({at(Point::ready), at(Point::verified, 1h)}, 1h),
              Barrier::Release::restart_verified);
    EXPECT_EQ(Barrier::release({at(Point::verified, 1h), {.over = true}, at(Point::ready)}, 1h),
              Barrier::Release::restart_verified);
}

TEST(BarrierRelease, FinishesWhileTheOldestVerificationIsValid) {
    const auto now = 1h;
    EXPECT_EQ(Barrier::release({at(Point::verified, now - 1s)}, now), Barrier::Release::finish);
    EXPECT_EQ(Barrier::release({at(Point::verified, now - validity(1))}, now),
              Barrier::Release::restart_verified);
    // Both have pages to read.
    EXPECT_EQ(Barrier::release(
                  {at(Point::verified, now - 1s), at(Point::verified, now - validity(1))}, now),
              Barrier::Release::finish);
    EXPECT_EQ(Barrier::release(
                  {at(Point::verified, now - 1s), at(Point::verified, now - validity(2))}, now),
              Barrier::Release::restart_verified);
    // To the millisecond, whichever of them is the oldest.
    const auto oldest = now - validity(2) + 1ms;
    EXPECT_EQ(Barrier::release({at(Point::verified, oldest), at(Point::verified, now)}, now),
              Barrier::Release::finish);
    EXPECT_EQ(Barrier::release({at(Point::verified, oldest), at(Point::verified, now)}, now + 1ms),
              Barrier::Release::restart_verified);
}

TEST(BarrierRelease, AnEndedRegionHasNoEffectOnTheTimeThatIsLeft) {
    const auto now = 1h;
    const RegionAtBarrier over{.over = true, .verification_begun = {}, .instances = 1000};
    EXPECT_EQ(Barrier::release({at(Point::verified, now - 1s), over}, now),
              Barrier::Release::finish);
    EXPECT_EQ(Barrier::release({at(Point::verified, now - validity(1)), over}, now),
              Barrier::Release::restart_verified);
}

TEST_F(AtBarrier, AnInterruptionEndsTheWait) {
    answers = {not_yet};
    while_it_waits = [this] { clock.interrupt_at(clock.now()); };
    EXPECT_EQ(run().verdict, Verdict::interrupted);
}

} // namespace

} // namespace barrier_test
