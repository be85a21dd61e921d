// The text of a report: each verdict's headline is true, and the next command can be typed as it
// is.
#include "src/report/text/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace summary_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const report::RunInfo subject{"acme", "workers", "staging", "us-east-1", "alice"};

InstanceResult instance(Outcome outcome, int workers = 1) {
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

TEST(Summary, AQuietOfAStoppedServiceSaysSo) {
    const auto with = [](WorkerState first, WorkerState second) {
        auto one = instance(Outcome::already, 2);
        one.workers[0].state = first;
        one.workers[1].state = second;
        return headline({.instances = {one}});
    };
    EXPECT_THAT(with(WorkerState::stopped, WorkerState::stopped),
                StartsWith("QUIET: all 2 services on 1 instance are stopped: they take no jobs ("));
    EXPECT_THAT(
        with(WorkerState::idle, WorkerState::stopped),
        StartsWith("QUIET: 1 worker on 1 instance is quiet and idle; 1 service is stopped ("));
}

TEST(Summary, APartialEndBeforeAnythingWasSentSaysSo) {
    Report report{.verdict = Verdict::partial};
    report.regions = {{"us-east-1", Verdict::nothing_matched, "", false},
                      {"eu-west-1", Verdict::refused, "no such stack", false}};
    const auto summary = report::summarize(report, subject);
    EXPECT_THAT(summary.headline, StartsWith("NOT QUIET: nothing was sent, in no region (after"));
    EXPECT_THAT(summary.next.text, StartsWith("put right what is named above"));
}

// A laptop slept before the send, and woke after the deadline.
TEST(Summary, ADeadlineBeforeTheSendSaysThatNothingWasSent) {
    Report report{.verdict = Verdict::timed_out};
    EXPECT_THAT(report::summarize(report, subject).headline,
                StartsWith("NOT QUIET: the deadline came first; nothing was sent (after"));
    report.may_have_sent = true;
    report.instances = {instance(Outcome::done, 1)};
    report.regions = {{"us-east-1", Verdict::done, "", true},
                      {"eu-west-1", Verdict::timed_out, "", false}};
    const auto summary = report::summarize(report, subject);
    EXPECT_THAT(summary.headline,
                StartsWith("NOT QUIET: the deadline came first; every instance that got the "
                           "command reports quiet and idle, and nothing was sent in eu-west-1"));
    EXPECT_THAT(summary.notes,
                testing::Contains("eu-west-1: the deadline came first; nothing was sent there"));
}

TEST(Summary, TheNextCommandIsTheOneThatWasTyped) {
    report::RunInfo typed = subject;
    typed.program = "./snow-white.sh";
    typed.mode = "--here";
    typed.typed_timeout = "2h";
    typed.reason = "INC-42, the second";
    typed.slack_user = "U0ALICE00";
    const std::string options = " -e workers -f staging -p acme -r us-east-1";
    EXPECT_EQ(report::command_line(Action::quiet, typed),
              "./snow-white.sh -a quiet" + options +
                  " --timeout 2h --reason 'INC-42, the second' --slack-user U0ALICE00 --here");
    // Another action has another reason and another deadline.
    EXPECT_EQ(report::command_line(Action::wake, typed),
              "./snow-white.sh -a wake" + options + " --slack-user U0ALICE00 --here");
    typed.program = "/opt/our tools/snow-white";
    EXPECT_THAT(report::command_line(Action::wake, typed),
                StartsWith("'/opt/our tools/snow-white' -a wake"));
}

TEST(Summary, AnInterruptionSaysWhoEndedIt) {
    report::RunInfo here = subject;
    here.mode = "--here";
    const Report ended{.verdict = Verdict::interrupted,
                       .may_have_sent = true,
                       .last_counts = Report::Counts{14, 40}};
    EXPECT_THAT(report::summarize(ended, here).headline,
                StartsWith("NOT QUIET: you stopped watching; the quiet continues, 14 of 40 "
                           "instances had finished when last seen"));
    EXPECT_THAT(report::summarize(ended, subject).headline,
                StartsWith("NOT QUIET: the task was stopped; the quiet continues, 14 of"));
    EXPECT_THAT(report::summarize({.verdict = Verdict::interrupted}, here).headline,
                StartsWith("NOT QUIET: you ended it; nothing was sent (after"));
}

TEST(Summary, ClaimsNothingThatWasNotVerified) {
    EXPECT_THAT(headline({.instances = {instance(Outcome::completed)}}), HasSubstr("NOT VERIFIED"));
    EXPECT_THAT(headline({.environments = {"acme-workers"}}),
                HasSubstr("no instance in 1 environment: nothing runs there"));
    EXPECT_THAT(headline({.instances = {instance(Outcome::gone)}}),
                HasSubstr("nothing runs there"));
}

TEST(Summary, EveryOtherVerdictBeginsWithNot) {
    for (const auto verdict :
         {Verdict::partial, Verdict::nothing_matched, Verdict::timed_out, Verdict::cancelled,
          Verdict::interrupted, Verdict::denied, Verdict::refused, Verdict::unavailable}) {
        const auto summary = report::summarize(
            {.verdict = verdict, .instances = {instance(Outcome::failed)}}, subject);
        EXPECT_THAT(summary.headline, StartsWith("NOT QUIET: "));
        EXPECT_FALSE(summary.succeeded);
        EXPECT_FALSE(summary.next.text.empty());
    }
}

TEST(Summary, NamesEachInstanceThatIsNotAsAsked) {
    auto busy = instance(Outcome::busy);
    busy.note = "sidekiq.service has work";
    busy.workers[0].busy = 3;
    const auto summary = report::summarize(
        {.verdict = Verdict::partial, .instances = {instance(Outcome::done), busy}}, subject);
    EXPECT_THAT(summary.details, ElementsAre("i-1 (acme-workers): still running 3 jobs: "
                                             "sidekiq.service has work"));
    busy.note = "a worker still runs a job and was not restarted";
    EXPECT_THAT(
        report::summarize(
            {.action = Action::wake, .verdict = Verdict::partial, .instances = {busy}}, subject)
            .details,
        ElementsAre("i-1 (acme-workers): still running 3 jobs; not restarted"));
    EXPECT_THAT(summary.headline, HasSubstr("1 of 2 instances is NOT quiet and idle"));
}

TEST(Summary, TheNextCommandCanBeTypedAsItIs) {
    const report::RunInfo odd{"my app", "it's", "", "us-east-1", ""};
    EXPECT_EQ(report::summarize({.instances = {instance(Outcome::done)}}, odd).next.command,
              R"(snow-white.sh -a wake -e 'it'\''s' -p 'my app' -r us-east-1)");
    EXPECT_THAT(report::summarize({.instances = {instance(Outcome::done)}}, subject).next.command,
                HasSubstr("-e workers -f staging -p acme"));
}

std::string next_of(const Report& report) {
    return in_one_line(report::summarize(report, subject).next);
}

TEST(Summary, AFailedWakeIsSuggestedAgainWithItsBatches) {
    report::RunInfo in_batches = subject;
    in_batches.batch = "25%";
    const Report failed{.action = Action::wake,
                        .verdict = Verdict::partial,
                        .instances = {instance(Outcome::failed)}};
    EXPECT_THAT(report::summarize(failed, in_batches).next.command, HasSubstr("-a wake"));
    EXPECT_THAT(report::summarize(failed, in_batches).next.command, EndsWith(" --batch 25%"));
}

// The same command would end in the same way.
TEST(Summary, OfAStoppedFleetStrictIsLeftOut) {
    report::RunInfo strict = subject;
    strict.action = Action::stop;
    strict.strict = true;
    Report stopped{.action = Action::stop,
                   .verdict = Verdict::partial,
                   .instances = {instance(Outcome::already)},
                   .unverified = {"Sidekiq's Redis has no worker of this fleet"},
                   .may_have_sent = true};
    stopped.sidekiq.source = drain::SidekiqView::Source::unrelated;
    const auto next = [&] { return in_one_line(report::summarize(stopped, strict).next); };
    EXPECT_THAT(next(), EndsWith(" -r us-east-1 --strict"));
    stopped.sidekiq.fleet_is_stopped = true;
    EXPECT_EQ(next(), "of a stopped fleet --strict cannot be shown; wake it first, or leave "
                      "--strict out: snow-white.sh -a stop -e workers -f staging -p acme -r "
                      "us-east-1");
    stopped.instances.push_back(instance(Outcome::failed));
    EXPECT_THAT(next(), StartsWith("look at the instances named above, then"));
}

TEST(Summary, WhatToDoNextIsTrueForEachVerdict) {
    const std::string quiet = "snow-white.sh -a quiet -e workers -f staging -p acme -r us-east-1";
    const std::string wake = "snow-white.sh -a wake -e workers -f staging -p acme -r us-east-1";
    const std::vector<InstanceResult> some{instance(Outcome::pending)};
    const auto after = [&](Verdict verdict, bool begun = true,
                           std::vector<InstanceResult> instances = {}) {
        return next_of(
            {.verdict = verdict, .instances = std::move(instances), .may_have_sent = begun});
    };
    EXPECT_EQ(after(Verdict::done, true, {instance(Outcome::done)}),
              "when your work is done, wake them: " + wake);
    EXPECT_EQ(after(Verdict::partial, true, some),
              "look at the instances named above, then: " + quiet);
    EXPECT_EQ(after(Verdict::nothing_matched), "check -e (the case counts), -p and -r");
    EXPECT_EQ(after(Verdict::timed_out, true, some),
              "the quiet continues; wait on with the same command: " + quiet);
    EXPECT_EQ(after(Verdict::timed_out, false, some),
              "nothing was sent; try again with the same command: " + quiet);
    EXPECT_EQ(after(Verdict::cancelled, true, some),
              "workers that are already quiet stay quiet; wake them with: " + wake);
    EXPECT_EQ(after(Verdict::interrupted, true, some), "follow it with the same command: " + quiet);
    EXPECT_EQ(after(Verdict::denied),
              "renew the credentials, or grant what is missing (docs/operations.md), then: " +
                  quiet);
    EXPECT_EQ(after(Verdict::refused, false), "put right what AWS says above, then: " + quiet);
    EXPECT_EQ(next_of({.verdict = Verdict::refused, .is_stack_unknown = true}),
              "correct CFN_STACK_NAME, or deploy the stack, then: " + quiet);
    EXPECT_EQ(after(Verdict::unavailable, true, some), "follow it with the same command: " + quiet);
    EXPECT_EQ(after(Verdict::unavailable, false), "when AWS answers again: " + quiet);
}

// Nothing was sent; sent; or the answer to the only SendCommand was lost.
TEST(Summary, WhatIsSaidOfAnEndBeforeTheCommandsIsOfWhatIsKnown) {
    const std::string find_out =
        "the same command finds out whether it was sent, and sends it if not: ";
    const auto ended = [](Verdict verdict, bool begun, bool unknown) {
        return report::summarize(
            {.verdict = verdict, .may_have_sent = begun, .is_send_unknown = unknown}, subject);
    };
    for (const auto verdict : {Verdict::interrupted, Verdict::unavailable, Verdict::denied}) {
        EXPECT_THAT(ended(verdict, false, false).headline, HasSubstr("; nothing was sent (after"));
        EXPECT_THAT(ended(verdict, true, false).headline, HasSubstr("; the quiet continues"));
        EXPECT_THAT(ended(verdict, true, true).headline,
                    HasSubstr("; it is not known whether the quiet was sent (after"));
    }
    EXPECT_EQ(ended(Verdict::interrupted, false, false).next.text, "to begin again");
    EXPECT_EQ(ended(Verdict::interrupted, true, false).next.text,
              "follow it with the same command");
    for (const auto verdict : {Verdict::interrupted, Verdict::unavailable, Verdict::timed_out})
        EXPECT_THAT(report::in_one_line(ended(verdict, true, true).next), StartsWith(find_out));
}

TEST(Summary, ARegionWhoseOnlyAnswerWasLostIsNotSaidToHaveBegun) {
    const Report report{.verdict = Verdict::partial,
                        .may_have_sent = true,
                        .regions = {{"us-east-1", Verdict::unavailable, "reset", true, true},
                                    {"eu-west-1", Verdict::unavailable, "reset", false}}};
    EXPECT_THAT(report::summarize(report, subject).notes,
                testing::ElementsAre(EndsWith("; it is not known whether it was sent there"),
                                     EndsWith("; nothing was sent there")));
}

TEST(Summary, AnInstanceThatIsGoneIsNotAmongThoseThatAreNotAsAsked) {
    const Report report{.verdict = Verdict::partial,
                        .instances = {instance(Outcome::done), instance(Outcome::failed),
                                      instance(Outcome::gone), instance(Outcome::off)}};
    EXPECT_THAT(report::summarize(report, subject).headline,
                HasSubstr("1 of 2 instances is NOT quiet"));
}

TEST(Summary, AReportWithoutInstancesNamesNone) {
    EXPECT_THAT(next_of({.verdict = Verdict::partial,
                         .instances = {instance(Outcome::done)},
                         .unverified = {"which instances there are (no answer)"}}),
                StartsWith("what could not be checked is named above; then: "));
}

TEST(Summary, AfterACancelledStopOrWakeItSuggestsWake) {
    EXPECT_THAT(next_of({.action = Action::stop, .verdict = Verdict::cancelled}),
                StartsWith("workers that are already quiet or stopped stay so; wake them with: "
                           "snow-white.sh -a wake"));
    EXPECT_THAT(
        next_of({.action = Action::wake, .verdict = Verdict::cancelled}),
        StartsWith(
            "some may still take no jobs; to wake them all the same: snow-white.sh -a wake"));
}

TEST(Summary, SuccessAccordingToSsmAloneIsNotCalledVerified) {
    EXPECT_TRUE(report::summarize({.instances = {instance(Outcome::done)}}, subject).verified);
    EXPECT_FALSE(
        report::summarize({.instances = {instance(Outcome::completed)}}, subject).verified);
}

TEST(Summary, SaysDurationsInWords) {
    EXPECT_EQ(report::in_words(std::chrono::seconds{59}), "59 s");
    EXPECT_EQ(report::in_words(std::chrono::hours{49} + std::chrono::minutes{3}), "49 h 3 min");
}

} // namespace

} // namespace summary_test
