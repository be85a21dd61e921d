#include "src/base/ticking_clock.hpp"
#include "tests/unit/fake_clock.hpp"

#include <gtest/gtest.h>

namespace ticking_clock_test {

namespace {

using namespace std::chrono_literals;

TEST(TickingClock, WaitsAsLongAsItIsAskedTo) {
    FakeClock clock;
    int ticks = 0;
    snow_white::TickingClock(clock, [&] { ++ticks; }).wait(2500ms);
    EXPECT_EQ(clock.elapsed(), 2500ms);
    EXPECT_EQ(ticks, 3);
}

// The lid of a laptop is closed for 8 h: the wait is over when it is opened.
TEST(TickingClock, ASuspensionDoesNotProlongAWait) {
    FakeClock clock;
    bool slept = false;
    clock.on_wait = [&](snow_white::Instant) {
        if (!std::exchange(slept, true)) clock.advance(8h);
    };
    snow_white::TickingClock(clock, [] {}).wait(10min);
    EXPECT_LT(clock.elapsed(), 8h + 2s);
}

TEST(TickingClock, ATickThatTakesLongDoesNotProlongAWait) {
    FakeClock clock;
    snow_white::TickingClock(clock, [&] { clock.advance(5s); }).wait(10s);
    EXPECT_LE(clock.elapsed(), 12s);
}

} // namespace

} // namespace ticking_clock_test
