// A drain that is one of several: it ends only when the others can, too.
#include "src/drain/machine/limits.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace test;

class Meeting : public testing::Test {
protected:
    Meeting() {
        world.add("i-1");
        world.instead = [this](const Effect& effect) -> std::optional<Response> {
            const auto* meet = std::get_if<AwaitBarrier>(&effect);
            if (meet == nullptr) return std::nullopt;
            met.push_back(meet->clean);
            if (answers.empty()) return Met{true};
            const bool all = answers.front();
            answers.erase(answers.begin());
            if (!all && while_it_waits) while_it_waits();
            return Met{all};
        };
    }

    Report run(Config plan = {}) {
        plan.multi_region = true;
        return world.run(plan);
    }

    FakeClock clock;
    FakeFleet world{clock};
    std::vector<bool> answers; // the others': first those, then always that they are there
    std::vector<bool> met;
    std::function<void()> while_it_waits;
};

TEST_F(Meeting, ComesBeforeTheSweepAndAfterACleanOne) {
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(met, testing::ElementsAre(false, true));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
}

TEST_F(Meeting, NotAloneWithItself) {
    world.run({});
    EXPECT_THAT(met, testing::IsEmpty());
}

TEST_F(Meeting, NobodyIsSweptBeforeAllHaveCome) {
    answers = {false, false, true, true};
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(met, testing::ElementsAre(false, false, false, true));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
    EXPECT_EQ(world.sent(Purpose::act).size(), 1U);
}

TEST_F(Meeting, WhoeverIsLaunchedWhileItWaitsForTheOthersIsTold) {
    answers = {false, true, true, true};
    while_it_waits = [this] { world.add("i-2").launched = clock.now(); };
    EXPECT_EQ(run().verdict, Verdict::done);
    const auto told = world.sent(Purpose::act);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_THAT(told[1].instances, testing::ElementsAre(InstanceId{"i-2"}));
}

TEST_F(Meeting, WhereNobodyIsThereALookTakesTheSweepsPlace) {
    world.hosts.clear();
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(met, testing::ElementsAre(false, true));
    EXPECT_EQ(world.count<DiscoverFleet>(), 2U);
    EXPECT_EQ(world.count<SendCommand>(), 0U);
}

TEST_F(Meeting, WhoeverIsLaunchedWhereNobodyWasIsTold) {
    world.hosts.clear();
    answers = {false, true, true, true};
    while_it_waits = [this] { world.add("i-2").launched = clock.now(); };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_EQ(world.sent(Purpose::act).size(), 1U);
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
}

TEST_F(Meeting, WhereAnotherFellBackItIsSweptOnceMore) {
    answers = {true, false, true, true};
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(met, testing::ElementsAre(false, true, false, true));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 2U);
}

// Else two places that take two clean sweeps each could wait for each other in turn, for ever.
TEST_F(Meeting, WhereAnotherFellBackTheCleanSweepsOfThisOneStillCount) {
    answers = {false, true, true, false, true, true};
    while_it_waits = [this] {
        if (world.hosts.size() == 1) world.add("i-2").launched = clock.now();
    };
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_THAT(met, testing::ElementsAre(false, false, false, true, false, true));
    EXPECT_EQ(world.sent(Purpose::verify).size(), 3U); // the fleet had changed: two, and one after the others'
}

// Each second sweep here is not answered, and whenever one is another place's was not.
TEST_F(Meeting, PlacesThatAreNotCleanInTurnEndAllTheSame) {
    bool sweeping = false;
    const auto answer_to_meet = world.instead;
    world.instead = [&](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect)) sweeping = send->spec.purpose == Purpose::verify;
        const bool silent = sweeping && world.sent(Purpose::verify).size() % 2 == 1;
        if (silent && std::holds_alternative<CollectResults>(effect)) return Results{};
        if (const auto* meet = std::get_if<AwaitBarrier>(&effect)) answers = {!meet->clean};
        return answer_to_meet(want);
    };
    EXPECT_EQ(run().verdict, Verdict::partial);
    EXPECT_LE(world.sent(Purpose::verify).size(), 3U * most_vain_sweeps);
}

TEST_F(Meeting, AnotherThatFallsBackAgainAndAgainDoesNotEndItUnasked) {
    for (int i = 0; i < 20; ++i)
        answers.insert(answers.end(), {true, false});
    EXPECT_EQ(run().verdict, Verdict::done);
    EXPECT_EQ(met.size(), 42U);
}

TEST_F(Meeting, AtTheDeadlineNobodyIsWaitedFor) {
    answers.assign(1000, false);
    while_it_waits = [this] { clock.advance(2min); };
    const auto report = run({.timeout = 30min});
    EXPECT_EQ(report.verdict, Verdict::done); // of this place
    EXPECT_EQ(world.sent(Purpose::verify).size(), 1U);
    EXPECT_LT(report.elapsed, 35min);
}

TEST_F(Meeting, WhoLooksOnSeesThatItIsThroughHere) {
    world.add("i-2");
    answers = {false, true, true};
    std::optional<ProgressSnapshot> before;
    while_it_waits = [&] {
        for (const auto& event : world.events)
            if (const auto* standing = std::get_if<ProgressSnapshot>(&event)) before = *standing;
    };
    run({.live_progress = true});
    ASSERT_TRUE(before);
    EXPECT_EQ(before->all.as_asked, 2U);
    EXPECT_TRUE(before->unfinished.empty());
}

// One place's sweep may have to wait for AWS while the others' grow old.
TEST(SweepsOfSeveral, ProveNothingOnceTheOldestIsTooOld) {
    const Instant now{100h};
    State fresh{.members = {{InstanceId{"i-1"}, {}}}, .sweep_begun = now - 1s};
    State old = fresh;
    old.sweep_begun = now - time_a_sweep_holds(1);
    EXPECT_TRUE(sweeps_hold({&fresh}, now));
    EXPECT_FALSE(sweeps_hold({&old}, now));
    EXPECT_TRUE(sweeps_hold({&fresh, &old}, now)); // both have pages to read
    EXPECT_FALSE(sweeps_hold({&fresh, &old}, now + time_a_sweep_holds(2) - time_a_sweep_holds(1)));
}

TEST_F(Meeting, TheMonitorMayEndThere) {
    answers = {false};
    while_it_waits = [this] { clock.interrupt_at(clock.now()); };
    EXPECT_EQ(run().verdict, Verdict::interrupted);
}

} // namespace
