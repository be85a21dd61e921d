// -a jobs: what a snapshot of Sidekiq's Redis becomes in the table, in the sentences, in JSON and
// on a terminal's screen. `make golden` writes the pictures of tests/unit/golden anew.
#include "src/report/json/jobs_json.hpp"
#include "src/report/terminal/jobs_screen.hpp"
#include "tests/unit/fixed_time.hpp"
#include "tests/unit/golden.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jobs_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using report::jobs_notes;
using report::jobs_sentence;
using report::jobs_table;
using report::JobsScreen;
using report::Screen;
using sidekiq::Process;
using sidekiq::RunningJob;
using sidekiq::Snapshot;
using test::noon;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

Process process(const std::string& host, int pid, bool quiet = false) {
    return {.identity = fmt::format("{}:{}:0123456789ab", host, pid),
            .host = host,
            .pid = pid,
            .version = "7.3.9",
            .tag = "acme",
            .queues = {"default", "mailers"},
            .concurrency = 10,
            .quiet = quiet,
            .started = noon - 77h,
            .beat = noon - 3s};
}

RunningJob job(const Process& of, const std::string& class_name, Duration age, int number = 0) {
    return {.class_name = class_name,
            .id = fmt::format("{:024x}", number),
            .queue = "default",
            .thread = fmt::format("t{}", number),
            .started = noon - age,
            .identity = of.identity};
}

Snapshot small() {
    const Process one = process("ip-10-0-0-7", 812);
    Snapshot snapshot{.at = noon};
    snapshot.processes = {one, process("web-1", 77, true)};
    snapshot.jobs = {job(one, "ReportJob", 2h + 31min, 1), job(one, "ImportJob", 4min, 2)};
    snapshot.queues = {{"default", 38}, {"low", 0}, {"mailers", 2}};
    snapshot.scheduled = 7;
    snapshot.retries = 2;
    return snapshot;
}

// Four hosts with two processes each, one of which still takes jobs; 40 jobs of four classes.
Snapshot fleet_that_drains(Instant at = noon) {
    Snapshot snapshot{.at = at};
    for (int host = 0; host < 4; ++host)
        for (const int pid : {812, 913})
            snapshot.processes.push_back(
                process(fmt::format("ip-10-0-0-{}", host), pid, host != 3 || pid != 913));
    constexpr const char* names[] = {"Billing::Yearly::ConsolidatedReportJob", "ImportJob",
                                     "ActiveStorage::AnalyzeJob", "MailJob"};
    for (int i = 0; i < 40; ++i) {
        auto one = job(snapshot.processes.at(static_cast<std::size_t>(i % 8)), names[i % 4],
                       50h - i * 77min, i);
        one.queue = i % 3 == 0 ? "mailers" : "default";
        snapshot.jobs.push_back(one);
    }
    snapshot.dead = {"ip-10-0-0-9:55:fedcba987654"};
    snapshot.queues = {{"default", 1200}, {"low", 7, true}, {"mailers", 20}};
    snapshot.scheduled = 120;
    snapshot.retries = 14;
    snapshot.dead_jobs = 3;
    return snapshot;
}

TEST(JobsTable, APipeGetsAllColumnsAndTheTimeOfEachStart) {
    EXPECT_THAT(
        jobs_table(small()),
        ElementsAre("CLASS         QUEUE    SINCE                 ID                        WHERE",
                    "ReportJob     default  2026-11-25T09:29:00Z  000000000000000000000001  "
                    "ip-10-0-0-7:812",
                    "ImportJob     default  2026-11-25T11:56:00Z  000000000000000000000002  "
                    "ip-10-0-0-7:812"));
}

TEST(JobsTable, ATerminalGetsTheColumnsThatFitAndAges) {
    EXPECT_THAT(jobs_table(small(), {.width = 79}),
                ElementsAre("AGE          CLASS         QUEUE    WHERE",
                            "2 h 31 min   ReportJob     default  ip-10-0-0-7:812",
                            "4 min        ImportJob     default  ip-10-0-0-7:812"));
    EXPECT_THAT(jobs_table(small(), {.width = 90}).at(1), EndsWith("  000000000000000000000001"));
    EXPECT_THAT(jobs_table(small(), {.width = 24}).at(1), "2 h 31 min  ReportJob");
    EXPECT_THAT(jobs_table(small(), {.width = 1}).at(1), "2 h 31 min");
}

// Its namespace is cut, not its name.
TEST(JobsTable, ALongClassKeepsItsEnd) {
    auto snapshot = small();
    snapshot.jobs.front().class_name = "Billing::Yearly::ConsolidatedReportJob";
    EXPECT_THAT(jobs_table(snapshot, {.width = 60}).at(1), HasSubstr("  ..datedReportJob  "));
    EXPECT_THAT(jobs_table(snapshot).at(1), StartsWith("Billing::Yearly::ConsolidatedReportJob "));
}

// A host's clock may be ahead of Redis's, and a process may be gone between two answers.
TEST(JobsTable, OddJobsHaveARowToo) {
    auto snapshot = small();
    snapshot.jobs = {job(process("gone", 1), "", -5s)};
    EXPECT_EQ(jobs_table(snapshot, {.width = 79}).at(1), "0 s          -             default  -");
}

TEST(JobsTable, ShowsNoMoreRowsThanItMay) {
    EXPECT_THAT(jobs_table(fleet_that_drains(), {.width = 79, .most_rows = 3}), SizeIs(4));
}

TEST(JobsSentence, CountsWhatRunsAndWhatWaits) {
    EXPECT_EQ(jobs_sentence(small()),
              "2 jobs run in 2 processes on 2 hosts; 40 wait in 2 queues (default 38, mailers 2); "
              "7 scheduled, 2 to be tried again, 0 dead");
    Snapshot one{.at = noon};
    one.processes = {process("a", 1)};
    one.jobs = {job(one.processes.front(), "A", 1s)};
    one.queues = {{"default", 1}};
    EXPECT_THAT(jobs_sentence(one), StartsWith("1 job runs in 1 process on 1 host; 1 waits in 1 "
                                               "queue (default 1); "));
    EXPECT_EQ(jobs_sentence({.at = noon}), "no Sidekiq process is alive; none waits in 0 queues; 0 "
                                           "scheduled, 0 to be tried again, 0 dead");
}

TEST(JobsSentence, QueuesAreTheLongestFirstAndThePausedOnesMarked) {
    auto snapshot = small();
    snapshot.queues = {{"a", 1}, {"b", 0, true}, {"c", 0}, {"d", 9, true},
                       {"e", 2}, {"f", 3},       {"g", 4}, {"h", 5}};
    EXPECT_THAT(jobs_sentence(snapshot),
                HasSubstr("; 24 wait in 6 queues (d 9 paused, h 5, g 4, f 3, e 2, and 2 more); "));
}

TEST(JobsNotes, TheSmallerGroupIsNamed) {
    Snapshot snapshot{.at = noon};
    EXPECT_THAT(jobs_notes(snapshot), IsEmpty());
    snapshot.processes = {process("a", 1), process("b", 2), process("c", 3)};
    EXPECT_THAT(jobs_notes(snapshot), ElementsAre("3 processes take jobs"));
    snapshot.processes.at(1).quiet = true;
    EXPECT_THAT(jobs_notes(snapshot), ElementsAre("1 process is quiet: b:2; 2 take jobs"));
    snapshot.processes.at(0).quiet = true;
    EXPECT_THAT(jobs_notes(snapshot), ElementsAre("2 processes are quiet; 1 takes jobs: c:3"));
    snapshot.processes.at(2).quiet = true;
    EXPECT_THAT(jobs_notes(snapshot), ElementsAre("3 processes are quiet: none takes jobs"));
}

TEST(JobsNotes, EmbeddedDeadAndOmittedOnesAreNamedOrCounted) {
    auto snapshot = small();
    snapshot.processes.at(1).embedded = true;
    snapshot.dead = {"old-1:5:aa", "fe80::1:6:bb"};
    snapshot.omitted_jobs = 2;
    snapshot.omitted_queues = 1;
    EXPECT_THAT(jobs_notes(snapshot),
                ElementsAre("not shown, as there are too many or their form is unknown: 2 jobs, 1 "
                            "queue",
                            "1 process is quiet; 1 takes jobs: ip-10-0-0-7:812",
                            "1 process is embedded in another program: web-1:77",
                            "2 processes are dead, without a sign of life for 60 s: old-1:5, "
                            "fe80::1:6"));
    EXPECT_THAT(jobs_sentence(snapshot), StartsWith("4 jobs run in ")) << "those left out run, too";
}

TEST(JobsNotes, ManyJobsAreSummedUpByClass) {
    EXPECT_THAT(jobs_notes(fleet_that_drains()).back(),
                StartsWith("running by class: 10 ActiveStorage::AnalyzeJob, 10 Billing::"));
    EXPECT_THAT(jobs_notes(small()), Each(Not(HasSubstr("by class"))));
    auto snapshot = small();
    for (int i = 0; i < 9; ++i)
        snapshot.jobs.push_back(job(snapshot.processes.front(), fmt::format("C{}", i % 7), 1s, i));
    EXPECT_EQ(report::class_counts(snapshot),
              "2 C0, 2 C1, 1 C2, 1 C3, 1 C4, and 4 of 4 other classes");
    EXPECT_EQ(report::class_counts(snapshot, 10), "1 C1");
}

TEST(JobsChanges, EndedAndNewJobsAreCountedAndMarked) {
    auto before = small();
    auto now = small();
    now.at = noon + 10s;
    now.jobs.erase(now.jobs.begin());
    now.jobs.push_back(job(now.processes.front(), "ImportJob", -9s, 2)); // the same job again
    now.queues.front().waiting = 29;
    const auto changes = report::changes_between(before, now);
    EXPECT_EQ(changes.marks, " +");
    EXPECT_EQ(changes.sentence, "since 12:00:00: 1 job ended, 1 began, 9 fewer wait");
    EXPECT_EQ(report::changes_between(before, before).sentence, "since 12:00:00: no change");
    now.omitted_jobs = 1; // the one that is not seen may still run
    EXPECT_EQ(report::changes_between(before, now).sentence, "since 12:00:00: 9 fewer wait");
}

std::vector<report::OrderedJson> events_of(const Snapshot& snapshot) {
    std::vector<report::OrderedJson> events;
    report::jobs_events(snapshot, [&events](const report::JsonEvent& event) {
        events.push_back(report::OrderedJson::parse(report::in_json(event, noon)));
    });
    return events;
}

TEST(JobsJson, AnEventForEachJobProcessAndQueueAndOneWithTheSums) {
    auto snapshot = small();
    snapshot.dead = {"old-1:5:aa"};
    snapshot.queues.at(1).paused = true;
    const auto events = events_of(snapshot);
    std::vector<std::string> names;
    for (const auto& event : events)
        names.push_back(event.at("event"));
    EXPECT_THAT(names, ElementsAre("job", "job", "process", "process", "process", "queue", "queue",
                                   "queue", "jobs"));
    EXPECT_EQ(events.at(0).dump(),
              R"({"v":1,"event":"job","at":"2026-11-25T12:00:00Z","class":"ReportJob",)"
              R"("queue":"default","id":"000000000000000000000001",)"
              R"("started":"2026-11-25T09:29:00Z","seconds":9060,)"
              R"("process":"ip-10-0-0-7:812:0123456789ab","host":"ip-10-0-0-7","pid":812,)"
              R"("thread":"t1"})");
    EXPECT_EQ(events.at(3).at("quiet"), true);
    EXPECT_EQ(events.at(4).at("alive"), false);
    EXPECT_TRUE(events.at(4).at("host").is_null());
    EXPECT_EQ(events.at(6).at("paused"), true);
    EXPECT_EQ(events.back().at("running"), 2);
    EXPECT_EQ(events.back().at("waiting"), 40);
    EXPECT_EQ(events.back().at("dead_processes"), 1);
}

std::string lines_of(const std::vector<std::string>& lines) {
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

// The screen of a terminal: it is one column narrower.
constexpr Screen terminal(std::size_t columns, std::size_t lines) {
    return {.width = columns - 1, .height = lines};
}

JobsScreen watched() {
    JobsScreen screen("Sidekiq's Redis cache.example:6379", 10s);
    auto first = fleet_that_drains();
    first.jobs.insert(first.jobs.begin(), job(first.processes.front(), "SlowJob", 60h, 99));
    first.jobs.erase(first.jobs.begin() + 5);
    screen.take(std::move(first));
    screen.take(fleet_that_drains(noon + 10s));
    return screen;
}

struct Size {
    std::size_t columns, lines;
};

class JobsGolden : public testing::TestWithParam<Size> {};

TEST_P(JobsGolden, IsAsWritten) {
    const auto [columns, lines] = GetParam();
    const auto drawn = watched().draw(terminal(columns, lines));
    EXPECT_LE(drawn.size(), lines);
    for (const auto& line : drawn)
        EXPECT_LT(line.size(), columns);
    test::expect_golden(fmt::format("jobs_{}x{}.txt", columns, lines), lines_of(drawn));
}

INSTANTIATE_TEST_SUITE_P(Sizes, JobsGolden,
                         testing::Values(Size{80, 24}, Size{50, 12}, Size{200, 50}, Size{20, 5},
                                         Size{120, 30}));

// On every size the sums come first, and no line is too wide or one too many.
TEST(JobsScreen, FitsEverySize) {
    JobsScreen screen("Sidekiq's Redis " + std::string(300, 'h'), 10s);
    auto snapshot = fleet_that_drains();
    snapshot.jobs.front().class_name = std::string(300, 'c');
    snapshot.processes.front().host = std::string(300, 'h');
    snapshot.queues.front().name = std::string(300, 'q');
    screen.take(snapshot);
    screen.take(snapshot);
    screen.fail("cache.example:6379 does not answer: " + std::string(300, 'x'));
    for (const std::size_t width : {0u, 1u, 5u, 19u, 40u, 79u, 300u})
        for (const std::size_t height : {0u, 1u, 2u, 3u, 5u, 11u, 12u, 24u, 60u}) {
            const auto lines = screen.draw({.width = width, .height = height});
            EXPECT_LE(lines.size(), height) << width;
            for (const auto& line : lines)
                EXPECT_LE(line.size(), width) << height;
            if (width < 19 || height == 0) continue;
            EXPECT_THAT(lines.front(), StartsWith("40 jobs run"));
        }
}

TEST(JobsScreen, AFailedLookKeepsTheJobs) {
    JobsScreen screen("Sidekiq's Redis a:6379", 10s);
    screen.fail("a:6379 does not answer");
    EXPECT_THAT(screen.draw(terminal(80, 24)),
                ElementsAre("Sidekiq's Redis a:6379, each 10 s; Ctrl-C ends it",
                            "a:6379 does not answer; asking on"));
    screen.take(small());
    screen.fail("a:6379 does not answer");
    const auto lines = screen.draw(terminal(80, 24));
    EXPECT_THAT(lines.at(0), StartsWith("2 jobs run in 2 processes"));
    EXPECT_THAT(lines, Contains("a:6379 does not answer; asking on"));
    EXPECT_THAT(lines.back(), StartsWith("  4 min        ImportJob"));
    EXPECT_THAT(screen.draw(terminal(80, 5)), Contains("a:6379 does not answer; asking on"));
    EXPECT_THAT(screen.whole(79), Contains("a:6379 does not answer; asking on"));
    screen.take(small());
    EXPECT_THAT(screen.draw(terminal(80, 24)), Not(Contains("a:6379 does not answer; asking on")));
}

TEST(JobsScreen, TextFromOutsideCannotControlTheTerminal) {
    auto snapshot = small();
    snapshot.jobs.front().class_name = "a\x1b[2J\nb\xc3\xa9";
    snapshot.jobs.front().queue = "\x1b]0;x\x07\xe2\x80\xae";
    snapshot.queues.front().name = "\x1b[31m";
    snapshot.dead = {"\r\xff:1:a"};
    JobsScreen screen("Sidekiq's Redis a:6379", 10s);
    screen.take(snapshot);
    for (const auto& line : screen.draw(terminal(200, 50)))
        EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
}

// What stays when the watch ends.
TEST(JobsScreen, WholeHasEveryJob) {
    const auto lines = watched().whole(79);
    EXPECT_EQ(lines.at(0), "Sidekiq's Redis cache.example:6379 at 2026-11-25T12:00:10Z");
    EXPECT_THAT(lines.at(1), StartsWith("40 jobs run in 8 processes on 4 hosts"));
    EXPECT_THAT(lines, Contains("7 processes are quiet; 1 takes jobs: ip-10-0-0-3:913"));
    EXPECT_EQ(
        std::ranges::count_if(
            lines, [](const auto& line) { return line.ends_with("812") || line.ends_with("913"); }),
        41)
        << "40 jobs, and the note on who takes jobs";
}

TEST(JobsScreen, ColumnsStayWhereTheyAre) {
    JobsScreen screen("Sidekiq's Redis a:6379", 10s);
    auto wide = small();
    wide.jobs.front().class_name = "Billing::YearlyReportJob";
    screen.take(wide);
    const auto first = screen.draw(terminal(120, 30));
    screen.take(small());
    const auto second = screen.draw(terminal(120, 30));
    const auto heading_of = [](const std::vector<std::string>& lines) {
        return *std::ranges::find_if(lines,
                                     [](const auto& one) { return one.starts_with("  AGE"); });
    };
    EXPECT_EQ(heading_of(first), heading_of(second));
}

} // namespace

} // namespace jobs_test
