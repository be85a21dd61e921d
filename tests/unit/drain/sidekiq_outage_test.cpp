#include "src/drain/run/sidekiq_outage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidekiq_outage_test {

namespace {

using namespace snow_white::drain;
using testing::ElementsAre;
using testing::StartsWith;

std::vector<std::string> said(const std::vector<SidekiqView::Source>& looks) {
    SidekiqOutage outage;
    std::vector<std::string> notices;
    for (const auto source : looks)
        if (const auto notice = outage.note({.source = source, .why = "refused"}))
            notices.push_back(notice->what);
    return notices;
}

constexpr auto read = SidekiqView::Source::read;
constexpr auto fails = SidekiqView::Source::unavailable;

TEST(SidekiqOutage, BeginsWithTheFirstFailureAndEndsWithTheSecondAnswer) {
    EXPECT_THAT(said({read, read}), testing::IsEmpty());
    EXPECT_THAT(said({read, fails, fails, read}),
                ElementsAre(StartsWith("Sidekiq's Redis could not be read: refused")));
    EXPECT_THAT(said({fails, read, read, read}),
                ElementsAre(StartsWith("Sidekiq's Redis could not be read"),
                            "Sidekiq's Redis answers again"));
    EXPECT_THAT(said({fails, read, read, fails}), testing::SizeIs(3));
}

// Before, each of them was a notice: one a minute, for hours.
TEST(SidekiqOutage, ARedisThatFailsAtEverySecondLookIsSaidOnce) {
    EXPECT_THAT(said({fails, read, fails, read, fails, read, fails}), testing::SizeIs(1));
}

} // namespace

} // namespace sidekiq_outage_test
