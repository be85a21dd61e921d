// A region that is one of several: it ends only when the others can, too.
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
        world.add("i-1");
        world.instead = [this](const Effect& effect) { return at_barrier(effect); };
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
        return world.run(config);
    }

    FakeClock clock;
    FakeFleet world{clock};
    std::vector<AwaitBarrier::Answer>
        answers; // first those, then always that the others have come as far
    std::vector<Point> points;
    std::function<void()> while_it_waits;
};

TEST_F(AtBarrier, ComesBeforeTheSweepAndAfterACleanOne) {
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points, testing::ElementsAre(Point::ready, Point::verified));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
}

TEST_F(AtBarrier, NotAloneWithItself) {
    world.run({});
    EXPECT_THAT(points, testing::IsEmpty());
}

TEST_F(AtBarrier, NobodyIsSweptBeforeAllHaveCome) {
    answers = {not_yet, not_yet, released, released};
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points,
                testing::ElementsAre(Point::ready, Point::ready, Point::ready, Point::verified));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
    EXPECT_EQ(world.sent(Purpose::act).size(), 1U);
}

TEST_F(AtBarrier, WhoeverIsWokenWhileTheOthersTakeHoursIsToldWithinTheHour) {
    answers.assign(60, not_yet); // each two minutes
    const auto begun = clock.elapsed();
    std::optional<snow_white::Duration> again;
    while_it_waits = [&] {
        clock.advance(2min);
        if (world.sent(Purpose::act).size() > 1 && !again) again = clock.elapsed() - begun;
        const bool is_awake = clock.elapsed() - begun > 10min && !again;
        world.hosts[0].status =
            line("status", "done", is_awake ? "running" : "quiet", is_awake ? 1 : 0);
    };
    EXPECT_EQ(run().verdict, Verdict::done);
    ASSERT_TRUE(again);
    EXPECT_LT(*again, 45min);
}

TEST_F(AtBarrier, WhoeverIsLaunchedWhileItWaitsForTheOthersIsTold) {
    answers = {not_yet, released, released, released};
    while_it_waits = [this] { world.add("i-2").launched = clock.now(); };
    EXPECT_EQ(run().verdict, Verdict::done);
    const auto told = world.sent(Purpose::act);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_THAT(told[1].instances, testing::ElementsAre(InstanceId{"i-2"}));
}

TEST_F(AtBarrier, WhereNobodyIsThereALookTakesTheSweepsPlace) {
    world.hosts.clear();
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points, testing::ElementsAre(Point::ready, Point::verified));
    EXPECT_GT(world.count<DiscoverFleet>(), 2U); // empty is said when it was seen so for 20 s
    EXPECT_EQ(world.count<SendCommand>(), 0U);
}

TEST_F(AtBarrier, WhoeverIsLaunchedWhereNobodyWasIsTold) {
    world.hosts.clear();
    answers = {not_yet, released, released, released};
    while_it_waits = [this] { world.add("i-2").launched = clock.now(); };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_EQ(world.sent(Purpose::act).size(), 1U);
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
}

TEST_F(AtBarrier, WhereAnotherFellBackItIsSweptOnceMore) {
    answers = {released, not_yet, released, released};
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points,
                testing::ElementsAre(Point::ready, Point::verified, Point::ready, Point::verified));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 2U);
}

// Else two places that take two clean sweeps each could wait for each other in turn, for ever.
TEST_F(AtBarrier, WhereAnotherFellBackTheCleanSweepsOfThisOneStillCount) {
    answers = {not_yet, released, released, not_yet, released, released};
    while_it_waits = [this] {
        if (world.hosts.size() == 1) world.add("i-2").launched = clock.now();
    };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(points, testing::ElementsAre(Point::ready, Point::ready, Point::ready,
                                             Point::verified, Point::ready, Point::verified));
    EXPECT_EQ(world.sent(Purpose::verify).size(),
              3U); // the fleet had changed: two, and one after the others'
}

// Each second verification here is not answered, and whenever one is another region's was not.
TEST_F(AtBarrier, RegionsThatAreNotCleanInTurnEndAllTheSame) {
    bool verifying = false;
    world.instead = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect))
            verifying = send->spec.purpose == Purpose::verify;
        const auto sent =
            world.sent(Purpose::verify); // by tag, and by id those that were silent before
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
              6h + 2min); // at the deadline at the latest, and without going round meanwhile
    EXPECT_LE(world.sent(Purpose::verify).size(), 150U); // with those by id
}

TEST_F(AtBarrier, AnotherThatFallsBackAgainAndAgainDoesNotEndItUnasked) {
    for (int i = 0; i < 20; ++i)
        answers.insert(answers.end(), {released, not_yet});
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_EQ(points.size(), 42U);
}

TEST_F(AtBarrier, AtTheDeadlineNobodyIsWaitedFor) {
    answers.assign(1000, not_yet);
    while_it_waits = [this] { clock.advance(2min); };
    const auto report = run({.timeout = 30min});
    EXPECT_EQ(report.verdict, Verdict::done); // of this place
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
    EXPECT_LT(report.elapsed, 35min);
}

TEST_F(AtBarrier, WhoLooksAtTheProgressSeesThatItIsThroughHere) {
    world.add("i-2");
    answers = {not_yet, released, released};
    std::optional<ProgressSnapshot> before;
    while_it_waits = [&] {
        for (const auto& event : world.events)
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

TEST(BarrierRelease, HoldsUntilAllHaveCome) {
    EXPECT_EQ(Barrier::release({at(Point::ready), {}}, 1h), Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({at(Point::verified, 1h), {}}, 1h), Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({at(Point::ready), at(Point::verified, 1h), {}}, 1h),
              Barrier::Release::hold);
    EXPECT_EQ(Barrier::release({at(Point::verified), {}}, 10h),
              Barrier::Release::hold); // expired, too
}

TEST(BarrierRelease, HoldsWhereNobodyIsLeft) {
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

TEST(BarrierRelease, RestartsTheVerifiedWhereOneIsNot) {
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

TEST(BarrierRelease, OneThatEndedNeitherExpiresNorLendsTheOthersTime) {
    const auto now = 1h;
    const RegionAtBarrier over{.over = true, .verification_begun = {}, .instances = 1000};
    EXPECT_EQ(Barrier::release({at(Point::verified, now - 1s), over}, now),
              Barrier::Release::finish);
    EXPECT_EQ(Barrier::release({at(Point::verified, now - validity(1)), over}, now),
              Barrier::Release::restart_verified);
}

TEST_F(AtBarrier, TheMonitorMayEndThere) {
    answers = {not_yet};
    while_it_waits = [this] { clock.interrupt_at(clock.now()); };
    EXPECT_EQ(run().verdict, Verdict::interrupted);
}

} // namespace

} // namespace barrier_test
