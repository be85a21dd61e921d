// Several drains as one run: the events of all regions, merged.
#include "src/drain/run/event_aggregator.hpp"
#include "src/report/text/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace event_aggregator_test {

namespace {

using namespace snow_white::drain;
using namespace std::chrono_literals;
using snow_white::Instant;
using testing::ElementsAre;
using testing::HasSubstr;

template <class Expected> Expected only(std::vector<Event> events) {
    if (events.size() != 1 || !std::holds_alternative<Expected>(events.front()))
        throw std::logic_error("not one");
    return std::get<Expected>(events.front());
}

FleetDiscovered matched(const std::string& name, std::optional<std::size_t> instances) {
    return {{{name, "Ready"}}, instances};
}

Report report_of(Verdict verdict, Outcome outcome = Outcome::done) {
    return {.verdict = verdict,
            .environments = {"acme-workers"},
            .instances = {{.id = {"i-1"}, .environment = "acme-workers", .outcome = outcome}},
            .may_have_sent = true,
            .elapsed = 10s};
}

class TwoRegions : public testing::Test {
protected:
    Report end(Report east, Report west) {
        for (const auto& event : aggregator.take(0, std::move(east)))
            early.push_back(std::get<Notice>(event));
        return only<Report>(aggregator.take(1, std::move(west)));
    }

    static snow_white::report::Summary summary(const Report& report) {
        return snow_white::report::summarize(report,
                                             {.application = "acme",
                                              .pattern = snow_white::fleet::NameFilter("workers"),
                                              .profile = "staging",
                                              .region = "us-east-1,eu-west-1"});
    }

    EventAggregator aggregator{{"us-east-1", "eu-west-1"}};
    std::vector<Notice> early; // what was reported when the first had ended
};

TEST_F(TwoRegions, AreDiscoveredAsOneFleet) {
    EXPECT_TRUE(aggregator.take(0, matched("acme-workers", 2)).empty());
    const auto whole = only<FleetDiscovered>(aggregator.take(1, matched("acme-workers", 3)));
    ASSERT_EQ(whole.environments.size(), 2U);
    EXPECT_EQ(whole.environments[0].name, "us-east-1/acme-workers");
    EXPECT_EQ(whole.environments[1].name, "eu-west-1/acme-workers");
    EXPECT_EQ(whole.instances, 5U);
}

TEST_F(TwoRegions, AnEarlyNoticeComesAfterTheDiscoveries) {
    aggregator.take(0, matched("acme-workers", 2));
    const auto events =
        aggregator.take(0, CommandStarted{{Purpose::act, {"acme-workers"}, {}}, {"c-1"}, false});
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(std::get<FleetDiscovered>(events[0]).environments.size(), 1U);
    EXPECT_EQ(std::get<CommandStarted>(events[1]).region_label, "us-east-1");
    EXPECT_THAT(std::get<CommandStarted>(events[1]).spec.environments,
                ElementsAre("us-east-1/acme-workers"));
}

TEST_F(TwoRegions, AnUnknownNumberMakesTheSumUnknown) {
    aggregator.take(0, matched("acme-workers", std::nullopt));
    EXPECT_FALSE(only<FleetDiscovered>(aggregator.take(1, matched("acme-workers", 3))).instances);
}

// A verification of those that have finished reports counts of its own.
TEST_F(TwoRegions, ARecheckInOneDoesNotTakeItsInstancesOutOfTheCount) {
    aggregator.take(0, ProgressChanged{Purpose::act, 6, 10});
    aggregator.take(1, ProgressChanged{Purpose::act, 3, 10});
    aggregator.take(0, ProgressChanged{Purpose::verify, 6, 6});
    const auto sum =
        only<ProgressChanged>(aggregator.take(1, ProgressChanged{Purpose::act, 10, 10}));
    EXPECT_EQ(sum.completed, 16);
    EXPECT_EQ(sum.targeted, 20);
}

TEST_F(TwoRegions, ProgressIsTheirSum) {
    EXPECT_TRUE(aggregator.take(0, ProgressChanged{Purpose::act, 0, 2}).empty());
    aggregator.take(0, ProgressChanged{Purpose::act, 1, 2});
    const auto sum = only<ProgressChanged>(aggregator.take(1, ProgressChanged{Purpose::act, 2, 3}));
    EXPECT_EQ(sum.completed, 3);
    EXPECT_EQ(sum.targeted, 5);
}

// "3 of 3" would read as the end, while the other region has not begun.
TEST_F(TwoRegions, ATotalCountsTheRegionThatHasNotReportedYet) {
    aggregator.take(0, matched("acme-workers", 3));
    EXPECT_TRUE(aggregator.take(0, ProgressChanged{Purpose::act, 3, 3}).empty())
        << "the other fleet is not known";
    aggregator.take(1, matched("acme-workers", 2));
    const auto sum = only<ProgressChanged>(aggregator.take(0, ProgressChanged{Purpose::act, 3, 3}));
    EXPECT_EQ(sum.completed, 3);
    EXPECT_EQ(sum.targeted, 5);
}

TEST_F(TwoRegions, ARegionThatHasEndedWithoutACountIsNotWaitedFor) {
    aggregator.take(1, matched("acme-workers", 2));
    aggregator.take(1, Report{.verdict = Verdict::denied, .why = "no"});
    const auto sum = only<ProgressChanged>(aggregator.take(0, ProgressChanged{Purpose::act, 3, 3}));
    EXPECT_EQ(sum.targeted, 3);
}

TEST_F(TwoRegions, ANoticeNamesItsRegion) {
    EXPECT_EQ(only<Notice>(aggregator.take(1, Notice{"AWS answers again, after 9 s"})).what,
              "eu-west-1: AWS answers again, after 9 s");
}

TEST_F(TwoRegions, ASnapshotCoversBothAndWaitsWhileOneDoes) {
    const Instant noon{12h};
    ProgressSnapshot east{
        .stage = Stage::verifying, .completed = 2, .targeted = 2, .all = {"", 2, 2, 0}};
    east.environments = {{"acme-workers", 2, 2, 0}};
    aggregator.take(0, east);
    ProgressSnapshot west{.stage = Stage::waiting,
                          .completed = 1,
                          .targeted = 3,
                          .all = {"", 3, 1, 0},
                          .jobs = 4,
                          .counted = 2};
    west.environments = {{"acme-workers", 3, 1, 0}};
    west.unfinished = {{.id = {"i-1"}, .environment = "acme-workers", .since = noon},
                       {.id = {"i-2"}, .environment = "acme-workers", .since = noon - 1h}};
    const auto whole = only<ProgressSnapshot>(aggregator.take(1, west));
    EXPECT_EQ(whole.stage, Stage::waiting);
    EXPECT_EQ(whole.targeted, 3); // of those that wait
    EXPECT_EQ(whole.all.instances, 5U);
    EXPECT_EQ(whole.all.as_asked, 3U);
    EXPECT_EQ(whole.jobs, 4);
    ASSERT_EQ(whole.environments.size(), 2U);
    EXPECT_EQ(whole.environments[0].name,
              "eu-west-1/acme-workers"); // an environment that is not through comes first
    ASSERT_EQ(whole.unfinished.size(), 2U);
    EXPECT_EQ(whole.unfinished[0].id.text, "i-2");
    EXPECT_EQ(whole.unfinished[0].environment, "eu-west-1/acme-workers");
}

TEST_F(TwoRegions, AreDoneWhenBothAreDone) {
    const auto whole = end(report_of(Verdict::done), report_of(Verdict::done));
    EXPECT_EQ(whole.verdict, Verdict::done);
    EXPECT_EQ(whole.instances.size(), 2U);
    EXPECT_EQ(summary(whole).next.command,
              "snow-white.sh -a wake -e workers -f staging -p acme -r us-east-1,eu-west-1");
}

TEST(EventAggregator, WithSeveralProfilesTheNextCommandRunsHere) {
    EXPECT_EQ(snow_white::report::command_line(Action::wake,
                                               {.application = "acme",
                                                .pattern = snow_white::fleet::NameFilter("workers"),
                                                .profile = "shop,shop-eu",
                                                .region = "us-east-1"}),
              "snow-white.sh -a wake -e workers -f shop,shop-eu -p acme -r us-east-1 --here");
}

TEST_F(TwoRegions, ATimeoutInOneIsATimeoutOfTheRun) {
    const auto whole =
        end(report_of(Verdict::done), report_of(Verdict::timed_out, Outcome::pending));
    EXPECT_EQ(whole.verdict, Verdict::timed_out);
    EXPECT_THAT(summary(whole).details,
                testing::Contains(HasSubstr("i-1 (eu-west-1/acme-workers): not finished")));
}

TEST_F(TwoRegions, TwoDifferentFailuresArePartialAndBothAreReported) {
    const auto whole = end({.verdict = Verdict::denied, .why = "ssm SendCommand: AccessDenied"},
                           report_of(Verdict::timed_out, Outcome::pending));
    EXPECT_EQ(whole.verdict, Verdict::partial);
    EXPECT_THAT(summary(whole).notes,
                ElementsAre("us-east-1: AWS denied access: ssm SendCommand: AccessDenied; "
                            "nothing was sent there",
                            "eu-west-1: the deadline came first"));
}

TEST_F(TwoRegions, ARefusalInOneIsTheRunsWithItsRegion) {
    const auto whole = end(report_of(Verdict::done), {.verdict = Verdict::denied, .why = "no"});
    EXPECT_EQ(whole.verdict, Verdict::denied);
    EXPECT_EQ(whole.why, "eu-west-1: no");
}

TEST_F(TwoRegions, NothingMatchedInOneIsNotDone) {
    const auto whole = end(report_of(Verdict::done), {.verdict = Verdict::nothing_matched});
    EXPECT_EQ(whole.verdict, Verdict::partial);
    EXPECT_THAT(summary(whole).notes, ElementsAre("there is no environment with \"workers\" in the "
                                                  "name in application acme in eu-west-1"));
}

TEST_F(TwoRegions, AnEndBeforeTheStartIsReportedAtOnce) {
    end({.verdict = Verdict::nothing_matched}, report_of(Verdict::done));
    ASSERT_EQ(early.size(), 1U);
    EXPECT_EQ(early[0].what, "us-east-1: no environment matches here; the other regions continue");
    EXPECT_TRUE(early[0].important);
}

TEST_F(TwoRegions, ADoneRegionAwaitsTheReport) {
    end(report_of(Verdict::done), report_of(Verdict::done));
    EXPECT_TRUE(early.empty());
}

// After the deadline, while AWS is slow in the other region.
TEST_F(TwoRegions, ASuccessThatIsOldAtTheEndIsNone) {
    auto first = report_of(Verdict::done), second = report_of(Verdict::done);
    first.elapsed = 100s;
    first.validity = {.asked = 90s, .until = 150s};
    second.elapsed = 149s;
    second.validity = {.asked = 140s, .until = 200s};
    EXPECT_EQ(end(first, second).verdict, Verdict::done);
    second.elapsed = 150s;
    aggregator = EventAggregator{{"us-east-1", "eu-west-1"}};
    const auto whole = end(first, second);
    EXPECT_EQ(whole.verdict, Verdict::partial);
    EXPECT_THAT(whole.unverified,
                testing::ElementsAre("us-east-1: its workers were seen 60 s before "
                                     "the end of the run"));
}

TEST_F(TwoRegions, NothingMatchedInEitherIsNothingMatched) {
    const auto whole =
        end({.verdict = Verdict::nothing_matched}, {.verdict = Verdict::nothing_matched});
    EXPECT_EQ(whole.verdict, Verdict::nothing_matched);
    EXPECT_THAT(summary(whole).headline, HasSubstr("in us-east-1, eu-west-1; nothing was sent"));
}

TEST(EventAggregator, ASingleRegionsEventsPassUnchanged) {
    EventAggregator aggregator({""});
    EXPECT_EQ(only<Notice>(aggregator.take(0, Notice{"a word"})).what, "a word");
    const auto report = only<Report>(aggregator.take(0, report_of(Verdict::done)));
    EXPECT_EQ(report.instances.front().environment, "acme-workers");
    EXPECT_TRUE(report.regions.empty());
}

} // namespace

} // namespace event_aggregator_test
