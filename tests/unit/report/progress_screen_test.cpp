// The progress screen, for terminals of all sizes: what it shows, and that it fits.
#include "src/report/terminal/progress_screen.hpp"
#include "tests/unit/fixed_time.hpp"
#include "tests/unit/golden.hpp"

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
using report::RunInfo;
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

// A task continues without its terminal, and so does what was sent from here.
TEST(ProgressScreen, CtrlCEndsOnlyWhatRunsHereAndIsNotSent) {
    const auto shown = [](const std::string& mode, std::optional<Stage> stage) {
        ProgressScreen progress{{.application = "acme", .action = Action::quiet, .mode = mode},
                                noon};
        ProgressSnapshot snapshot = in_progress(3, 1);
        snapshot.stage = stage.value_or(Stage::discovering);
        if (stage) progress.take(snapshot);
        return whole(progress.draw(then, {}));
    };
    const std::string unsent = "Ctrl-C ends it; nothing is sent yet";
    const std::string sent = "Ctrl-C stops watching; the quiet continues";
    EXPECT_THAT(shown("--here", {}), HasSubstr(unsent));
    EXPECT_THAT(shown("--here", Stage::discovering), HasSubstr(unsent));
    EXPECT_THAT(shown("--here", Stage::waiting), HasSubstr(sent));
    EXPECT_THAT(shown("--here", Stage::verifying), HasSubstr(sent));
    EXPECT_THAT(shown("--wait", Stage::discovering), HasSubstr(sent));
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
not yet, most jobs first: 1 instance
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
not yet, most jobs first: 14 instances
  i-00000000000000000 3 jobs acme-wor..
  i-00000000000000001 acme-workers-1
  i-00000000000000002 acme-workers-1
  and 11 more)");
}

TEST(ProgressScreen, ShowsTheAgeOfAnswers) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.unfinished[0].last_count = JobCount{1, then - 4min};
    EXPECT_THAT(drawn(snapshot),
                Contains(HasSubstr("12 min 3 s  1 job (4 min 0 s ago)  acme-workers-1")));
}

// Redis's count is newer: without an age the two would contradict each other.
TEST(ProgressScreen, BesideTheJobsOfRedisEachOtherCountHasItsAge) {
    ProgressSnapshot snapshot = in_progress(3, 1);
    snapshot.unfinished[0].last_count = JobCount{4, then - 20s};
    EXPECT_THAT(drawn(snapshot), Contains(HasSubstr("12 min 3 s  4 jobs  acme-workers-1")));
    snapshot.sidekiq.source = SidekiqView::Source::read;
    snapshot.sidekiq.jobs = 2;
    snapshot.sidekiq.longest = {{"ReportJob", "default", "1", noon, "i-1"},
                                {"ReportJob", "default", "2", noon, "i-1"}};
    EXPECT_THAT(drawn(snapshot),
                Contains(HasSubstr("12 min 3 s  4 jobs (20 s ago)  acme-workers-1")));
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
    EXPECT_THAT(lines, Contains("not yet: 135 instances"));
    EXPECT_THAT(lines, Contains("  and 128 more"));
    const auto large = drawn(in_progress(400, 45), {.width = 199, .height = 50});
    EXPECT_THAT(large, SizeIs(50));
    EXPECT_THAT(large, Contains("and 25 more environments"));
}

TEST(ProgressScreen, HiddenLinesAreCounted) {
    const auto lines = drawn(in_progress(400, 2), {.width = 80, .height = 200});
    EXPECT_THAT(lines, Contains("not yet: 134 instances"));
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

// Jobs by name, of Sidekiq's Redis: the first has run for 2 h 31 min.
SidekiqView named_jobs(int count) {
    SidekiqView view{.source = SidekiqView::Source::read, .jobs = count};
    for (int i = 0; i < std::min(count, 10); ++i)
        view.longest.push_back({i % 3 == 0 ? "Shop::MonthlyReportJob" : "ImportJob",
                                i % 3 == 0 ? "default" : "mailers", fmt::format("{:024x}", i),
                                then - 2h - 31min + i * 4min, fmt::format("i-{:017x}", 1000 + i)});
    const int reports = std::min(count, 10) / 3 + (count % 3 == 0 ? 0 : 1);
    view.classes = {{"ImportJob", count - reports}, {"Shop::MonthlyReportJob", reports}};
    return view;
}

RunInfo typed() {
    return {.application = "acme",
            .pattern = "workers",
            .profile = "staging",
            .region = "us-east-1",
            .program = "./snow-white.sh",
            .mode = "--wait"};
}

// Forty instances: one that is lost, one with three jobs, one with none.
ProgressScreen forty_instances(int jobs_by_name) {
    ProgressScreen progress{typed(), noon};
    ProgressSnapshot snapshot = in_progress(40, 3);
    snapshot.unfinished[1].last_count = JobCount{0, then - 4min};
    snapshot.unfinished[2].outcome = Outcome::unreachable;
    snapshot.unfinished[7].last_count = JobCount{3, then - 30s};
    snapshot.jobs = 3;
    snapshot.counted = 2;
    if (jobs_by_name > 0) snapshot.sidekiq = named_jobs(jobs_by_name);
    progress.take(snapshot);
    progress.note("i-00000000000000002 (acme-workers-1): its SSM agent has lost the connection",
                  noon + 8min);
    return progress;
}

struct Picture {
    std::size_t width;
    std::size_t height;
    int jobs_by_name = 0;
};

class ScreenPicture : public testing::TestWithParam<Picture> {};

TEST_P(ScreenPicture, IsAsWritten) {
    const auto [width, height, jobs] = GetParam();
    const std::string seen =
        whole(forty_instances(jobs).draw(
            then, {.width = width - 1, .height = height, .unicode = width > 60})) +
        "\n";
    test::expect_golden(fmt::format("screen_{}{}x{}.txt",
                                    jobs == 0 ? "" : fmt::format("jobs_{}_", jobs), width, height),
                        seen);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ScreenPicture,
                         testing::Values(Picture{80, 24}, Picture{50, 12}, Picture{200, 50},
                                         Picture{20, 5}, Picture{120, 30}));
INSTANTIATE_TEST_SUITE_P(JobsByName, ScreenPicture,
                         testing::Values(Picture{80, 24, 2}, Picture{50, 12, 2},
                                         Picture{200, 50, 2}, Picture{20, 5, 2},
                                         Picture{80, 24, 40}, Picture{50, 12, 40},
                                         Picture{200, 50, 40}, Picture{20, 5, 40}));

std::string text_of_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(std::string(SNOW_WHITE_SOURCE) + "/" + path).rdbuf();
    return text.str();
}

TEST(ProgressScreen, TheManualShowsOneOfThesePictures) {
    const std::string picture = text_of_file("tests/unit/golden/screen_jobs_2_80x24.txt");
    ASSERT_THAT(picture, StartsWith("NOT YET"));
    EXPECT_THAT(text_of_file("docs/operations.md"), HasSubstr("```text\n" + picture + "```\n"));
}

// Three left of 400, and three notes: who is left goes first.
TEST(ProgressScreen, ALowScreenNamesWhoIsLeftBeforeItHasNotes) {
    ProgressScreen progress{typed(), noon};
    ProgressSnapshot snapshot = in_progress(400, 2);
    snapshot.unfinished.resize(3);
    snapshot.all.as_asked = 397;
    snapshot.completed = 397;
    snapshot.environments[0].as_asked = 197;
    snapshot.environments[1].as_asked = 200;
    progress.take(snapshot);
    for (int i = 1; i <= 3; ++i)
        progress.note(fmt::format("note {}", i), noon + i * 1min);
    const auto lines = progress.draw(then, {.width = 49, .height = 12});
    for (const char* id : {"i-00000000000000000", "i-00000000000000001", "i-00000000000000002"})
        EXPECT_THAT(lines, Contains(HasSubstr(id)));
    EXPECT_EQ(lines.back(), "12:03:00 note 3");
    EXPECT_THAT(lines, Not(Contains(HasSubstr("more"))));
}

// The line of all environments counts those that have none.
TEST(ProgressScreen, TheLineOfAllEnvironmentsHasNoneMore) {
    for (std::size_t height = 6; height <= 40; ++height) {
        const auto lines = drawn(in_progress(40, 2), {.width = 49, .height = height});
        EXPECT_THAT(lines, Contains(StartsWith("all 2 environments"))) << height;
        EXPECT_THAT(lines, Not(Contains("and 2 more environments"))) << height;
    }
}

TEST(ProgressScreen, WhatIsKnownIsOnNarrowScreensToo) {
    ProgressSnapshot snapshot = in_progress(400, 1);
    snapshot.all.as_asked = snapshot.environments[0].as_asked = 2;
    snapshot.completed = 35;
    EXPECT_EQ(drawn(snapshot, {.width = 49, .height = 12})[1],
              "35 of 400 have finished; 2 are quiet and idle");
    EXPECT_EQ(drawn(snapshot, {.width = 39, .height = 12})[1],
              "35 of 400 finished; 2 quiet and idle");
    EXPECT_EQ(drawn(snapshot, {.width = 19, .height = 5})[1], "2 of 400 instances");
    EXPECT_EQ(drawn(snapshot, {.width = 19, .height = 5})[0], "NOT YET: NOT SAFE");
}

// The lines as a shell reads them: a backslash at a line's end joins it with the next one.
std::string typed_command(const std::vector<std::string>& lines) {
    std::string command;
    bool goes_on = false;
    for (const auto& line : lines) {
        const bool begins = line.starts_with("to end it:");
        if (!begins && !goes_on) continue;
        command += begins ? line.substr(line.find(':') + 1) : line;
        goes_on = line == "to end it:" || line.ends_with('\\');
        if (line.ends_with('\\')) command.pop_back();
    }
    std::string words;
    for (const char one : command)
        if (one != ' ' || (!words.empty() && words.back() != ' ')) words += one;
    return words;
}

TEST(ProgressScreen, TheCommandIsWrappedSoThatItCanBePasted) {
    report::RunInfo run_info = typed();
    run_info.pattern.include = {"workers", "a b'c"};
    run_info.pattern.exclude = {"x y"};
    ProgressScreen progress{run_info, noon};
    progress.take(in_progress(40, 2));
    const std::string command = report::cancel_line(run_info);
    for (const std::size_t width : {59, 79, 100, 199})
        EXPECT_EQ(typed_command(progress.draw(then, {.width = width, .height = 24})), command)
            << width;
    run_info.program = "/" + std::string(60, 'p') + "/snow-white.sh";
    ProgressScreen other{run_info, noon};
    EXPECT_EQ(typed_command(other.draw(then, {.width = 79, .height = 24})),
              report::cancel_line(run_info));
}

TEST(ProgressScreen, ACommandThatDoesNotFitIsNotBegun) {
    ProgressScreen progress{typed(), noon};
    progress.take(in_progress(40, 2));
    const auto shows = [&progress](std::size_t width, std::size_t height) {
        const auto lines = progress.draw(then, {.width = width, .height = height});
        return whole(lines).find("to end it") != std::string::npos;
    };
    EXPECT_TRUE(shows(79, 20));
    EXPECT_FALSE(shows(79, 19));
    EXPECT_TRUE(shows(99, 19)); // on one line
    EXPECT_FALSE(shows(49, 12));
    EXPECT_FALSE(shows(15, 40));
    ProgressScreen long_one{
        {.application = "acme", .pattern = std::string(100, 'e'), .region = "us-east-1"}, noon};
    EXPECT_THAT(whole(long_one.draw(then, {})), Not(HasSubstr("to end it")));
}

// An instance in trouble waits for somebody, a job ends by itself.
TEST(ProgressScreen, TroubleAndJobsByNameShareALowScreen) {
    const auto lines = forty_instances(40).draw(then, {.width = 49, .height = 12});
    EXPECT_THAT(lines, Contains("in trouble: 1 instance"));
    EXPECT_THAT(lines, Contains(StartsWith("! i-00000000000000002")));
    EXPECT_THAT(lines, Contains("running, the longest first: 40 jobs"));
    EXPECT_THAT(lines, Contains(HasSubstr("2 h 31 min")));
}

TEST(ProgressScreen, JobsBeyondTheListAreCountedByClass) {
    EXPECT_THAT(forty_instances(40).draw(then, {.width = 99, .height = 40}),
                Contains("  and 30 more: 30 ImportJob"));
}

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
            ProgressSnapshot snapshot = in_progress(instances, environments);
            snapshot.unfinished[0].outcome = Outcome::failed;
            if (instances == 60) snapshot.sidekiq = named_jobs(40);
            if (instances == 60)
                snapshot.sidekiq.longest[1].class_name = "\x1b[2J\n" + std::string(300, 'c');
            progress.take(snapshot);
            for (int i = 0; i < 60; ++i)
                progress.note("a\nnote \x1b[2J of \xe2\x82\xac\xff " + std::string(300, 'x'), noon);
            for (std::size_t width = 0; width <= 200; width += width < 48 ? 1 : 8)
                for (std::size_t height = 0; height <= 50; height += height < 25 ? 1 : 5) {
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
