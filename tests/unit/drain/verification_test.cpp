// What a verification needs before it proves anything: found with an AWS other than our sandbox.
#include "src/drain/machine/rules.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace verification_test {

namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class VerificationTest : public testing::Test {
protected:
    snow_white::Duration elapsed() const { return clock.now() - begun; }

    // Changes the answers to that effect.
    template <class EffectType>
    void change(std::function<void(const EffectType&, typename EffectType::Answer&)> how) {
        fake.override_answer = [this, how](const Effect& effect) -> std::optional<Response> {
            const auto* asked = std::get_if<EffectType>(&effect);
            if (asked == nullptr) return std::nullopt;
            auto response = fake.answer_normally(effect);
            how(*asked, *std::get<Answered<EffectType>>(response).answer);
            return response;
        };
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
};

// It was launched shortly before the deadline.
TEST(Finding, AnInstanceThatWasNeverToldDoesNotTakeJobsAgain) {
    TrackedInstance newcomer;
    newcomer.verified = InstanceFinding{Outcome::awake, "1 worker takes jobs"};
    const auto finding = [&] {
        return finding_of({.instance = newcomer, .now = 1h, .deadline = 1h});
    };
    EXPECT_EQ(finding().outcome, Outcome::pending);
    EXPECT_EQ(finding().note, "not reached before the deadline");
    newcomer.attempts = 1;
    EXPECT_EQ(finding().outcome, Outcome::awake);
}

// Whoever starts the task may name another document of a stack as the status document.
TEST_F(VerificationTest, AnotherDocumentsAnswerIsNoStatus) {
    fake.add("i-1").status = line("stop", "done", "stopped");
    EXPECT_NE(fake.run({.action = Action::quiet, .timeout = 1h}).verdict, Verdict::done);
}

// Nor does it show that the action was carried out.
TEST_F(VerificationTest, AnotherDocumentsAnswerIsNoAction) {
    fake.add("i-1").output = line("status", "done", "running", 3);
    const auto report =
        fake.run({.action = Action::quiet, .timeout = 1h, .has_status_document = false});
    EXPECT_NE(report.verdict, Verdict::done);
    EXPECT_THAT(result_of(report, "i-1").note, HasSubstr("not that of a quiet"));
}

// An update of the stack replaces the document.
TEST_F(VerificationTest, AStatusDocumentThatIsAbsentOnceIsSentAgain) {
    fake.add("i-1").status = line("status", "done", "running", 1);
    int sent = 0;
    fake.override_answer = [&, this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr) return std::nullopt;
        if (send->spec.purpose == Purpose::verify)
            return ++sent == 1
                       ? FakeFleet::fail(effect, {CallFailure::Kind::absent, "no such document"})
                       : std::nullopt;
        if (fake.sent(Purpose::act).size() == 2)
            fake.hosts[0].status = line("status", "done", "quiet");
        return std::nullopt;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("the status command could not be sent")));
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("takes jobs again")));
}

TEST_F(VerificationTest, AStatusDocumentThatStaysAbsentProvesNothing) {
    fake.add("i-1");
    fake.override_answer = [](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose == Purpose::act) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::absent, "no such document"});
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::partial);
    EXPECT_LT(elapsed(), 10min);
}

TEST_F(VerificationTest, WithoutAStatusDocumentSuccessIsReportedAsNotVerified) {
    fake.add("i-1");
    const auto report = fake.run({.action = Action::quiet, .has_status_document = false});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_FALSE(report.workers_were_asked);
}

// EC2's list still says "stopped"; or the instance is shutting down, and its job goes on.
TEST_F(VerificationTest, AnInstanceThatAnswersAndTakesJobsExistsWhateverEc2Says) {
    fake.add("i-1");
    auto& other = fake.add("i-2");
    other.launched = begun - 1h;
    other.status = line("status", "done", "running", 1);
    change<DiscoverFleet>([this](const DiscoverFleet&, fleet::FleetSnapshot& seen) {
        if (elapsed() < 5s || elapsed() > 20min) return;
        for (auto& one : *seen.instances)
            if (one.id.text == "i-2") one.ec2_state = fleet::Ec2State::stopped;
    });
    clock.on_wait = [this](Instant) {
        if (elapsed() > 21min && fake.sent(Purpose::act).size() > 1)
            fake.hosts[1].status = line("status", "done", "quiet");
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_GT(elapsed(), 20min);
    EXPECT_GE(fake.sent(Purpose::act).size(), 2U);
}

TEST_F(VerificationTest, AnInstanceThatKeepsAnsweringThoughEc2StoppedItIsNamed) {
    fake.add("i-1");
    fake.add("i-2").status = line("status", "done", "running", 1);
    change<DiscoverFleet>([this](const DiscoverFleet&, fleet::FleetSnapshot& seen) {
        if (elapsed() < 5s) return;
        for (auto& one : *seen.instances)
            if (one.id.text == "i-2") one.ec2_state = fleet::Ec2State::stopped;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::awake);
    EXPECT_LT(elapsed(), 1h);
    EXPECT_LT(fake.sent(Purpose::verify).size(), 12U);
}

TEST_F(VerificationTest, CountedButUnlistedInvocationsAreAwaitedAndThenReported) {
    fake.add("i-1");
    change<PollProgress>([](const PollProgress&, auto& progress) {
        for (auto& one : progress)
            ++one.targeted;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(report.unverified, Contains(HasSubstr("SSM counts")));
    EXPECT_LT(elapsed(), 90min);
}

TEST_F(VerificationTest, AMissingWorkerBesideAContradictionIsNoticed) {
    const std::string two =
        R"({"snow_white":1,"action":"quiet","outcome":"done","workers":[)"
        R"({"pid":1,"unit":"a.service","version":"7.3.0","busy":0,"of":5,"state":"idle"},)"
        R"({"pid":2,"unit":"b.service","version":"7.3.0","busy":0,"of":5,"state":"idle"}]})";
    auto& host = fake.add("i-1");
    host.output = two;
    host.status = line("status", "done", "running", 1);
    clock.on_wait = [&, this](Instant) {
        if (fake.sent(Purpose::act).size() < 2) return;
        fake.hosts[0].output = line("quiet", "done", "idle");
        fake.hosts[0].status = line("status", "done", "quiet"); // b is between two starts
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_GT(elapsed(), 3min);
}

TEST_F(VerificationTest, AnInstanceReachedOnlyByIdIsVerifiedById) {
    fake.add("i-1");
    fake.add("i-2");
    change<CollectResults>([this](const CollectResults& asked, std::vector<CommandResults>& all) {
        const auto specs = fake.sent(Purpose::verify);
        if (specs.empty() || asked.commands.empty()) return;
        for (auto& results : all)
            if (results.invocations.size() > 1)
                std::erase_if(results.invocations,
                              [](const auto& one) { return one.id.text == "i-2"; });
    });
    fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_LT(elapsed(), 40min);
}

TEST_F(VerificationTest, AnEc2OutageDoesNotMakeTheRunWaitForEver) {
    fake.add("i-1");
    fake.add("i-2").status_duration = 100h;
    change<DiscoverFleet>([this](const DiscoverFleet&, fleet::FleetSnapshot& seen) {
        if (elapsed() < 5s) return;
        std::erase_if(*seen.instances, [](const auto& one) { return one.id.text == "i-2"; });
        if (elapsed() < 1min) seen.unknown_to_ec2 = {{"i-2"}};
    });
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 48h}).verdict, Verdict::partial);
    EXPECT_LT(elapsed(), 2h);
}

TEST_F(VerificationTest, AListThatIsEmptyForAMomentIsReadAgain) {
    fake.add("i-1");
    change<DiscoverFleet>([this](const DiscoverFleet&, fleet::FleetSnapshot& seen) {
        if (elapsed() < 5s || elapsed() > 1min) return;
        seen.instances.reset();
        seen.unavailable.push_back(
            "which instances there are (EC2 shows none, SSM the agents of 1)");
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.unverified, IsEmpty()); // a later discovery has shown them
    EXPECT_LT(elapsed(), 10min);
}

// Between two pages an item came twice and another is missing.
TEST_F(VerificationTest, AListWithADuplicateIsIncomplete) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 40s;
    change<CollectResults>([this](const CollectResults&, std::vector<CommandResults>& all) {
        if (elapsed() > 30s) return;
        for (auto& results : all)
            if (results.invocations.size() == 2) results.invocations[1] = results.invocations[0];
    });
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

// Each was as asked when it was verified, and no verification of all of them proves it: all are
// asked once more.
TEST_F(VerificationTest, APartialVerificationAtTheDeadlineIsFollowedByOneOfAll) {
    const auto run = [](snow_white::Duration timeout, snow_white::Duration& asked) {
        FakeClock time;
        FakeFleet fleet{time};
        const Instant start = time.now();
        fleet.add("i-1");
        fleet.add("i-2").status = "no line";
        fleet.override_answer = [&](const Effect& effect) -> std::optional<Response> {
            const auto* send = std::get_if<SendCommand>(&effect);
            if (send == nullptr || send->spec.purpose != Purpose::verify ||
                send->spec.instances.empty())
                return std::nullopt;
            asked = time.now() - start;
            fleet.hosts[1].status = line("status", "done", "quiet");
            fleet.hosts[1].status_duration = 3s;
            return std::nullopt;
        };
        return fleet.run({.action = Action::quiet, .timeout = timeout});
    };
    snow_white::Duration asked{};
    run(4h, asked);
    const auto report = run(asked + 1s, asked);
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GT(report.elapsed, asked + 3s);
}

TEST_F(VerificationTest, ALineWithoutWorkersOrOfAFailedCommandIsNoAnswer) {
    fake.add("i-1").status = R"({"snow_white":1,"action":"status","outcome":"done","workers":[]})";
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::partial);
}

} // namespace

} // namespace verification_test
