// The picture of a drain, for terminals of all sizes: what is in it, and that it keeps within the screen.
#include "src/report/live_picture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using namespace std::chrono_literals;
using report::LivePicture;
using report::Screen;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

constexpr Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + 12h};

LivePicture begun() {
    return {{.application = "acme", .pattern = "workers", .region = "us-east-1", .deadline = noon + 6h},
            Action::quiet,
            noon};
}

LivePicture under_way(std::size_t environments, int instances, int completed) {
    LivePicture picture = begun();
    Matched matched{.instances = static_cast<std::size_t>(instances)};
    for (std::size_t i = 0; i < environments; ++i)
        matched.environments.push_back({fmt::format("acme-workers-{}", i), "Ready"});
    picture.take(matched, noon);
    picture.take(Started{}, noon);
    picture.take(Advanced{Errand::act, completed, instances}, noon);
    return picture;
}

TEST(LivePicture, AtTheBeginningItSaysThatItLooks) {
    EXPECT_THAT(begun().draw(noon, {}),
                ElementsAre("NOT YET quiet and idle: \"workers\" of acme in us-east-1",
                            "[--------------------------------------------------]", "looking who is there",
                            "elapsed 0 s; deadline in 6 h 0 min (18:00:00 UTC)",
                            "Ctrl-C ends the watching; the workers go on as told"));
}

TEST(LivePicture, UnderWayItCountsAndSaysWhatItDoesNotKnow) {
    LivePicture picture = under_way(2, 40, 20);
    picture.take(Noted{"i-1 (acme-workers-0): its SSM agent has lost the connection"}, noon + 61s);
    EXPECT_THAT(
        picture.draw(noon + 125s, {}),
        ElementsAre("NOT YET quiet and idle: \"workers\" of acme in us-east-1",
                    "[#########################-------------------------]", "20 of 40 instances finished",
                    "elapsed 2 min 5 s; deadline in 5 h 57 min (18:00:00 UTC)",
                    "the others run jobs, or have not answered yet;",
                    "who they are, and their jobs: at the end, or at the deadline",
                    "Ctrl-C ends the watching; the workers go on as told",
                    "2 environments, 40 instances:", "  acme-workers-0 (Ready)", "  acme-workers-1 (Ready)",
                    "12:01:01 i-1 (acme-workers-0): its SSM agent has lost the connection"));
}

TEST(LivePicture, TheSweepIsCountedForItself) {
    LivePicture picture = under_way(1, 3, 3);
    picture.take(Started{.order = {.errand = Errand::ask}}, noon);
    EXPECT_THAT(picture.draw(noon, {}),
                Contains("asking each worker what it does now: 0 of 0 instances answered"));
    picture.take(Advanced{Errand::ask, 2, 3}, noon);
    EXPECT_THAT(picture.draw(noon, {}),
                Contains("asking each worker what it does now: 2 of 3 instances answered"));
}

TEST(LivePicture, ABarIsFullOnlyWhenAllHaveFinished) {
    EXPECT_THAT(under_way(1, 400, 399).draw(noon, {})[1], testing::EndsWith("#-]"));
    EXPECT_THAT(under_way(1, 400, 400).draw(noon, {})[1], Not(testing::HasSubstr("-")));
}

TEST(LivePicture, ManyEnvironmentsAreFolded) {
    const auto lines = under_way(30, 400, 7).draw(noon, {});
    EXPECT_THAT(lines, Contains("30 environments, 400 instances:"));
    EXPECT_THAT(lines, Contains("  and 23 more"));
    EXPECT_THAT(lines, Not(Contains("  acme-workers-7 (Ready)")));
}

TEST(LivePicture, ItKeepsWithinEveryScreen) {
    for (const std::size_t environments : {1, 3, 40})
        for (const int instances : {3, 40, 400}) {
            LivePicture picture = under_way(environments, instances, 1);
            for (int i = 0; i < 60; ++i)
                picture.take(Noted{"a\nnote \x1b[2J of \xe2\x82\xac\xff " + std::string(300, 'x')}, noon);
            for (std::size_t width = 0; width <= 200; width += 8)
                for (std::size_t height = 0; height <= 50; height += 3) {
                    const auto lines = picture.draw(noon, {width, height});
                    EXPECT_LE(lines.size(), height);
                    for (const auto& line : lines) {
                        EXPECT_LE(line.size(), width) << line;
                        EXPECT_TRUE(
                            std::ranges::all_of(line, [](char byte) { return byte >= ' ' && byte <= '~'; }));
                    }
                }
        }
}

TEST(LivePicture, ColoursAreInItOnlyWhenAskedFor) {
    const auto has_escape = [](const std::vector<std::string>& lines) {
        return std::ranges::any_of(lines,
                                   [](const auto& line) { return line.find('\x1b') != std::string::npos; });
    };
    EXPECT_FALSE(has_escape(under_way(1, 4, 2).draw(noon, {})));
    EXPECT_TRUE(has_escape(under_way(1, 4, 2).draw(noon, {.colour = true})));
}

} // namespace
