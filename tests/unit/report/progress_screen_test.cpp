// The progress screen, for terminals of all sizes: what it shows, and that it fits.
#include "src/report/terminal/progress_screen.hpp"
#include "tests/unit/fixed_time.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace progress_screen_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using namespace std::chrono_literals;
using report::ProgressScreen;
using report::Screen;
using test::noon;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr Instant then = noon + 12min + 5s;

ProgressScreen begun(Action action = Action::quiet) {
    return {{.application = "acme", .pattern = "workers", .region = "us-east-1", .action = action},
            noon};
}

// So many instances in so many environments; a third of each, rounded up, still runs jobs.
ProgressSnapshot in_progress(int instances, int environments) {
    ProgressSnapshot snapshot{
        .stage = Stage::waiting, .begun = noon, .deadline = noon + 6h, .targeted = instances};
    for (int e = 0; e < environments; ++e) {
        EnvironmentProgress row{.name = fmt::format("acme-workers-{}", e + 1)};
        row.instances =
            static_cast<std::size_t>(instances / environments + (e < instances % environments));
        const std::size_t open = (row.instances + 2) / 3;
        row.as_asked = row.instances - open;
        for (std::size_t i = 0; i < open; ++i)
            snapshot.unfinished.push_back(
                {{fmt::format("i-{:017x}", 1000 * e + static_cast<int>(i))},
                 row.name,
                 Outcome::pending,
                 noon + 2s});
        snapshot.all.instances += row.instances;
        snapshot.all.as_asked += row.as_asked;
        snapshot.environments.push_back(row);
    }
    snapshot.completed = static_cast<int>(snapshot.all.as_asked);
    const auto most = std::min(snapshot.unfinished.size(), ProgressSnapshot::most_unfinished);
    snapshot.unfinished.resize(most);
    snapshot.omitted_environments =
        snapshot.environments.size() -
        std::min(snapshot.environments.size(), ProgressSnapshot::most_environments);
    snapshot.environments.resize(snapshot.environments.size() - snapshot.omitted_environments);
    return snapshot;
}

std::vector<std::string> drawn(const ProgressSnapshot& snapshot, const Screen& screen = {}) {
    ProgressScreen progress = begun(snapshot.action);
    progress.take(snapshot);
    return progress.draw(then, screen);
}

std::string whole(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

TEST(ProgressScreen, AtTheStartItShowsTheDiscovery) {
    EXPECT_THAT(begun().draw(noon, {}),
                ElementsAre("NOT YET quiet and idle: NOT SAFE to go on",
                            "listing the instances; nothing is sent yet", "elapsed 0 s |",
                            "quiet \"workers\" of acme in us-east-1",
                            "Ctrl-C stops watching; the quiet continues",
                            "to end it: snow-white.sh -a quiet -e workers -p acme -r us-east-1 "
                            "--cancel"));
}

TEST(ProgressScreen, ThreeInstances) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.unfinished[0].last_count = JobCount{2, then - 30s};
    snapshot.jobs = 2;
    snapshot.counted = 1;
    EXPECT_EQ(whole(drawn(snapshot)), R"(NOT YET quiet and idle: NOT SAFE to go on
2 of 3 instances are quiet and idle; 2 jobs running
elapsed 12 min 5 s; deadline in 5 h 48 min (18:00:00 UTC) /
quiet "workers" of acme in us-east-1
Ctrl-C stops watching; the quiet continues
to end it: snow-white.sh -a quiet -e workers -p acme -r us-east-1 --cancel
acme-workers-1 [#################################-----------------] 2 of 3
not yet, the longest first: 1 instance
  i-00000000000000000  12 min 3 s  2 jobs  acme-workers-1)");
}

TEST(ProgressScreen, FortyInstancesOnAFewLines) {
    ProgressSnapshot snapshot = in_progress(40, 2);
    snapshot.unfinished[0].last_count = JobCount{3, then - 4min};
    snapshot.jobs = 3;
    snapshot.counted = 1;
    EXPECT_EQ(whole(drawn(snapshot, {.width = 39, .height = 10})),
              R"(NOT YET quiet and idle: NOT SAFE
26 of 40 instances are quiet and idle
at least 3 jobs running
12 min 5 s; deadline in 5 h 48 min /
all 2 environ.. [#######-----] 26 of 40
acme-workers-1  [#######-----] 13 of 20
acme-workers-2  [#######-----] 13 of 20
not yet, the longest first: 14 instan..
 i-00000000000000000 12 min 3 s 3 job..
  and 13 more)");
}

TEST(ProgressScreen, ShowsTheAgeOfAnswers) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.unfinished[0].last_count = JobCount{1, then - 4min};
    EXPECT_THAT(drawn(snapshot),
                Contains(HasSubstr("12 min 3 s  1 job (4 min 0 s ago)  acme-workers-1")));
}

TEST(ProgressScreen, AnIncompleteJobCountIsShownAsSuch) {
    ProgressSnapshot snapshot = in_progress(40, 2);
    snapshot.jobs = 9;
    snapshot.counted = 5;
    EXPECT_EQ(drawn(snapshot)[1], "26 of 40 instances are quiet and idle; at least 9 jobs running");
    snapshot.counted = 14;
    EXPECT_EQ(drawn(snapshot)[1], "26 of 40 instances are quiet and idle; 9 jobs running");
    snapshot.counted = 0;
    EXPECT_EQ(drawn(snapshot)[1], "26 of 40 instances are quiet and idle");
}

TEST(ProgressScreen, ProblemsOfInstancesAreShown) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.unfinished[0].outcome = Outcome::unreachable;
    EXPECT_THAT(
        drawn(snapshot),
        Contains(StartsWith("! i-00000000000000000  12 min 3 s  unreachable  acme-workers-1")));
}

TEST(ProgressScreen, ManyAreFoldedAndCounted) {
    const auto lines = drawn(in_progress(400, 45));
    EXPECT_THAT(lines, SizeIs(24));
    EXPECT_THAT(lines, Contains(StartsWith("all 45 environments")));
    EXPECT_THAT(lines, Contains("and 38 more environments"));
    EXPECT_THAT(lines, Contains("not yet, the longest first: 135 instances"));
    EXPECT_THAT(lines, Contains("  and 128 more"));
    const auto large = drawn(in_progress(400, 45), {.width = 199, .height = 50});
    EXPECT_THAT(large, SizeIs(50));
    EXPECT_THAT(large, Contains("and 25 more environments"));
}

TEST(ProgressScreen, HiddenLinesAreCounted) {
    const auto lines = drawn(in_progress(400, 2), {.width = 80, .height = 200});
    EXPECT_THAT(lines, Contains("not yet, the longest first: 134 instances"));
    EXPECT_THAT(lines, Contains("  and 94 more")); // forty of them were named
}

TEST(ProgressScreen, ABarIsFullOnlyWhenAllAreAsAsked) {
    ProgressSnapshot snapshot = in_progress(400, 1);
    snapshot.all.as_asked = snapshot.environments[0].as_asked = 399;
    EXPECT_THAT(drawn(snapshot)[6], HasSubstr("#-] 399 of 400"));
    snapshot.all.gone = snapshot.environments[0].gone = 1; // no worker runs there
    EXPECT_THAT(drawn(snapshot)[6], HasSubstr("#] 399 of 399"));
}

TEST(ProgressScreen, CountsThatAreNewerThanTheAnswersAreToldApart) {
    ProgressSnapshot snapshot = in_progress(400, 1);
    snapshot.all.as_asked = snapshot.environments[0].as_asked = 1;
    snapshot.completed = 195;
    EXPECT_EQ(drawn(snapshot)[1], "195 of 400 instances have finished; 1 is known to be quiet and "
                                  "idle");
    snapshot.all.as_asked = 195;
    EXPECT_EQ(drawn(snapshot)[1], "195 of 400 instances are quiet and idle");
}

TEST(ProgressScreen, ADeadlineOfAnotherDayHasItsDate) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.deadline = noon + 48h;
    EXPECT_THAT(drawn(snapshot)[2],
                testing::MatchesRegex("elapsed 12 min 5 s; deadline in 47 h 48 min "
                                      "[(]20[0-9-]+ 12:00 UTC[)] ."));
    snapshot.deadline = then;
    EXPECT_THAT(drawn(snapshot)[2],
                StartsWith("elapsed 12 min 5 s; deadline reached; checking the workers once more"));
}

TEST(ProgressScreen, AWakeInBatchesSaysSo) {
    ProgressScreen progress{{.pattern = "workers", .batch = "25%", .action = Action::wake}, noon};
    ProgressSnapshot snapshot = in_progress(40, 1);
    snapshot.action = Action::wake;
    progress.take(snapshot);
    EXPECT_EQ(progress.draw(then, {})[1], "26 of 40 instances are awake; 25% at a time");
}

TEST(ProgressScreen, AColumnIsACharacterInUnicodeToo) {
    const auto columns = [](const std::string& line) {
        return std::ranges::count_if(line,
                                     [](unsigned char byte) { return (byte & 0xC0) != 0x80; });
    };
    for (const std::size_t width : {20, 49, 79, 199})
        for (int instances = 1; instances < 60; ++instances) {
            const auto ascii = drawn(in_progress(instances, 2), {.width = width});
            const auto unicode =
                drawn(in_progress(instances, 2), {.width = width, .unicode = true});
            ASSERT_EQ(ascii.size(), unicode.size());
            for (std::size_t i = 0; i < ascii.size(); ++i)
                EXPECT_EQ(columns(ascii[i]), columns(unicode[i])) << unicode[i];
        }
}

class ScreenPicture : public testing::TestWithParam<std::pair<std::size_t, std::size_t>> {};

TEST_P(ScreenPicture, IsAsWritten) {
    const auto [width, height] = GetParam();
    ProgressScreen progress{{.application = "acme",
                             .pattern = "workers",
                             .profile = "staging",
                             .region = "us-east-1",
                             .program = "./snow-white.sh",
                             .mode = "--wait"},
                            noon};
    ProgressSnapshot snapshot = in_progress(40, 3);
    snapshot.unfinished[0].last_count = JobCount{3, then - 30s};
    snapshot.unfinished[1].last_count = JobCount{0, then - 4min};
    snapshot.unfinished[2].outcome = Outcome::unreachable;
    snapshot.jobs = 3;
    snapshot.counted = 2;
    progress.take(snapshot);
    progress.note("i-00000000000000002 (acme-workers-1): its SSM agent has lost the connection",
                  noon + 8min);
    const std::string seen =
        whole(progress.draw(then, {.width = width - 1, .height = height, .unicode = width > 60})) +
        "\n";
    const std::string path =
        fmt::format("{}/tests/unit/golden/screen_{}x{}.txt", SNOW_WHITE_SOURCE, width, height);
    if (std::getenv("SNOW_WHITE_WRITE_GOLDEN") != nullptr) std::ofstream(path) << seen;
    std::ostringstream wanted;
    wanted << std::ifstream(path).rdbuf();
    EXPECT_EQ(seen, wanted.str()) << path;
}

INSTANTIATE_TEST_SUITE_P(Sizes, ScreenPicture,
                         testing::Values(std::pair{80, 24}, std::pair{50, 12}, std::pair{200, 50},
                                         std::pair{20, 5}, std::pair{120, 30}));

TEST(ProgressScreen, TheVerificationHasItsOwnCounts) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.stage = Stage::verifying;
    snapshot.targeted = 0;
    EXPECT_EQ(drawn(snapshot)[1], "asking each worker what it does now");
    snapshot.targeted = 3;
    snapshot.completed = 2;
    EXPECT_EQ(drawn(snapshot)[1], "asking each worker what it does now: 2 of 3 instances answered");
}

TEST(ProgressScreen, AWakeShowsNoSafetyText) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.action = Action::wake;
    EXPECT_EQ(drawn(snapshot)[0], "NOT YET awake");
}

TEST(ProgressScreen, NoticesAreOnTheLastLines) {
    ProgressScreen progress = begun();
    progress.take(in_progress(400, 40));
    for (int i = 1; i <= 5; ++i)
        progress.note(fmt::format("note {}", i), noon + i * 1min);
    const auto lines = progress.draw(then, {});
    EXPECT_THAT(std::vector(lines.end() - 3, lines.end()),
                ElementsAre("12:03:00 note 3", "12:04:00 note 4", "12:05:00 note 5"));
}

TEST(ProgressScreen, FitsEveryScreen) {
    for (const int environments : {1, 3, 60})
        for (const int instances : {3, 60, 400}) {
            ProgressScreen progress = begun();
            progress.take(in_progress(instances, environments));
            for (int i = 0; i < 60; ++i)
                progress.note("a\nnote \x1b[2J of \xe2\x82\xac\xff " + std::string(300, 'x'), noon);
            for (std::size_t width = 0; width <= 200; width += width < 48 ? 1 : 8)
                for (std::size_t height = 0; height <= 50; ++height) {
                    const auto lines = progress.draw(then, {width, height});
                    EXPECT_LE(lines.size(), height);
                    for (const auto& line : lines) {
                        EXPECT_LE(line.size(), width) << line;
                        EXPECT_TRUE(std::ranges::all_of(
                            line, [](char byte) { return byte >= ' ' && byte <= '~'; }));
                    }
                }
        }
}

TEST(ProgressScreen, HasColoursOnlyOnRequest) {
    EXPECT_THAT(whole(drawn(in_progress(4, 2))), Not(HasSubstr("\x1b")));
    EXPECT_THAT(drawn(in_progress(4, 2), {.colour = true})[0], StartsWith("\x1b[1m"));
}

} // namespace

} // namespace progress_screen_test
