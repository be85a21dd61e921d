// Instances that EC2 terminates during a quiet, with jobs or before they have answered: an
// important notice names them, and so does the headline. The run may be done all the same.
#include "sandbox/world/fleet_change.hpp"
#include "src/report/slack/start_message.hpp"
#include "src/report/text/summary.hpp"
#include "tests/unit/fake_fleet.hpp"
#include "tests/unit/whole_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terminated_instances_test {

namespace {

using namespace test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class TerminatedInstances : public testing::Test {
protected:
    // From that time on EC2 terminates them.
    void terminate_at(const std::vector<std::size_t>& hosts, snow_white::Duration after) {
        clock.on_wait = [this, hosts, at = clock.now() + after](Instant now) {
            if (now < at) return;
            for (const auto host : hosts)
                fake.hosts[host].ec2_state = fleet::Ec2State::terminating;
        };
    }

    std::vector<std::string> important() const {
        std::vector<std::string> reported;
        for (const auto& event : fake.events)
            if (const auto* notice = std::get_if<Notice>(&event);
                notice != nullptr && notice->important)
                reported.push_back(notice->what);
        return reported;
    }

    static std::string headline(const Report& report) {
        return snow_white::report::summarize(report, {.application = "acme", .pattern = "workers"})
            .headline;
    }

    FakeClock clock;
    FakeFleet fake{clock};
};

TEST_F(TerminatedInstances, WithJobsSeenByTheLiveProgress) {
    fake.add("i-1").script_duration = 40min;
    fake.add("i-2").script_duration = 10h;
    fake.hosts[1].status = line("status", "done", "quiet", 3);
    terminate_at({1}, 20min);
    const auto report = fake.run({.action = Action::quiet, .live_progress = true});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(
        important(),
        ElementsAre(AllOf(StartsWith("1 instance left EC2 with 3 running jobs, which may be lost: "
                                     "i-2 (acme-workers) with 3 running jobs "),
                          HasSubstr(" min before"))));
    EXPECT_THAT(result_of(report, "i-2").note, HasSubstr("last seen with 3 running jobs"));
    EXPECT_EQ(result_of(report, "i-2").left->jobs, 3);
    EXPECT_THAT(headline(report),
                AllOf(StartsWith("QUIET: "),
                      HasSubstr("; 1 instance left EC2 with 3 running jobs (after")));
}

TEST_F(TerminatedInstances, WithoutLiveProgressAnAwaitedOneHasNotAnswered) {
    fake.add("i-1").script_duration = 40min;
    fake.add("i-2").script_duration = 10h;
    terminate_at({1}, 20min);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(important(),
                ElementsAre("1 instance left EC2 without an answer; what ran there is not known: "
                            "i-2 (acme-workers)"));
    ASSERT_TRUE(result_of(report, "i-2").left);
    EXPECT_EQ(result_of(report, "i-2").left->jobs, std::nullopt);
    EXPECT_THAT(headline(report), HasSubstr("; 1 instance left EC2 without an answer"));
}

TEST_F(TerminatedInstances, WithJobsSeenByALaterVerification) {
    fake.add("i-1").script_duration = 2h;
    fake.add("i-2");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.instances != std::vector<InstanceId>{{"i-2"}})
            return std::nullopt;
        if (send->spec.purpose == Purpose::act)
            fake.hosts[1].script_duration = 10h; // after another quiet it has jobs to finish
        else
            // Another operator has woken it.
            fake.hosts[1].status = line("status", "done", "running", 2);
        return std::nullopt;
    };
    terminate_at({1}, 50min);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(important(),
                testing::Contains(HasSubstr("1 instance left EC2 with 2 running jobs")));
    EXPECT_THAT(headline(report), HasSubstr("1 instance left EC2 with 2 running jobs"));
}

TEST_F(TerminatedInstances, WithoutJobsAreNoImportantNotice) {
    fake.add("i-1").script_duration = 40min;
    fake.add("i-2");
    terminate_at({1}, 20min);
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::gone);
    EXPECT_FALSE(result_of(report, "i-2").left);
    EXPECT_THAT(important(), IsEmpty());
    EXPECT_THAT(headline(report), Not(HasSubstr("left")));
}

TEST_F(TerminatedInstances, DuringAWakeLoseNoJobs) {
    fake.add("i-1").output = line("wake", "done", "running");
    fake.hosts[0].status = line("status", "done", "running");
    fake.hosts[0].script_duration = 10min;
    fake.add("i-2").script_duration = 10h;
    terminate_at({1}, 3min);
    const auto report = fake.run({.action = Action::wake});
    EXPECT_THAT(important(), IsEmpty());
    EXPECT_THAT(headline(report), Not(HasSubstr("left")));
}

TEST_F(TerminatedInstances, ManyAreOneNotice) {
    fake.add("i-00").script_duration = 40min;
    fake.hosts[0].output = line("stop", "done", "stopped");
    fake.hosts[0].status = line("status", "done", "stopped");
    std::vector<std::size_t> all;
    for (int i = 1; i <= 12; ++i) {
        fake.add(fmt::format("i-{:02}", i)).script_duration = 10h;
        all.push_back(static_cast<std::size_t>(i));
    }
    terminate_at(all, 20min);
    const auto report = fake.run({.action = Action::stop});
    EXPECT_THAT(
        important(),
        ElementsAre(AllOf(StartsWith("12 instances left EC2 without an answer"),
                          HasSubstr("i-08 (acme-workers), 4 more"), Not(HasSubstr("i-09")))));
    EXPECT_THAT(headline(report), HasSubstr("12 instances left EC2 without an answer"));
}

TEST_F(TerminatedInstances, TheLiveProgressDecidesNothing) {
    State state = initial_step({}).state;
    state.targets.instances[{"i-1"}] = {};
    const Instant now = clock.now();
    note_job_counts(state,
                    {{{"i-1"}, {.jobs = 3, .at = now}}, {{"i-nosuch"}, {.jobs = 1, .at = now}}});
    EXPECT_EQ(state.targets.instances.size(), 1U);
    EXPECT_EQ(state.targets.instances[{"i-1"}].last_count, (JobCount{3, now}));
    note_job_counts(state, {{{"i-1"}, {.jobs = 5, .at = now - 1min}}});
    EXPECT_EQ(state.targets.instances[{"i-1"}].last_count->jobs, 3) << "an older answer";
}

TEST(TerminatedInSlack, TheTitleWarns) {
    Report report{.environments = {"acme-workers"}, .may_have_sent = true};
    report.instances = {{.id = {"i-1"}, .environment = "acme-workers", .outcome = Outcome::done},
                        {.id = {"i-2"},
                         .environment = "acme-workers",
                         .outcome = Outcome::gone,
                         .left = Leaving{3}}};
    const auto message =
        snow_white::report::end_message(report, {.application = "acme", .pattern = "workers"});
    EXPECT_THAT(
        message.blocks[0].dump(),
        HasSubstr("⚠️ QUIET: safe to go on, but 1 instance left EC2 with 3 running jobs"));
    EXPECT_THAT(message.text, StartsWith("⚠️ QUIET"));
}

class TerminatedInSandbox : public testing::Test, protected test::Run {};

TEST_F(TerminatedInSandbox, AScaleInDuringAQuietIsReportedInSlackAndInTheHeadline) {
    events[30min] = [](sandbox::Sandbox& box) {
        box.change_region_state([](sandbox::RegionState& fake) {
            fake.instances[0].state =
                sandbox::InstanceState::terminated; // it has answered, and ran no job then
            fake.instances[2].state = sandbox::InstanceState::terminated;
        });
    };
    const auto quiet = run({{"acme-workers", 3}}, 1h, asked("quiet"));
    EXPECT_EQ(quiet.code, snow_white::report::ExitCode::done) << quiet.out;
    EXPECT_THAT(
        quiet.out,
        HasSubstr(
            "on 1 instance is quiet and idle; 1 instance left EC2 without an answer (after "));
    EXPECT_THAT(quiet.slack,
                HasSubstr("1 instance left EC2 without an answer; what ran there is not known"));
}

} // namespace

} // namespace terminated_instances_test
