// How many lines the text reporter prints of a drain.
#include "src/report/text/text_reporter.hpp"

#include <algorithm>
#include <gtest/gtest.h>

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
        report.instances.push_back({.id = {"i-1"}, .environment = "acme-workers"});
    const auto lines = report::lines_of(report, {.application = "acme", .pattern = "workers"});
    return static_cast<std::size_t>(std::ranges::count_if(
        lines, [](const std::string& line) { return line.starts_with("NOT QUIET: "); }));
}

TEST(TextReporterTest, WithManyInstancesTheHeadlineIsAboveAndBelow) {
    EXPECT_EQ(headlines(20), 1U);
    EXPECT_EQ(headlines(21), 2U);
}

} // namespace

} // namespace text_reporter_test
