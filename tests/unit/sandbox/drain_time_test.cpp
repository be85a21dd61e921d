// When the jobs of simulated instances end.
#include "sandbox/world/drain_time.hpp"

#include <gtest/gtest.h>
#include <set>

namespace drain_time_test {

namespace {

using namespace std::chrono_literals;
using sandbox::parse_drain_time;
using snow_white::Duration;

TEST(DrainTime, SpreadEvenlyTheLastOneAtTheEnd) {
    const auto time = parse_drain_time("30s");
    ASSERT_TRUE(time);
    EXPECT_EQ(time->of(0, 3), 10s);
    EXPECT_EQ(time->of(2, 3), 30s);
}

TEST(DrainTime, RandomBetweenTwoAndTheSameInEveryRun) {
    const auto time = parse_drain_time("5s..2m");
    ASSERT_TRUE(time);
    std::set<Duration> seen;
    for (std::size_t number = 0; number < 1000; ++number) {
        const Duration own = time->of(number, 1000);
        EXPECT_GE(own, 5s);
        EXPECT_LE(own, 2min);
        EXPECT_EQ(own, parse_drain_time("5s..2m")->of(number, 7));
        seen.insert(own);
    }
    EXPECT_GT(seen.size(), 950U);
    EXPECT_LT(*seen.begin(), 10s);
    EXPECT_GT(*seen.rbegin(), 110s);
}

TEST(DrainTime, RefusesOtherText) {
    for (const char* wrong : {"", "soon", "5s..", "..5s", "9s..5s", "5s...9s", "1s..2s..3s"})
        EXPECT_FALSE(parse_drain_time(wrong)) << wrong;
}

} // namespace

} // namespace drain_time_test
