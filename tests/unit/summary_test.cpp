// The words of a report: each verdict's headline says what is true, and the next command can be typed as it
// is.
#include "src/report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const report::Subject subject{"acme", "workers", "staging", "us-east-1", "alice"};

InstanceReport instance(Outcome outcome, int workers = 1) {
    return {.id = {"i-1"},
            .environment = "acme-workers",
            .outcome = outcome,
            .workers = std::vector<Worker>(static_cast<std::size_t>(workers))};
}

std::string headline(Report report) {
    return report::summarize(report, subject).headline;
}

TEST(Summary, DoneCountsWhatWasSeen) {
    EXPECT_EQ(headline({.instances = {instance(Outcome::done, 2), instance(Outcome::done)},
                        .elapsed = std::chrono::seconds{125}}),
              "QUIET: all 3 workers on 2 instances are quiet and idle (after 2 min 5 s)");
    EXPECT_THAT(headline({.action = Action::wake, .instances = {instance(Outcome::done)}}),
                StartsWith("AWAKE: 1 worker on 1 instance is awake"));
    EXPECT_THAT(headline({.action = Action::stop, .instances = {instance(Outcome::done)}}),
                StartsWith("STOPPED: 1 service on 1 instance is stopped"));
}

TEST(Summary, WhatWasNotSeenIsNotClaimed) {
    EXPECT_THAT(headline({.instances = {instance(Outcome::completed)}}), HasSubstr("NOT VERIFIED"));
    EXPECT_THAT(headline({.environments = {"acme-workers"}}),
                HasSubstr("no instance in 1 environment: nothing runs there"));
    EXPECT_THAT(headline({.instances = {instance(Outcome::gone)}}), HasSubstr("nothing runs there"));
}

TEST(Summary, EveryOtherVerdictBeginsWithNot) {
    for (const auto verdict :
         {Verdict::partial, Verdict::nothing_matched, Verdict::timed_out, Verdict::cancelled,
          Verdict::interrupted, Verdict::denied, Verdict::refused, Verdict::unavailable}) {
        const auto summary =
            report::summarize({.verdict = verdict, .instances = {instance(Outcome::failed)}}, subject);
        EXPECT_THAT(summary.headline, StartsWith("NOT QUIET: "));
        EXPECT_FALSE(summary.well);
        EXPECT_FALSE(summary.next.empty());
    }
}

TEST(Summary, NamesEachInstanceThatIsNotAsAsked) {
    auto busy = instance(Outcome::busy);
    busy.note = "sidekiq.service has work";
    busy.workers[0].busy = 3;
    const auto summary = report::summarize(
        {.verdict = Verdict::partial, .instances = {instance(Outcome::done), busy}}, subject);
    EXPECT_THAT(
        summary.details,
        ElementsAre(
            "i-1 (acme-workers): a worker still runs a job: sidekiq.service has work; 3 jobs running"));
    EXPECT_THAT(summary.headline, HasSubstr("1 of 2 instances is NOT quiet and idle"));
}

TEST(Summary, TheNextCommandCanBeTypedAsItIs) {
    const report::Subject odd{"my app", "it's", "", "us-east-1", ""};
    EXPECT_THAT(report::summarize({.instances = {instance(Outcome::done)}}, odd).next,
                HasSubstr(R"(snow-white.sh -a wake -e 'it'\''s' -p 'my app' -r us-east-1)"));
    EXPECT_THAT(report::summarize({.instances = {instance(Outcome::done)}}, subject).next,
                HasSubstr("-e workers -f staging -p acme"));
}

TEST(Summary, AfterTheDeadlineOneWaitsOn) {
    const auto summary = report::summarize(
        {.verdict = Verdict::timed_out, .instances = {instance(Outcome::pending)}}, subject);
    EXPECT_THAT(summary.next, HasSubstr("wait on with the same command: snow-white.sh -a quiet"));
}

TEST(Summary, SaysDurationsInWords) {
    EXPECT_EQ(report::in_words(std::chrono::seconds{59}), "59 s");
    EXPECT_EQ(report::in_words(std::chrono::hours{49} + std::chrono::minutes{3}), "49 h 3 min");
}

} // namespace
