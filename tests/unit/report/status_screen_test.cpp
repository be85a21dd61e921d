// -a status on a terminal: which rows and columns a screen of each size shows, what changed since
// the look before, and that it fits. `make golden` writes the pictures of tests/unit/golden anew.
#include "src/drain/model/sidekiq_text.hpp"
#include "src/report/terminal/status_screen.hpp"
#include "tests/unit/fixed_time.hpp"
#include "tests/unit/golden.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace status_screen_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using drain::Worker;
using drain::WorkerState;
using fleet::Agent;
using fleet::Ec2State;
using report::InstanceStatus;
using report::Screen;
using report::StatusScreen;
using test::noon;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr Instant later = noon + 60s;

fleet::Instance instance(int number, Agent agent = Agent::online) {
    return {.id = {fmt::format("i-{:017x}", number)},
            .environment = number % 3 == 0 ? "acme-workers-mailers" : "acme-workers",
            .zone = "us-east-1a",
            .ec2_state = Ec2State::running,
            .agent = agent};
}

Worker worker(WorkerState state, int busy = 0, std::optional<Instant> since = {}) {
    return {.pid = 812,
            .unit = "sidekiq.service",
            .version = "7.3.0",
            .busy = busy,
            .threads = 10,
            .state = state,
            .since = since};
}

InstanceStatus known(int number, const std::vector<Worker>& workers) {
    return {.instance = instance(number),
            .answered = true,
            .why_not = {},
            .host = {},
            .scripts = {},
            .workers = workers};
}

InstanceStatus unknown(int number) {
    return {.instance = instance(number, Agent::lost),
            .answered = false,
            .why_not = "its SSM agent does not answer"};
}

StatusScreen screen_of(const std::string& pattern = "workers") {
    return {{.application = "acme", .pattern = pattern, .region = "us-east-1"}, 60s};
}

// Forty instances in a quiet: one that does not answer, two that still take jobs, and one that
// boots. Every fifth of the others still runs jobs in the first look, none in the second.
std::vector<InstanceStatus> fleet_in_a_quiet(bool is_second) {
    std::vector<InstanceStatus> all;
    for (int i = 0; i < 40; ++i) {
        if (i == 17 && is_second)
            all.push_back(unknown(i));
        else if (i == 23 || i == 31)
            all.push_back(known(i, {worker(WorkerState::running, (i - 20) / 2, noon - 77h)}));
        else if (i == 35)
            all.push_back(known(i, {worker(WorkerState::booting)}));
        else if (i % 5 == 0 && (!is_second || i > 10))
            all.push_back(known(i, {worker(WorkerState::quiet, i / 5 + 1, noon - 11min - 40s)}));
        else
            all.push_back(known(i, {worker(WorkerState::idle, 0, noon - 11min - 40s)}));
    }
    if (is_second) all.push_back(known(40, {worker(WorkerState::running, 0, noon + 20s)}));
    return all;
}

StatusScreen watched() {
    StatusScreen screen = screen_of();
    screen.take(fleet_in_a_quiet(false), {}, true, noon);
    screen.take(fleet_in_a_quiet(true), {}, true, later);
    return screen;
}

std::string lines_of(const std::vector<std::string>& lines) {
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

// The screen of a terminal: it is one column narrower.
constexpr Screen terminal(std::size_t columns, std::size_t lines) {
    return {.width = columns - 1, .height = lines};
}

struct Size {
    std::size_t columns, lines;
};

class StatusGolden : public testing::TestWithParam<Size> {};

TEST_P(StatusGolden, IsAsWritten) {
    const auto [columns, lines] = GetParam();
    const auto drawn = watched().draw(terminal(columns, lines));
    EXPECT_LE(drawn.size(), lines);
    for (const auto& line : drawn)
        EXPECT_LT(line.size(), columns);
    test::expect_golden(fmt::format("status_{}x{}.txt", columns, lines), lines_of(drawn));
}

INSTANTIATE_TEST_SUITE_P(Sizes, StatusGolden,
                         testing::Values(Size{80, 24}, Size{50, 12}, Size{200, 50}, Size{20, 5},
                                         Size{120, 30}));

// What Sidekiq's Redis says of so many jobs of the fleet in a quiet.
std::vector<std::string> sidekiq_says(int jobs) {
    drain::SidekiqView view{.source = drain::SidekiqView::Source::read, .jobs = jobs};
    for (int i = 0; i < std::min(jobs, 10); ++i)
        view.longest.push_back({i % 3 == 0 ? "Shop::MonthlyReportJob" : "ImportJob",
                                i % 3 == 0 ? "default" : "mailers", fmt::format("{:024x}", i),
                                later - 2h - 31min + i * 4min, instance(15 + 5 * (i % 4)).id.text});
    view.classes = {{"ImportJob", jobs - jobs / 4 - 1}, {"Shop::MonthlyReportJob", jobs / 4 + 1}};
    view.others = {{"console-1", 2, {"default"}, false}, {"ip-10-0-0-7", 1, {"mailers"}, true}};
    view.other_processes = 3;
    view.waiting = 1038;
    view.queues = {{"default", 1030, false}, {"mailers", 8, true}};
    return {jobs_text(view, later), others_text(view), waiting_text(view, false)};
}

StatusScreen watched_with_redis(int jobs) {
    StatusScreen screen = screen_of();
    screen.take(fleet_in_a_quiet(false), {}, true, noon);
    screen.take(fleet_in_a_quiet(true), {}, true, later, sidekiq_says(jobs));
    return screen;
}

struct JobsSize {
    int jobs;
    std::size_t columns, lines;
};

class StatusJobsGolden : public testing::TestWithParam<JobsSize> {};

TEST_P(StatusJobsGolden, IsAsWritten) {
    const auto [jobs, columns, lines] = GetParam();
    const auto drawn = watched_with_redis(jobs).draw(terminal(columns, lines));
    test::expect_golden(fmt::format("status_jobs_{}_{}x{}.txt", jobs, columns, lines),
                        lines_of(drawn));
}

INSTANTIATE_TEST_SUITE_P(JobsByName, StatusJobsGolden,
                         testing::Values(JobsSize{2, 80, 24}, JobsSize{2, 50, 12},
                                         JobsSize{2, 200, 50}, JobsSize{28, 80, 24},
                                         JobsSize{28, 50, 12}, JobsSize{28, 200, 50}));

TEST(StatusScreen, TheManualShowsThisPicture) {
    std::ostringstream manual;
    manual << std::ifstream(std::string(SNOW_WHITE_SOURCE) + "/docs/operations.md").rdbuf();
    const auto drawn = watched_with_redis(28).draw(terminal(80, 24));
    const std::vector above(drawn.begin(), drawn.begin() + 15);
    EXPECT_THAT(manual.str(),
                HasSubstr(fmt::format("```text\n{}  …\n{}\n```\n", lines_of(above), drawn.back())));
}

TEST(StatusRows, WhatHoldsUpIsOnTop) {
    const auto rows = report::status_rows(
        {known(1, {worker(WorkerState::idle), worker(WorkerState::stopped)}),
         known(2, {worker(WorkerState::quiet, 1)}), known(3, {worker(WorkerState::quiet, 2)}),
         known(4, {worker(WorkerState::suspended)}), known(5, {worker(WorkerState::booting)}),
         known(6, {worker(WorkerState::running)}), known(7, {}), unknown(8)});
    std::vector<std::string> seen;
    for (const auto& row : rows)
        seen.push_back(fmt::format("{} {}", name_of(row.state), row.instance.id.text.substr(18)));
    EXPECT_THAT(seen, ElementsAre("unknown 8", "running 6", "booting 5", "suspended 4",
                                  "no worker 7", "quiet 3", "quiet 2", "idle 1", "stopped 1"));
}

// The columns do not move when the rows that are seen do.
TEST(StatusScreen, ColumnsStayWhereTheyAre) {
    StatusScreen screen = screen_of();
    screen.take({known(3, {worker(WorkerState::quiet, 10, noon - 5min)})}, {}, true, noon);
    const auto first = screen.draw(terminal(120, 30));
    screen.take({known(1, {worker(WorkerState::idle, 0, noon)}), unknown(2)}, {}, true, later);
    const auto second = screen.draw(terminal(120, 30));
    EXPECT_EQ(first.at(2), second.at(3)); // the headings
    EXPECT_THAT(first.at(2), StartsWith("  STATE      BUSY   INSTANCE"));
}

TEST(StatusScreen, TheFirstLookMarksNothing) {
    StatusScreen screen = screen_of();
    screen.take(fleet_in_a_quiet(false), {}, true, noon);
    EXPECT_EQ(screen.changes(), "");
    for (const auto& line : screen.draw(terminal(80, 24)))
        EXPECT_FALSE(line.starts_with("* ") || line.starts_with("+ ")) << line;
}

TEST(StatusScreen, WhatDoesNotFitIsCountedByState) {
    StatusScreen screen = screen_of();
    screen.take({known(1, {worker(WorkerState::quiet, 1)}), known(2, {worker(WorkerState::idle)}),
                 known(3, {worker(WorkerState::idle)}), known(4, {worker(WorkerState::idle)})},
                {}, true, noon);
    EXPECT_EQ(screen.draw(terminal(80, 4)).back(), "and 2 more, all idle");
    EXPECT_EQ(screen.draw(terminal(80, 2)).back(), "and 4 more: 1 quiet, 3 idle");
    EXPECT_EQ(screen.draw(terminal(21, 5)).back(), "and 2 more, all idle");
    EXPECT_EQ(screen.draw(terminal(20, 5)).back(), "2 more, all idle");
    EXPECT_EQ(screen.draw(terminal(12, 5)).back(), "and 2 more");
    EXPECT_THAT(screen.draw(terminal(80, 5)), Not(Contains(HasSubstr("more"))));
}

TEST(StatusScreen, AScriptThatStillRunsIsInTheSums) {
    auto one = known(1, {worker(WorkerState::quiet, 1)});
    one.scripts = {{drain::Action::quiet, 77}};
    StatusScreen screen = screen_of();
    screen.take({one}, {}, true, noon);
    EXPECT_THAT(screen.draw(terminal(80, 24)).at(0),
                HasSubstr("1 job running; a quiet still runs on"));
    EXPECT_EQ(screen.draw(terminal(50, 12)).at(1), "quiet still runs on 1 instance");
    EXPECT_EQ(screen.draw(terminal(40, 12)).at(0), "1 job, 1 quiet");
    EXPECT_EQ(screen.draw(terminal(40, 12)).at(1), "a quiet still runs on 1 instance");
}

// The jobs, who else takes from the queues, what waits: in this order below the sums. On few lines
// the jobs alone, on fewer none of them.
TEST(StatusScreen, WhatRedisSaysIsBelowTheSums) {
    StatusScreen screen = screen_of();
    screen.take({known(1, {worker(WorkerState::quiet, 2)})}, {}, true, noon,
                {"jobs by name", "who else", "what waits"});
    auto lines = screen.draw(terminal(80, 24));
    EXPECT_THAT(std::vector(lines.begin() + 1, lines.begin() + 4),
                ElementsAre("jobs by name", "who else", "what waits"));
    lines = screen.draw(terminal(80, 8));
    EXPECT_EQ(lines.at(1), "jobs by name");
    EXPECT_THAT(lines, Not(Contains("who else")));
    EXPECT_THAT(screen.draw(terminal(80, 7)), Not(Contains("jobs by name")));
    EXPECT_THAT(screen.whole(79), Contains("what waits"));
    screen.take({known(1, {worker(WorkerState::idle)})}, {}, true, later);
    EXPECT_THAT(screen.draw(terminal(80, 24)), Not(Contains("jobs by name")));
}

// On every size the sums come first, and no line is too wide or one too many.
TEST(StatusScreen, FitsEverySize) {
    StatusScreen screen = screen_of(std::string(300, 'x'));
    const auto fill = [&screen](bool is_second) {
        auto fleet = fleet_in_a_quiet(is_second);
        fleet.front().instance.environment = std::string(300, 'e');
        fleet.front().workers.front().unit = std::string(300, 'u');
        screen.take(fleet, {"not seen: a", "not seen: b", "not seen: c"}, true,
                    is_second ? later : noon, {std::string(300, 'j'), "others", "waiting"});
    };
    fill(false);
    fill(true);
    for (const std::size_t width : {0, 1, 5, 19, 40, 79, 300})
        for (const std::size_t height : {0, 1, 2, 3, 5, 11, 12, 24, 60}) {
            const auto lines = screen.draw({.width = width, .height = height});
            EXPECT_LE(lines.size(), height) << width;
            for (const auto& line : lines)
                EXPECT_LE(line.size(), width) << height;
            if (width < 19 || height == 0) continue;
            EXPECT_THAT(lines.front() + lines.at(height < 2 ? 0 : 1), HasSubstr("unknown"));
        }
}

TEST(StatusScreen, TextFromOutsideCannotControlTheTerminal) {
    auto evil = known(1, {worker(WorkerState::running)});
    evil.instance.environment = "a\x1b[2J\nb\xc3\xa9";
    evil.workers.front().unit = "\x1b]0;x\x07\xe2\x80\xae";
    auto silent = unknown(2);
    silent.why_not = "\x1b[1A\r\xff";
    StatusScreen screen = screen_of("\x1b[31m");
    screen.take({evil, silent}, {"not seen: \x1b[0m"}, true, noon, {"1 job left: \x1b[2J\n"});
    for (const auto& line : screen.draw(terminal(200, 50)))
        EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
}

// A failed look keeps the rows and the sums, and says why.
TEST(StatusScreen, AFailedLookKeepsTheSums) {
    StatusScreen screen = screen_of();
    screen.fail("AWS does not answer");
    EXPECT_THAT(screen.draw(terminal(80, 24)),
                ElementsAre("\"workers\" of acme in us-east-1, each 1 min 0 s; Ctrl-C ends it",
                            "AWS does not answer; trying again"));
    screen.take({known(1, {worker(WorkerState::idle)})}, {}, true, noon);
    screen.fail("AWS does not answer");
    const auto lines = screen.draw(terminal(80, 24));
    EXPECT_EQ(lines.at(0), "1 worker on 1 instance: 1 idle; 0 jobs running");
    EXPECT_THAT(lines.at(1), HasSubstr(" at 12:00:00 UTC, "));
    EXPECT_EQ(lines.at(2), "AWS does not answer; trying again");
    EXPECT_THAT(lines.back(), StartsWith("  idle"));
    EXPECT_THAT(screen.whole(79), Contains("AWS does not answer; trying again"));
}

TEST(StatusScreen, WhatIsNotSeenIsNamedOrCounted) {
    StatusScreen screen = screen_of();
    screen.take({known(1, {worker(WorkerState::idle)})}, {"not seen: a", "not seen: b"}, true,
                noon);
    EXPECT_THAT(screen.draw(terminal(80, 24)), Contains("not seen: b"));
    EXPECT_THAT(screen.draw(terminal(80, 5)), Contains("2 things not seen"));
}

// What stays when the watch ends: all rows, with timestamps, as wide as the terminal.
TEST(StatusScreen, WholeHasEveryRow) {
    const auto lines = watched().whole(79);
    EXPECT_THAT(lines, SizeIs(1 + 41 + 1));
    EXPECT_THAT(lines.front(), StartsWith("STATE      BUSY   INSTANCE"));
    EXPECT_THAT(lines.at(2), HasSubstr("2026-11-22T07:00:00Z"));
    EXPECT_THAT(lines.back(), StartsWith("40 workers on 41 instances"));
    for (std::size_t i = 2; i < 41; ++i) // those without a reason
        EXPECT_LE(lines.at(i).size(), 79U);
}

report::StatusChanges changes(const std::vector<InstanceStatus>& before,
                              const std::vector<InstanceStatus>& now, bool listed_all = true,
                              bool lists_all = true) {
    return report::changes_between(
        {.at = noon, .rows = report::status_rows(before), .lists_all = listed_all},
        {.at = later, .rows = report::status_rows(now), .lists_all = lists_all});
}

TEST(StatusChanges, StatesJobsNewAndGone) {
    const auto seen = changes(
        {known(1, {worker(WorkerState::quiet, 3)}), known(2, {worker(WorkerState::quiet, 2)}),
         known(3, {worker(WorkerState::running, 1)}), known(4, {worker(WorkerState::running, 5)}),
         known(5, {worker(WorkerState::idle)}), known(6, {worker(WorkerState::idle)})},
        {known(1, {worker(WorkerState::quiet, 1)}), known(2, {worker(WorkerState::idle)}),
         known(3, {worker(WorkerState::running, 4)}), unknown(4),
         known(6, {worker(WorkerState::idle)}), known(7, {worker(WorkerState::running)})});
    EXPECT_EQ(seen.sentence, "since 12:00:00: 1 became unknown, 1 became idle, 1 with fewer jobs, "
                             "1 with more jobs, 1 new, 1 gone");
    EXPECT_EQ(seen.marks, "**+** "); // 4 unknown, 3 and 7 running, 1 quiet, 2 and 6 idle
}

TEST(StatusChanges, NoneIsSaidAsWell) {
    const auto fleet = fleet_in_a_quiet(true);
    EXPECT_EQ(changes(fleet, fleet).sentence, "since 12:00:00: no change");
    EXPECT_EQ(changes(fleet, fleet).marks, std::string(41, ' '));
}

// A restart has another pid and is the same worker.
TEST(StatusChanges, ARestartedWorkerIsNotNew) {
    auto restarted = worker(WorkerState::running);
    restarted.pid = 4711;
    const auto seen =
        changes({known(1, {worker(WorkerState::idle), worker(WorkerState::quiet, 1)})},
                {known(1, {restarted, worker(WorkerState::quiet, 1)})});
    EXPECT_EQ(seen.sentence, "since 12:00:00: 1 became running");
}

// Of an instance that does not answer nobody knows whether its workers are gone; when it answers
// again they are not new.
TEST(StatusChanges, WorkersOfAnUnknownInstanceAreNeitherGoneNorNew) {
    const auto pair = known(1, {worker(WorkerState::idle), worker(WorkerState::quiet, 1)});
    EXPECT_EQ(changes({pair}, {unknown(1)}).sentence, "since 12:00:00: 1 became unknown");
    EXPECT_EQ(changes({unknown(1)}, {pair}).sentence,
              "since 12:00:00: 1 became quiet, 1 became idle");
    EXPECT_EQ(changes({pair}, {known(1, {worker(WorkerState::idle)})}).sentence,
              "since 12:00:00: 1 gone");
    EXPECT_EQ(changes({known(1, {worker(WorkerState::idle)})}, {pair}).sentence,
              "since 12:00:00: 1 new");
    EXPECT_EQ(changes({pair}, {known(1, {})}).sentence,
              "since 12:00:00: 1 no longer with a worker");
}

// A region that did not answer in one of the looks has neither lost nor launched instances.
TEST(StatusChanges, AnIncompleteListChangesNothing) {
    const auto one = known(1, {worker(WorkerState::idle)});
    const auto two = known(2, {worker(WorkerState::idle)});
    EXPECT_EQ(changes({one, two}, {one}, true, false).sentence, "since 12:00:00: no change");
    const auto back = changes({one}, {one, two}, false, true);
    EXPECT_EQ(back.sentence, "since 12:00:00: no change");
    EXPECT_EQ(back.marks, "  ");
}

TEST(StatusTable, AgesAreInTheirLargestUnits) {
    std::string ages;
    for (const Duration age : {Duration{-5s}, Duration{40s}, Duration{12min + 59s},
                               Duration{5h + 47min}, Duration{47h + 59min}, Duration{76h}}) {
        const auto rows =
            report::status_rows({known(1, {worker(WorkerState::idle, 0, noon - age)})});
        const auto line = report::status_table(rows, {.width = 79, .ages_at = noon}).at(1);
        ages += line.substr(line.rfind("acme-workers") + 14) + ",";
    }
    EXPECT_EQ(ages, "0 s,40 s,12 min,5 h 47 min,47 h 59 min,3 d 4 h,");
}

} // namespace

} // namespace status_screen_test
