// Sidekiq's Redis as a second witness: it may take a success away or qualify it, and never grants
// one.
#include "src/drain/model/sidekiq_text.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidekiq_witness_test {

namespace {

using namespace test;
using snow_white::sidekiq::Process;
using snow_white::sidekiq::Snapshot;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string line_of(const std::string& host, const std::string& action, const std::string& state) {
    return fmt::format(
        R"({{"snow_white":1,"action":"{}","outcome":"done","host":"{}","note":"","workers":[)"
        R"({{"pid":812,"unit":"worker.service","version":"7.3.0","busy":0,"of":5,"state":"{}"}}]}})",
        action, host, state);
}

class SidekiqWitnessTest : public testing::Test {
protected:
    SidekiqWitnessTest() {
        fake.sidekiq = [this] {
            Snapshot snapshot = redis;
            snapshot.at = clock.now();
            for (auto& process : snapshot.processes)
                process.beat = clock.now() - beat_age;
            return snapshot;
        };
    }

    // An instance with a worker, and its process in Redis.
    FakeFleet::Host& add(const std::string& id, const std::string& host) {
        auto& added = fake.add(id);
        added.output = line_of(host, "quiet", "idle");
        added.status = line_of(host, "status", "idle");
        redis.processes.push_back(process_on(host, 812));
        return added;
    }

    static Process process_on(const std::string& host, int pid) {
        return {.identity = fmt::format("{}:{}:0123456789ab", host, pid),
                .host = host,
                .pid = pid,
                .queues = {"default"},
                .concurrency = 5,
                .quiet = true};
    }

    Process& add_other(const std::string& host) {
        redis.processes.push_back(process_on(host, 77));
        redis.processes.back().quiet = false;
        return redis.processes.back();
    }

    Report run(Config config = {}) {
        config.reads_sidekiq = true;
        return fake.run(config);
    }

    FakeClock clock;
    FakeFleet fake{clock};
    Snapshot redis;
    snow_white::Duration beat_age{9s};
};

TEST_F(SidekiqWitnessTest, AFleetOnWhichBothAgreeIsQuiet) {
    add("i-1", "ip-10-0-0-7");
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(report.sidekiq.source, SidekiqView::Source::read);
    EXPECT_EQ(report.sidekiq.other_processes, 0);
    EXPECT_THAT(report.unverified, IsEmpty());
    EXPECT_EQ(fake.count<ReadSidekiq>(), 1);
}

TEST_F(SidekiqWitnessTest, WithoutARedisNobodyIsAsked) {
    add("i-1", "ip-10-0-0-7");
    EXPECT_EQ(fake.run({}).verdict, Verdict::done);
    EXPECT_EQ(fake.count<ReadSidekiq>(), 0);
}

TEST_F(SidekiqWitnessTest, AWorkerThatRedisCallsBusyIsNotIdle) {
    add("i-1", "ip-10-0-0-7");
    add("i-2", "ip-10-0-0-8");
    redis.processes[0].busy = 1;
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(fake.count<ReadSidekiq>(), most_contradictions);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::unknown);
    EXPECT_THAT(result_of(report, "i-1").note, HasSubstr("process ip-10-0-0-7:812 runs 1 job"));
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1)); // it is asked again, not quieted again
}

TEST_F(SidekiqWitnessTest, AWorkerThatRedisCallsBusyOnceIsVerifiedAgain) {
    add("i-1", "ip-10-0-0-7");
    fake.sidekiq = [this, reads = 0]() mutable {
        Snapshot snapshot = redis;
        snapshot.processes[0].beat = clock.now();
        snapshot.processes[0].busy = ++reads == 1 ? 1 : 0;
        return snapshot;
    };
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("it is verified again")));
    EXPECT_EQ(fake.count<ReadSidekiq>(), 2);
}

TEST_F(SidekiqWitnessTest, AnOldBeatContradictsNothing) {
    add("i-1", "ip-10-0-0-7");
    redis.processes[0].busy = 1;
    beat_age = 50s;
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.unverified, ElementsAre(HasSubstr("a host's clock may be behind")));
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::partial);
}

// Redis was restarted, and has seen one of the two since.
TEST_F(SidekiqWitnessTest, ARedisThatKnowsAPartOfTheFleetIsNoWitness) {
    add("i-1", "ip-10-0-0-7");
    add("i-2", "ip-10-0-0-8");
    redis.processes.pop_back();
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.unverified, ElementsAre(HasSubstr("has 1 of 2 workers of this fleet")));
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::partial);
}

// The stranger's heartbeat comes within 10 s of a restart of Redis.
TEST_F(SidekiqWitnessTest, StrictLooksTwiceOneHeartbeatApart) {
    add("i-1", "ip-10-0-0-7");
    fake.sidekiq = [this, reads = 0]() mutable {
        if (++reads == 2) add_other("console-1");
        Snapshot snapshot = redis;
        snapshot.at = clock.now();
        for (auto& process : snapshot.processes)
            process.beat = clock.now();
        return snapshot;
    };
    const auto report = run({.strict = true});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(report.sidekiq.other_processes, 1);
    EXPECT_EQ(fake.count<ReadSidekiq>(), 2);
}

TEST_F(SidekiqWitnessTest, StrictNeedsEachQueueAndEachClock) {
    add("i-1", "ip-10-0-0-7");
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::done);
    redis.omitted_queues = 1;
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::partial);
    redis.omitted_queues = 0;
    redis.stale = {"console-1:77:0123456789ab"};
    const auto report = run({.strict = true});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(report.unverified, Contains(HasSubstr("the heartbeats of 1 process")));
    redis.processes.clear();
    redis.stale = {"ip-10-0-0-7:812:0123456789ab"};
    EXPECT_THAT(run().unverified, ElementsAre(HasSubstr("the clocks of their hosts are behind")));
}

// What Redis said while the run waited is old at its end.
TEST_F(SidekiqWitnessTest, AReportNamesTheJobsOfItsOwnMoment) {
    auto& host = add("i-1", "ip-10-0-0-7");
    host.script_duration = 2h;
    host.status = line_of("ip-10-0-0-7", "status", "running");
    int reads = 0;
    fake.sidekiq = [this, &reads] {
        ++reads;
        Snapshot snapshot = redis;
        snapshot.at = clock.now();
        return snapshot;
    };
    const auto report = run({.timeout = 1h});
    EXPECT_EQ(report.verdict, Verdict::timed_out);
    EXPECT_EQ(reads, 1);
    EXPECT_EQ(report.sidekiq.source, SidekiqView::Source::read);
}

// It takes jobs although its title says that it is quiet.
TEST_F(SidekiqWitnessTest, AWorkerThatRedisDoesNotCallQuietIsNotQuiet) {
    add("i-1", "ip-10-0-0-7");
    redis.processes[0].quiet = false;
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(result_of(report, "i-1").note, HasSubstr("takes jobs"));
}

TEST_F(SidekiqWitnessTest, WokenWorkersAreBusy) {
    auto& host = add("i-1", "ip-10-0-0-7");
    host.output = line_of("ip-10-0-0-7", "wake", "running");
    host.status = line_of("ip-10-0-0-7", "status", "running");
    redis.processes[0].quiet = false;
    redis.processes[0].busy = 5;
    EXPECT_EQ(run({.action = Action::wake}).verdict, Verdict::done);
}

TEST_F(SidekiqWitnessTest, OthersThatTakeTheSameQueuesAreNamed) {
    add("i-1", "ip-10-0-0-7");
    add_other("console-1");
    add_other("puma-1").embedded = true;
    add_other("another-app").queues = {"theirs"};
    add_other("old-box").quiet = true;
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(report.sidekiq.other_processes, 2);
    EXPECT_EQ(others_text(report.sidekiq),
              "2 processes on console-1, puma-1 (inside another program) take from default");
}

TEST_F(SidekiqWitnessTest, StrictWithholdsTheSuccess) {
    add("i-1", "ip-10-0-0-7");
    add_other("console-1");
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::partial);
}

// --strict promises that nobody else works.
TEST_F(SidekiqWitnessTest, StrictNeedsARedisThatWasReadAsAWhole) {
    add("i-1", "ip-10-0-0-7");
    redis.omitted_processes = 1;
    const auto report = run({.strict = true});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(report.unverified,
                Contains(HasSubstr("1 process of Sidekiq's Redis could not be read")));
    EXPECT_EQ(run().verdict, Verdict::done);
    fake.sidekiq = nullptr;
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::partial);
    const auto not_asked = fake.run({.strict = true});
    EXPECT_EQ(not_asked.verdict, Verdict::partial);
    EXPECT_THAT(not_asked.unverified, Contains(HasSubstr("--strict needs it")));
}

TEST_F(SidekiqWitnessTest, HostsBeyondTheListAreCounted) {
    add("i-1", "ip-10-0-0-7");
    for (int i = 0; i < 25; ++i)
        add_other(fmt::format("pod-{:02}", i));
    const auto report = run();
    EXPECT_EQ(report.sidekiq.others.size(), SidekiqView::most_hosts);
    EXPECT_EQ(others_text(report.sidekiq),
              "25 processes on pod-00, pod-01, pod-02 and 22 more take from default");
}

// A second process on a host of the fleet, which the instance does not name.
TEST_F(SidekiqWitnessTest, AProcessBesideTheWorkersIsNamed) {
    add("i-1", "ip-10-0-0-7").name = "ip-10-0-0-7";
    redis.processes.push_back(process_on("ip-10-0-0-7", 4711));
    redis.processes.back().quiet = false;
    EXPECT_EQ(run().sidekiq.other_processes, 1);
}

// Two instances with the same names for host and pid, as clones of one machine have them.
TEST_F(SidekiqWitnessTest, AnAmbiguousNameMatchesNobody) {
    add("i-1", "localhost");
    add("i-2", "localhost");
    redis.processes.pop_back();
    redis.processes[0].busy = 1;
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done); // nothing says which of the two it is
    EXPECT_EQ(report.sidekiq.source, SidekiqView::Source::unrelated);
}

// Stopped on purpose: that Redis has none of it is no sign of another application.
TEST_F(SidekiqWitnessTest, OfAStoppedFleetItIsSaidWhyRedisHasNoWorker) {
    auto& stopped = add("i-1", "ip-10-0-0-7");
    stopped.output = line_of("ip-10-0-0-7", "stop", "stopped");
    stopped.status = line_of("ip-10-0-0-7", "status", "stopped");
    redis.processes.clear();
    const auto report = run({.action = Action::stop});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.unverified,
                ElementsAre(HasSubstr("no worker of this fleet, since all of them are stopped")));
    add("i-2", "ip-10-0-0-8"); // runs, and is in another Redis
    redis.processes.clear();
    EXPECT_THAT(run().unverified, Contains(HasSubstr("it may be another application's")));
}

// With --strict that is not enough: a worker of the fleet has that name.
TEST_F(SidekiqWitnessTest, StrictDoubtsAnAmbiguousNameThatIsBusy) {
    add("i-1", "localhost");
    add("i-2", "localhost");
    add("i-3", "ip-10-0-0-7");
    redis.processes[0].busy = 1;
    EXPECT_EQ(run({.strict = true}).verdict, Verdict::partial);
}

// The report does not call a new heartbeat old.
TEST_F(SidekiqWitnessTest, AnAmbiguousNameThatIsBusyIsNamed) {
    add("i-1", "localhost");
    add("i-2", "localhost");
    add("i-3", "ip-10-0-0-7");
    redis.processes[0].busy = 1;
    EXPECT_THAT(run().unverified,
                ElementsAre("1 process of this fleet take or run jobs by Sidekiq's Redis, with a "
                            "heartbeat of the last 11 s; which instance it is, is not known"));
}

TEST_F(SidekiqWitnessTest, ARedisThatCannotBeReadIsNoFailure) {
    add("i-1", "ip-10-0-0-7");
    fake.sidekiq = nullptr;
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.unverified, ElementsAre("Sidekiq's Redis could not be read: redis is down"));
}

TEST_F(SidekiqWitnessTest, ARedisOfAnotherApplicationNamesNobody) {
    fake.add("i-1");
    add_other("console-1");
    const auto report = run();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(report.sidekiq.other_processes, 0);
    EXPECT_THAT(report.unverified, ElementsAre(HasSubstr("may be another application's")));
}

// Success is the instances' own: Redis alone proves nothing.
TEST_F(SidekiqWitnessTest, RedisGrantsNoSuccess) {
    add("i-1", "ip-10-0-0-7").status = line_of("ip-10-0-0-7", "status", "running");
    const auto report = run({.timeout = 1h});
    EXPECT_NE(report.verdict, Verdict::done);
}

TEST_F(SidekiqWitnessTest, WaitingJobsAreCountedInTheQueuesOfTheFleet) {
    add("i-1", "ip-10-0-0-7");
    redis.queues = {{"default", 30}, {"mailers", 8}, {"theirs", 99}};
    redis.processes[0].queues = {"default", "mailers"};
    const auto report = run();
    EXPECT_EQ(waiting_text(report.sidekiq, false), "38 jobs wait: 30 in default, 8 in mailers");
}

// --- while the run waits (note_sidekiq)

TEST(SidekiqNotes, JobsAreNamedWithTheirInstanceBeforeItHasAnswered) {
    State state;
    auto& instance = state.targets.instances[{"i-1"}];
    instance.ec2_state = fleet::Ec2State::running;
    instance.host = "ip-10-0-0-7";
    const Instant now{8h};
    note_sidekiq(state,
                 {Snapshot{.at = now,
                           .processes = {{.identity = "a",
                                          .host = "ip-10-0-0-7",
                                          .pid = 812,
                                          .queues = {"default"},
                                          .busy = 1}},
                           .jobs = {{"ReportJob", "j1", "default", "t", now - 151min, "a"}}}},
                 {});
    EXPECT_EQ(jobs_text(state.sidekiq.view, now),
              "1 job left: ReportJob (default) 2 h 31 min on i-1");
}

// After a stop no worker of the fleet is in Redis any more.
TEST(SidekiqNotes, TheQueuesOfTheFleetStayKnown) {
    State state;
    auto& instance = state.targets.instances[{"i-1"}];
    instance.ec2_state = fleet::Ec2State::running;
    instance.host = "ip-10-0-0-7";
    const Process worker{.identity = "a", .host = "ip-10-0-0-7", .pid = 812, .queues = {"default"}};
    const Process other{.identity = "b", .host = "console-1", .pid = 1, .queues = {"default"}};
    note_sidekiq(state, {Snapshot{.processes = {worker}}}, {});
    note_sidekiq(state, {Snapshot{.processes = {other}}}, {});
    EXPECT_EQ(state.sidekiq.view.other_processes, 1);
    note_sidekiq(state, {tl::unexpected(CallFailure{})}, {});
    EXPECT_EQ(state.sidekiq.view.source, SidekiqView::Source::unavailable);
    note_sidekiq(state, {Snapshot{.processes = {other}}}, {});
    EXPECT_EQ(state.sidekiq.view.other_processes, 1);
}

// A stopped fleet has no process in Redis: which queues are its own is known when it is awake.
TEST(SidekiqView, AWakeOfAStoppedFleetIsComparedWithTheFirstLook) {
    SidekiqWitness witness;
    Targets targets;
    targets.instances[InstanceId{"i-1"}] = {.host = "ip-10-0-0-7"};
    Snapshot first;
    first.queues = {{"default", 20, false}, {"not-of-this-fleet", 500, false}};
    apply_snapshot(witness, first, targets);
    EXPECT_EQ(witness.view.source, SidekiqView::Source::unrelated);
    Snapshot awake;
    awake.queues = {{"default", 7, false}, {"not-of-this-fleet", 500, false}};
    awake.processes = {{.identity = "ip-10-0-0-7:812:0123456789ab",
                        .host = "ip-10-0-0-7",
                        .pid = 812,
                        .queues = {"default"}}};
    apply_snapshot(witness, awake, targets);
    EXPECT_EQ(witness.view.waiting, 7);
    EXPECT_EQ(witness.view.waiting_before, 20);
}

TEST(SidekiqView, AfterAFirstLookThatFailedNothingIsKnownOfTheBegin) {
    SidekiqWitness witness;
    apply_failure(witness, "down");
    Targets targets;
    targets.instances[InstanceId{"i-1"}] = {.host = "ip-10-0-0-7"};
    Snapshot later;
    later.queues = {{"default", 7, false}};
    later.processes = {{.identity = "ip-10-0-0-7:812:0123456789ab",
                        .host = "ip-10-0-0-7",
                        .pid = 812,
                        .queues = {"default"}}};
    apply_snapshot(witness, later, targets);
    EXPECT_EQ(witness.view.waiting, 7);
    EXPECT_EQ(witness.view.waiting_before, std::nullopt);
}

TEST(SidekiqText, ManyJobsAreSummedUp) {
    SidekiqView view{.source = SidekiqView::Source::read, .jobs = 17};
    for (int i = 0; i < 10; ++i)
        view.longest.push_back({"ReportJob", "default", "j", Instant{}, "i-1"});
    view.classes = {{"MailJob", 12}, {"ReportJob", 5}};
    EXPECT_EQ(jobs_text(view, Instant{61s}),
              "17 jobs left: ReportJob (default) 1 min 1 s on i-1; ReportJob (default) 1 min 1 s "
              "on i-1; ReportJob (default) 1 min 1 s on i-1 and 14 more; by class: 12 MailJob, 5 "
              "ReportJob");
}

TEST(SidekiqText, AfterAWakeTheQueuesAreCompared) {
    const SidekiqView view{.source = SidekiqView::Source::read,
                           .waiting = 8,
                           .queues = {{"default", 8, true}},
                           .waiting_before = 120};
    EXPECT_EQ(waiting_text(view, true),
              "8 jobs wait: 8 in default (paused); 120 when the run began");
}

// One of them did not see how many waited when the run began.
TEST(SidekiqText, QueuesAreComparedOnlyWhereAllRegionsKnowWhatWaitedBefore) {
    using enum SidekiqView::Source;
    const SidekiqView known{.source = read, .waiting = 3, .waiting_before = 40};
    const SidekiqView unknown{.source = read, .waiting = 500};
    for (const auto& parts : {std::pair{known, unknown}, {unknown, known}}) {
        SidekiqView sum;
        add(sum, parts.first);
        add(sum, parts.second);
        EXPECT_EQ(sum.waiting, 503);
        EXPECT_EQ(sum.waiting_before, std::nullopt);
    }
    SidekiqView both;
    add(both, known);
    add(both, known);
    EXPECT_EQ(both.waiting_before, 80);
}

TEST(SidekiqText, RegionsAreAddedUp) {
    SidekiqView sum;
    add(sum, {.source = SidekiqView::Source::unavailable, .why = "down"});
    EXPECT_EQ(sum.source, SidekiqView::Source::unavailable);
    const SidekiqView part{.source = SidekiqView::Source::read,
                           .jobs = 2,
                           .classes = {{"MailJob", 2}},
                           .others = {{"console-1", 1, {"default"}}},
                           .other_processes = 1,
                           .other_hosts = 1,
                           .waiting = 3};
    add(sum, part);
    add(sum, part);
    EXPECT_EQ(sum.source, SidekiqView::Source::read);
    EXPECT_EQ(sum.jobs, 4);
    EXPECT_THAT(sum.classes, ElementsAre(ClassCount{"MailJob", 4}));
    EXPECT_EQ(sum.other_processes, 2);
    EXPECT_EQ(sum.waiting, 6);
}

} // namespace

} // namespace sidekiq_witness_test
