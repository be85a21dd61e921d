// How many lines the text reporter prints of a drain.
#include "src/report/text/text_reporter.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace text_reporter_test {

namespace {

using namespace snow_white;
using namespace std::chrono_literals;
using drain::Purpose;

// So many instances that end one by one, that far apart.
int lines_of_a_drain(int instances, Duration apart) {
    report::ProgressThrottle advances;
    Duration now{1h};
    int lines = 0;
    for (int completed = 0; completed <= instances; ++completed, now += apart)
        lines +=
            advances.allows_line(drain::ProgressChanged{Purpose::act, completed, instances}, now)
                ? 1
                : 0;
    return lines;
}

TEST(TextReporterTest, AFewInstancesHaveALineEach) {
    EXPECT_EQ(lines_of_a_drain(50, 1s), 51);
}

TEST(TextReporterTest, OfThousandsEachHundredthHasALine) {
    EXPECT_EQ(lines_of_a_drain(10'000, 1ms), 101);
}

TEST(TextReporterTest, SlowEndsAreNotHeldBack) {
    EXPECT_EQ(lines_of_a_drain(2'000, 10min), 2'001);
    EXPECT_EQ(lines_of_a_drain(2'000, 20s), 1 + 2'000 / 3 + 1);
}

TEST(TextReporterTest, AChangedNumberOfInstancesIsPrintedAtOnce) {
    report::ProgressThrottle advances;
    const Duration now{1h};
    EXPECT_TRUE(advances.allows_line(drain::ProgressChanged{Purpose::act, 0, 5'000}, now));
    EXPECT_FALSE(advances.allows_line(drain::ProgressChanged{Purpose::act, 1, 5'000}, now));
    EXPECT_TRUE(advances.allows_line(drain::ProgressChanged{Purpose::act, 1, 5'001}, now));
    EXPECT_TRUE(advances.allows_line(drain::Notice{"a word"}, now));
}

std::size_t headlines(std::size_t unfinished) {
    drain::Report report{.verdict = drain::Verdict::timed_out, .may_have_sent = true};
    for (std::size_t i = 0; i < unfinished; ++i)
        report.instances.push_back(
            {.id = {"i-1"}, .environment = "acme-workers", .note = std::to_string(i)});
    const auto lines = report::lines_of(report, {.application = "acme", .pattern = "workers"});
    return static_cast<std::size_t>(std::ranges::count_if(
        lines, [](const std::string& line) { return line.starts_with("NOT QUIET: "); }));
}

TEST(TextReporterTest, WithManyInstancesTheHeadlineIsAboveAndBelow) {
    EXPECT_EQ(headlines(20), 1U);
    EXPECT_EQ(headlines(21), 2U);
}

drain::InstanceResult unfinished(int number, const std::string& environment, int jobs = 0) {
    return {.id = {"i-" + std::to_string(number)},
            .environment = environment,
            .note = "its command has not ended",
            .workers = {{.unit = "sidekiq.service", .busy = jobs}}};
}

TEST(TextReporterTest, MoreThanTenInstancesAlikeAreOneLine) {
    drain::Report report{.verdict = drain::Verdict::timed_out, .may_have_sent = true};
    const auto lines = [&] {
        auto all = report::lines_of(report, {.application = "acme", .pattern = "workers"});
        return std::vector<std::string>(all.begin() + 1, all.end() - 1); // of the instances
    };
    for (int i = 0; i < 10; ++i)
        report.instances.push_back(unfinished(i, "acme-workers"));
    EXPECT_EQ(lines().size(), 10U);
    EXPECT_EQ(lines()[9], "  i-9 (acme-workers): not finished: its command has not ended");
    for (int i = 10; i < 38; ++i)
        report.instances.push_back(unfinished(i, "acme-workers"));
    EXPECT_EQ(lines(), std::vector<std::string>{
                           "  38 instances in acme-workers: not finished: its command has not "
                           "ended, e.g. i-0"});
    report.instances.push_back(unfinished(38, "acme-mail", 2));
    report.instances.push_back(unfinished(39, "", 1));
    report.instances.back().note = "another";
    EXPECT_EQ(lines(),
              (std::vector<std::string>{
                  "  39 instances in acme-workers (38), acme-mail (1): not finished: its command "
                  "has not ended, e.g. i-0; 2 jobs running",
                  "  i-39 (environment unknown): not finished: another; 1 job running"}));
}

TEST(TextReporterTest, OfManyEnvironmentsTheLargestAreNamed) {
    drain::Report report{.verdict = drain::Verdict::timed_out, .may_have_sent = true};
    for (int i = 0; i < 20; ++i)
        report.instances.push_back(unfinished(i, "acme-" + std::to_string(i % 8)));
    const auto lines = report::lines_of(report, {.application = "acme", .pattern = "workers"});
    EXPECT_EQ(lines.at(1), "  20 instances in acme-0 (3), acme-1 (3), acme-2 (3), acme-3 (3), "
                           "4 more environments: not finished: its command has not ended, e.g. "
                           "i-0");
}

} // namespace

} // namespace text_reporter_test
