// Each promise that a log can show: a log that keeps it, and one that breaks it, with the time and
// the event.
#include "tests/unit/check_log.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace log_promises_test {

namespace {

using namespace snow_white;
using namespace snow_white::drain;
using namespace std::chrono_literals;
using promises::CheckCode;
using test::WrittenLog;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const FleetDiscovered two_instances{.environments = {{.name = "acme-workers", .status = "Ready"}},
                                    .instances = 2};
const CommandStarted sent{.spec = {.environments = {"acme-workers"}},
                          .id = {"5ab9be2e-bb97-4657-4e17-ac6c6f76fbbd"}};
const InstanceResult idle{
    .id = {"i-1"},
    .environment = "acme-workers",
    .outcome = Outcome::done,
    .workers = {{.pid = 7, .busy = 0, .threads = 5, .state = WorkerState::idle}}};
const InstanceResult pending{
    .id = {"i-2"}, .environment = "acme-workers", .outcome = Outcome::pending};

Report report(Verdict verdict, Duration elapsed, std::vector<InstanceResult> instances) {
    return {.action = Action::quiet,
            .verdict = verdict,
            .environments = {"acme-workers"},
            .instances = std::move(instances),
            .may_have_sent = true,
            .elapsed = elapsed};
}

WrittenLog log_begun(bool json = true) {
    WrittenLog log(json);
    log.handle(0s, two_instances).handle(1s, sent);
    return log;
}

WrittenLog ended(const Report& end, int code, const std::string& name) {
    auto log = log_begun();
    log.handle(end.elapsed, end).end(end.elapsed, code, name);
    return log;
}

void expect_kept(const std::string& log) {
    const auto checked = test::check_log(log);
    EXPECT_EQ(checked.code, CheckCode::kept) << checked.out << checked.err;
    EXPECT_THAT(checked.out, HasSubstr(": 0 promises broken"));
}

void expect_broken(const std::string& log, const std::string& line) {
    const auto checked = test::check_log(log);
    EXPECT_EQ(checked.code, CheckCode::broken) << checked.out << checked.err;
    EXPECT_THAT(checked.out, HasSubstr(line));
}

TEST(LogPromises, ARunThatIsDoneKeepsThem) {
    expect_kept(ended(report(Verdict::done, 10min, {idle}), 0, "done").text);
}

TEST(LogPromises, BARunEndsWithAReport) {
    expect_broken(log_begun().text,
                  "standard input:2: (b) 2026-11-25T12:00:01Z: no report; this is the last line "
                  "of the run: it goes on, was killed, or the log is cut: started: quiet command "
                  "5ab9be2e-bb97-4657-4e17-ac6c6f76fbbd sent to 1 environment");
    expect_broken(log_begun(false).text, "standard input:2: (b) 2026-11-25T12:00:01Z: no report");
    auto log = log_begun(false);
    log.handle(10min, report(Verdict::done, 10min, {idle}));
    expect_kept(log.text);
}

// The task goes on: its own log has the end.
TEST(LogPromises, BALauncherMayStopWatching) {
    const std::string left = "; a launcher stopped watching: check the log of its task";
    const auto watched = [] {
        return WrittenLog().write(0s, {"submitted", {{"task", "arn:aws:ecs:1"}}});
    };
    auto log = watched();
    log.handle(0s, two_instances).handle(1s, sent);
    expect_broken(log.text, "(b) 2026-11-25T12:00:01Z: no report");
    expect_broken(WrittenLog(log).end(1min, 0, "done").text, "(b) 2026-11-25T12:01:00Z: no report");
    log.end(1min, 8, "interrupted");
    expect_kept(log.text);
    EXPECT_THAT(test::check_log(log.text).out, HasSubstr(left));

    const std::string for_people =
        "quiet of acme in eu-west-1: acme-workers\n"
        "task arn:aws:ecs:eu-west-1:123456789012:task/snow-white/474e started by alice\n"
        "task is PROVISIONING\n" +
        log_begun(false).text;
    expect_kept(
        for_people +
        "snow-white: no longer watching; the task continues, and its answer comes by Slack\n");
    expect_kept( // by 0.1
        for_people +
        "snow-white: no longer watching; the task goes on, and its answer comes by Slack\n");
    EXPECT_THAT(test::check_log(for_people).out, HasSubstr(left));
    const std::string next = log_begun(false).text;
    expect_broken(for_people + next, "standard input:7: (b) 2026-11-25T12:00:01Z: no report");
    EXPECT_THAT(test::check_log(next + for_people).out, HasSubstr("standard input:2: (b)"));
}

TEST(LogPromises, BItEndsByNoBug) {
    auto log = log_begun();
    log.handle(1min, report(Verdict::done, 1min, {idle})).end(1min, 70, "internal");
    expect_broken(
        log.text,
        "standard input:5: (b) 2026-11-25T12:01:00Z: it ends by a bug of its own: ended: exit "
        "code 70, internal");
}

TEST(LogPromises, BItIsNotSilentForLongerThan26Minutes) {
    for (const bool json : {true, false}) {
        auto log = log_begun(json);
        log.handle(25min, Notice{"1 instance still runs jobs"});
        expect_kept(log.text +
                    WrittenLog(json).handle(50min, report(Verdict::done, 50min, {idle})).text);
        expect_broken(log.text +
                          WrittenLog(json).handle(52min, report(Verdict::done, 52min, {idle})).text,
                      "(b) 2026-11-25T12:52:00Z: silent for the 27 min before this line: ");
    }
}

TEST(LogPromises, BALargeFleetHasMorePagesToRead) {
    WrittenLog log;
    log.handle(0s, FleetDiscovered{.environments = {}, .instances = 2000});
    log.handle(60min, report(Verdict::done, 60min, {idle}));
    expect_kept(log.text);
}

TEST(LogPromises, CADryRunSendsNothing) {
    WrittenLog log;
    log.write(0s, {"finding", {{"level", "fact"}, {"text", "2 instances"}}});
    log.end(0s, 0, "done");
    expect_kept(log.text);
    expect_broken(WrittenLog()
                      .write(0s, {"finding", {{"level", "fact"}, {"text", "2 instances"}}})
                      .handle(0s, sent)
                      .text,
                  "standard input:2: (c) 2026-11-25T12:00:00Z: a dry run has sent a command: "
                  "started: quiet command "
                  "5ab9be2e");
}

TEST(LogPromises, DItSendsOneAction) {
    auto log = log_begun();
    auto of_a_stop = log.subject;
    of_a_stop.action = Action::stop;
    report::json_events(sent, of_a_stop,
                        [&log](const report::JsonEvent& one) { log.write(5s, one); });
    log.handle(10s, report(Verdict::done, 10s, {idle}));
    expect_broken(
        log.text,
        "standard input:3: (d) 2026-11-25T12:00:05Z: a command of stop in a run of quiet");
}

TEST(LogPromises, DTextOfPeopleIsNoCommand) {
    for (const std::string reason :
         {"due: stop command 5 sent to 2 environments", "QUIET: all (after 1 s)",
          "stop command 5ab9be2e-bb97-4657-4e17-ac6c6f76fbbd sent to 2 environments",
          "a: stop command 5ab9be2e-bb97-4657-4e17-ac6c6f76fbbd is in flight already"}) {
        WrittenLog log(false);
        log.subject.reason = reason;
        log.handle(0s, two_instances)
            .handle(1s, sent)
            .handle(1min, report(Verdict::done, 1min, {idle}));
        log.handle(2min, Notice{"warning: " + reason}).handle(2min, Notice{"due to " + reason});
        expect_kept(log.text);
    }
}

TEST(LogPromises, FItStopsAtTheDeadlineAndNamesWhoIsBusy) {
    const auto after = [](Duration elapsed, std::vector<InstanceResult> instances) {
        auto log = log_begun();
        for (Duration at = 15min; at < elapsed; at += 15min)
            log.handle(at, Notice{fmt::format("waiting for {} min", at / 1min)});
        log.handle(elapsed, report(Verdict::timed_out, elapsed, std::move(instances)));
        return log.end(elapsed, 5, "timed_out").text;
    };
    expect_kept(after(6h + 1min, {pending}));
    expect_broken(after(6h + 30min, {pending}), "(f) 2026-11-25T18:30:00Z: 30 min after the "
                                                "deadline it still waited: report: NOT QUIET: the "
                                                "deadline came first");
    expect_broken(after(6h + 1min, {idle}),
                  "(f) 2026-11-25T18:01:00Z: the deadline came first, and nobody who is "
                  "not as asked is named");
}

TEST(LogPromises, FARunThatHasSentNothingNamesNobody) {
    WrittenLog log(true);
    log.handle(0s, two_instances);
    auto end = report(Verdict::timed_out, 8h, {});
    end.may_have_sent = false;
    log.handle(8h, end);
    EXPECT_THAT(test::check_log(log.end(8h, 5, "timed_out").text).out, Not(HasSubstr("nobody")));
}

TEST(LogPromises, X4ItDoesNotRepeatItself) {
    const auto repeated = [](bool json, int times, const std::string& words, bool sends) {
        auto log = log_begun(json);
        for (int i = 0; i < times; ++i)
            log.handle(1min + i * 10s, Notice{words});
        if (sends) log.handle(70s, sent);
        log.handle(5min, report(Verdict::done, 5min, {idle}));
        return log.text;
    };
    for (const bool json : {true, false}) {
        expect_kept(repeated(json, 5, "i-1 is silent", false));
        expect_kept(repeated(json, 6, "i-1 is silent", true));
        expect_kept(repeated(json, 6, "i-1 takes jobs again; sending it the command again", false));
        expect_kept(repeated(json, 6, "i-1 takes jobs again; it is told again", false)); // by 0.1
        expect_kept(
            repeated(json, 6, "AWS has not answered for 15 s now (x); still watching", false));
        expect_broken(repeated(json, 6, "i-1 is silent", false),
                      "standard input:8: (x4) 2026-11-25T12:01:50Z: said 6 times within 50 s, and "
                      "no command was "
                      "sent meanwhile: ");
    }
}

TEST(LogPromises, X5TheDeadlineIsTheReasonOnlyAtTheDeadline) {
    expect_broken(ended(report(Verdict::timed_out, 20min, {pending}), 5, "timed_out").text,
                  "standard input:4: (x5) 2026-11-25T12:20:00Z: \"the deadline came first\", 340 "
                  "min before it: "
                  "report: NOT QUIET");
}

TEST(LogPromises, X5WithLiveProgressALogForPeopleShowsIt) {
    const auto at = [](Duration end) {
        WrittenLog log(false);
        const ProgressSnapshot snapshot{.begun = test::noon, .deadline = test::noon + 10min};
        report::json_events(snapshot, log.subject,
                            [&log](const report::JsonEvent& one) { log.write(1s, one); });
        return log.handle(2s, two_instances)
            .handle(3s, sent)
            .handle(end, report(Verdict::timed_out, end, {pending}))
            .text;
    };
    expect_kept(at(10min));
    expect_broken(
        at(5min),
        "(x5) 2026-11-25T12:05:00Z: \"the deadline came first\", 5 min before it: NOT QUIET");
}

TEST(LogPromises, X7PartialNamesAReason) {
    expect_kept(ended(report(Verdict::partial, 1min, {idle, pending}), 1, "partial").text);
    auto unseen = report(Verdict::partial, 1min, {idle});
    unseen.unverified = {"the environments could not be listed"};
    expect_kept(ended(unseen, 1, "partial").text);
    expect_broken(ended(report(Verdict::partial, 1min, {idle}), 1, "partial").text,
                  "(x7) 2026-11-25T12:01:00Z: partial, and it names nothing that is not as asked "
                  "or was not seen");
}

TEST(LogPromises, X10ItIsDoneOnlyIfEachInstanceIs) {
    expect_broken(ended(report(Verdict::done, 1min, {idle, pending}), 0, "done").text,
                  "standard input:4: (x10) 2026-11-25T12:01:00Z: the run is done, and this "
                  "instance is not as asked: "
                  "instance: i-2 pending");
    auto busy = idle;
    busy.workers[0].busy = 3;
    expect_broken(ended(report(Verdict::done, 1min, {busy}), 0, "done").text,
                  "(x10) 2026-11-25T12:01:00Z: the run is verified as done, and a worker here is "
                  "idle with 3 jobs: "
                  "instance: i-1 done");
}

TEST(LogPromises, X10TheCountsAddUp) {
    auto log = ended(report(Verdict::done, 1min, {idle, idle}), 0, "done").text;
    log.erase(log.find("{\"v\":1,\"event\":\"instance\""),
              log.find("{\"v\":1,\"event\":\"report\"") -
                  log.find("{\"v\":1,\"event\":\"instance\""));
    expect_broken(
        log, "(x10) 2026-11-25T12:01:00Z: it counts 2 instances, and 0 are told: report: QUIET");
    expect_broken(log_begun()
                      .handle(2s, ProgressChanged{Purpose::act, 3, 2})
                      .handle(3s, report(Verdict::done, 3s, {idle}))
                      .text,
                  "(x10) 2026-11-25T12:00:02Z: more than there are: advanced: 3 of 2 finished");
}

TEST(LogPromises, X10TheExitCodeIsTheVerdicts) {
    expect_broken(ended(report(Verdict::partial, 1min, {pending}), 0, "done").text,
                  "standard input:5: (x10) 2026-11-25T12:01:00Z: the exit code is 0, of the "
                  "report's verdict it is 1: "
                  "ended: exit code 0, done");
    auto watched = log_begun(); // a follower that stops watching has an exit code of its own
    watched.write(2s, {"task", {{"status", "RUNNING"}}});
    watched.handle(1min, report(Verdict::partial, 1min, {pending})).end(1min, 8, "interrupted");
    expect_kept(watched.text);
}

TEST(LogPromises, X10TheReportAgreesWithItself) {
    expect_broken(ended(report(Verdict::done, 1min, {idle, idle}), 0, "done").text,
                  "standard input:4: (x10) 2026-11-25T12:01:00Z: this instance is told twice: "
                  "instance: i-1 done");
    expect_broken(ended(report(Verdict::done, 1min, {idle}), 0, "partial").text,
                  "(x10) 2026-11-25T12:01:00Z: the name of exit code 0 is done: ended");
    const auto with = [](const std::string& was, const std::string& is) {
        std::string log = ended(report(Verdict::done, 1min, {idle}), 0, "done").text;
        return log.replace(log.find(was), was.size(), is);
    };
    expect_broken(
        with("\"headline\":\"QUIET", "\"headline\":\"NOT QUIET"),
        "(x10) 2026-11-25T12:01:00Z: its headline and its verdict contradict each other: report");
    expect_broken(
        with("\"outcome\":\"done\"", "\"outcome\":\"fine\""),
        "(x10) 2026-11-25T12:01:00Z: its outcome is fine, which is none: instance: i-1 fine");
}

} // namespace

} // namespace log_promises_test
