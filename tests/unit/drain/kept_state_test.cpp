// What the run keeps of an instance, a command or a trouble: neither shorter nor longer than it is
// true. Each test is a history that two readers of the code found.
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kept_state_test {

namespace {

using namespace test;
using testing::HasSubstr;
using testing::SizeIs;
using namespace std::string_literals;

// Of an instance with so many workers, of which the last is in that state.
std::string workers(const std::string& action, int count, const std::string& last = "idle",
                    int busy = 0) {
    std::string list;
    for (int i = 1; i <= count; ++i)
        list += fmt::format(
            R"({}{{"pid":{},"unit":"u{}","version":"7","busy":{},"of":5,"state":"{}"}})",
            i > 1 ? "," : "", i, i, i == count ? busy : 0, i == count ? last : "idle");
    return fmt::format(
        R"({{"snow_white":1,"action":"{}","outcome":"done","note":"","workers":[{}]}})", action,
        list);
}

std::string no_worker(const std::string& action) {
    return fmt::format(
        R"({{"snow_white":1,"action":"{}","outcome":"no-worker","note":"none","workers":[]}})",
        action);
}

class KeptState : public testing::Test {
protected:
    snow_white::Duration elapsed() const { return clock.elapsed(); }

    template <class EffectType>
    void before_each(std::function<std::optional<Response>(const EffectType&)> answer) {
        fake.override_answer = [answer](const Effect& effect) -> std::optional<Response> {
            const auto* wanted = std::get_if<EffectType>(&effect);
            return wanted == nullptr ? std::nullopt : answer(*wanted);
        };
    }

    static bool names(const SendCommand& send, const std::string& id) {
        return std::ranges::find(send.spec.instances, InstanceId{id}) != send.spec.instances.end();
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
};

// --- patience counts from what it is about

TEST_F(KeptState, AMissingWorkerIsAwaitedAlsoAfterSilence) {
    auto& host = fake.add("i-1");
    host.output = workers("quiet", 2);
    host.status_duration = 48h; // silent
    host.status = line("status", "done", "idle");
    clock.on_wait = [this](Instant) {
        if (elapsed() > 255s) fake.hosts[0].status_duration = 1s;
        if (elapsed() > 290s && fake.sent(Purpose::act).size() == 1)
            fake.hosts[0].status = workers("status", 2, "running", 3);
    };
    before_each<SendCommand>([this](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::act && names(send, "i-1"))
            fake.hosts[0].status = workers("status", 2);
        return std::nullopt;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GT(report.elapsed, 290s);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

// A rolling restart: the second worker is missed when the first has been given up.
TEST_F(KeptState, ASecondMissingWorkerHasItsOwnPatience) {
    auto& host = fake.add("i-1");
    host.output = workers("quiet", 3);
    host.status = workers("status", 2);
    int by_tag = 0;
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        auto& status = fake.hosts[0].status;
        if (send.spec.purpose == Purpose::act) {
            if (names(send, "i-1")) status = workers("status", 2);
        } else if (!send.spec.environments.empty()) {
            if (++by_tag == 2) status = workers("status", 1); // between two starts
        } else if (by_tag == 2 && fake.sent(Purpose::act).size() == 1) {
            status = workers("status", 2, "running", 3); // and up again
        }
        return std::nullopt;
    });
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

// SSM's count of the tag's targets is one too high, and an instance is silent: both patiences of
// half an hour begin at the same moment, and neither begins the other anew.
TEST_F(KeptState, TwoTroublesAtOnceEndAsSoonAsOne) {
    fake.add("i-1");
    fake.add("i-2").status_duration = 48h;
    before_each<PollProgress>([this](const PollProgress& effect) -> std::optional<Response> {
        const auto asked = fake.sent(Purpose::verify);
        if (asked.empty() || asked[asked.size() - effect.commands.size()].environments.empty())
            return std::nullopt;
        auto response = fake.answer_normally(effect);
        auto& by_tag = std::get<Answered<PollProgress>>(response).answer->front();
        ++by_tag.targeted;
        by_tag.over = false;
        return response;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_LT(report.elapsed, 50min);
}

TEST_F(KeptState, AnIdThatIsRefusedForEverBeginsNoOthersPatienceAnew) {
    for (const char* id : {"i-1", "i-2"}) {
        auto& host = fake.add(id);
        host.output = line("wake", "done", "running");
        host.status_duration = 48h; // silent
    }
    fake.in_flight = {
        {.id = {"theirs"}, .action = Action::wake, .environments = {}, .instances = {{"i-1"}}}};
    before_each<SendCommand>([](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose != Purpose::act) return std::nullopt;
        return FakeFleet::fail(send, {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
    });
    const auto report = fake.run({.action = Action::wake, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_LT(report.elapsed, 90min);
}

TEST_F(KeptState, NoWorkerAfterSilenceIsAskedAgain) {
    auto& host = fake.add("i-1");
    host.status_duration = 48h;
    host.status = no_worker("status");
    clock.on_wait = [this](Instant) {
        if (elapsed() > 255s) fake.hosts[0].status_duration = 1s;
        if (elapsed() > 290s) fake.hosts[0].status = line("status", "done", "quiet");
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
}

TEST_F(KeptState, AnInstanceThatNowLacksAWorkerAndNowIsSilentIsNotAskedForEver) {
    auto& host = fake.add("i-1");
    host.status = no_worker("status");
    before_each<SendCommand>([this](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::verify)
            fake.hosts[0].status_duration = fake.hosts[0].status_duration == 1s ? 48h : 1s;
        return std::nullopt;
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_LT(report.elapsed, 45min);
}

TEST_F(KeptState, AnOldTroubleDoesNotShortenThePatienceWithLateAnswers) {
    fake.add("i-1").script_duration = 5h;
    fake.add("i-2");
    bool late = false;
    before_each<CollectResults>([&](const CollectResults& read) -> std::optional<Response> {
        const auto asked = fake.sent(Purpose::verify);
        if (asked.empty() || read.commands.front().text == "command-1") return std::nullopt;
        auto response = fake.answer_normally(read);
        if (asked.size() == 1)
            std::get<Answered<CollectResults>>(response).answer->front().invocations.clear();
        else if (!asked.back().environments.empty() && !std::exchange(late, true))
            clock.advance(70s);
        return response;
    });
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_TRUE(late);
}

TEST_F(KeptState, TwoSlowDiscoveriesInARowAreRepeated) {
    fake.add("i-1");
    before_each<DiscoverFleet>(
        [this, discoveries = 0](const DiscoverFleet& effect) mutable -> std::optional<Response> {
            ++discoveries;
            if (discoveries != 2 && discoveries != 3) return std::nullopt;
            auto response = fake.answer_normally(effect);
            clock.advance(62s);
            return response;
        });
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
}

TEST_F(KeptState, AnAbsentStatusDocumentEndsNoRunWhoseJobsGoOn) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 3h;
    before_each<SendCommand>([this](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::act || elapsed() > 40min) return std::nullopt;
        return FakeFleet::fail(send, {CallFailure::Kind::absent, "InvalidDocument"});
    });
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_GE(report.elapsed, 3h);
    EXPECT_EQ(report.verdict, Verdict::done);
}

TEST_F(KeptState, AStatusDocumentThatIsAbsentTwiceHoursApartHasItsPatienceTwice) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 3h;
    before_each<SendCommand>([this](const SendCommand& send) -> std::optional<Response> {
        const bool absent =
            (elapsed() > 29min && elapsed() < 31min) || (elapsed() > 178min && elapsed() < 181min);
        if (send.spec.purpose == Purpose::act || !absent) return std::nullopt;
        return FakeFleet::fail(send, {CallFailure::Kind::absent, "InvalidDocument"});
    });
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
}

// A doubt is renewed less often there, and was renewed once.
TEST_F(KeptState, ADoubtIsRenewedInALargeFleetToo) {
    for (int i = 0; i <= 1000; ++i)
        fake.add(fmt::format("i-{}", i));
    fake.hosts[0].script_duration = 40h;
    fake.hosts[0].status = with_host(line("status", "done", "quiet", 3));
    int asked = 0;
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        auto& host = fake.hosts[0];
        if (!names(send, "i-0")) return std::nullopt;
        if (send.spec.purpose == Purpose::verify) {
            host.status_duration = ++asked > 1 ? 1s : 40h;
            return std::nullopt;
        }
        host.script_duration = 0s;
        host.status = line("status", "done", "quiet");
        return std::nullopt;
    });
    clock.on_wait = [this](Instant) {
        if (elapsed() > 3min) fake.hosts[0].agent_version = "3.3.2299.0";
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 6h}).verdict, Verdict::done);
}

// --- what an instance has said

TEST_F(KeptState, OfTwoAnswersOfOneVerificationTheOneThatTakesJobsCounts) {
    fake.add("i-1");
    fake.add("i-2").status_duration = 48h; // misses the first verification: asked by id too
    clock.on_wait = [this](Instant now) {
        if (now > begun + 75s) fake.hosts[1].status_duration = 1s;
    };
    before_each<CollectResults>(
        [this, once = false](const CollectResults& read) mutable -> std::optional<Response> {
            if (read.commands.size() != 2 || fake.sent(Purpose::verify).size() != 4 ||
                std::exchange(once, true))
                return std::nullopt;
            auto response = fake.answer_normally(read); // by tag: quiet; by id, later: running
            (*std::get<Answered<CollectResults>>(response).answer)[1].invocations[0] =
                make_invocation_result({"i-2"}, InvocationEnd::succeeded, "Success",
                                       line("status", "done", "running", 3));
            return response;
        });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_EQ(result_of(report, "i-2").outcome, Outcome::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(2));
}

// EC2's list lacks it, and its agent has not taken the action's command when its results are read:
// "Pending". What it then does with the status command shows that it runs.
TEST_F(KeptState, AnUnlistedInstanceThatTheResultsShowedIsNoSuccessWithoutALine) {
    for (const bool runs : {false, true}) {
        FakeClock time;
        FakeFleet fleet{time};
        fleet.add("i-1");
        auto& mute = fleet.add("i-9");
        mute.script_duration = 48h;
        mute.status = "";
        if (runs) mute.status_duration = 30s; // in progress as long as anybody waits
        fleet.override_answer = [&](const Effect& effect) -> std::optional<Response> {
            if (std::holds_alternative<DiscoverFleet>(effect)) {
                auto response = fleet.answer_normally(effect);
                auto& instances = *std::get<Answered<DiscoverFleet>>(response).answer->instances;
                std::erase_if(instances, [](const auto& one) { return one.id.text == "i-9"; });
                return response;
            }
            if (!std::holds_alternative<CollectResults>(effect) ||
                !fleet.sent(Purpose::verify).empty())
                return std::nullopt;
            auto response = fleet.answer_normally(effect);
            for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
                for (auto& one : results.invocations)
                    if (one.id.text == "i-9") one.detail = "Pending";
            return response;
        };
        const auto report = fleet.run({.action = Action::quiet, .timeout = 4h});
        EXPECT_NE(report.verdict, Verdict::done);
        EXPECT_NE(result_of(report, "i-9").outcome, Outcome::done);
    }
}

TEST_F(KeptState, WorkersThatStartAfterNoWorkerWasReportedAreQuieted) {
    fake.add("i-1").script_duration = 2h;
    auto& host = fake.add("i-2");
    host.end = InvocationEnd::failed;
    host.output = no_worker("quiet");
    host.status = no_worker("status");
    std::optional<snow_white::Duration> again;
    clock.on_wait = [&](Instant) {
        if (elapsed() > 5min && !again) fake.hosts[1].status = line("status", "done", "running", 2);
    };
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::verify || send.spec.instances.empty())
            return std::nullopt;
        again = elapsed();
        fake.hosts[1].end = InvocationEnd::succeeded;
        fake.hosts[1].output = line("quiet", "done", "idle");
        fake.hosts[1].status = line("status", "done", "quiet");
        return std::nullopt;
    });
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    ASSERT_TRUE(again);
    EXPECT_LT(*again, 35min);
}

// The results of its first command, which say that it has no worker, are read again meanwhile.
TEST_F(KeptState, WorkersThatStartLateAreQuietedThoughTheSendFailsOnce) {
    fake.add("i-1").script_duration = 2h;
    auto& host = fake.add("i-2");
    host.end = InvocationEnd::failed;
    host.output = no_worker("quiet");
    host.status = no_worker("status");
    clock.on_wait = [this](Instant) {
        if (elapsed() > 5min) fake.hosts[1].status = line("status", "done", "running", 2);
    };
    std::optional<snow_white::Duration> failed;
    std::optional<snow_white::Duration> again;
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::verify || send.spec.instances.empty())
            return std::nullopt;
        if (failed) {
            again = again.value_or(elapsed());
            return std::nullopt;
        }
        failed = elapsed();
        return FakeFleet::fail(send, {CallFailure::Kind::unavailable, "throttled"});
    });
    fake.run({.action = Action::quiet});
    ASSERT_TRUE(failed && again);
    EXPECT_LT(*again - *failed, 5min);
}

// SSM ends the invocations of later batches as Cancelled, with the detail Terminated. Nobody has
// cancelled the command.
TEST_F(KeptState, ABatchThatNeverCameIsNoCancel) {
    auto& first = fake.add("i-1");
    first.end = InvocationEnd::failed;
    first.output = "";
    first.status = line("status", "done", "booting");
    fake.add("i-2").status = line("status", "done", "running");
    clock.on_wait = [this](Instant) {
        if (elapsed() > 90s) fake.hosts[0].status = line("status", "done", "running");
    };
    before_each<CollectResults>([this](const CollectResults& read) -> std::optional<Response> {
        if (!fake.sent(Purpose::verify).empty()) return std::nullopt;
        auto response = fake.answer_normally(read);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            for (auto& one : results.invocations)
                if (one.id.text == "i-2" && one.end != InvocationEnd::pending)
                    one =
                        make_invocation_result(one.id, InvocationEnd::not_begun, "Terminated", "");
        return response;
    });
    EXPECT_EQ(fake.run({.action = Action::wake, .timeout = 4h}).verdict, Verdict::done);
}

// Somebody gives the same wake again while a batch of the first one still goes on.
TEST_F(KeptState, AFoundWakeWhoseBatchNeverCameIsSentToThoseLeft) {
    auto& first = fake.add("i-1");
    first.script_duration = 2min;
    first.output = line("wake", "done", "running");
    first.status = line("status", "done", "running");
    fake.add("i-2").status = line("status", "done", "idle");
    fake.in_flight = {{.id = {"theirs"}, .action = Action::wake, .environments = {"acme-workers"}}};
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send != nullptr && send->spec.purpose == Purpose::act && names(*send, "i-2")) {
            fake.hosts[1].output = line("wake", "done", "running");
            fake.hosts[1].status = line("status", "done", "running");
        }
        if (!std::holds_alternative<CollectResults>(effect)) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
            if (results.id.text == "theirs")
                for (auto& one : results.invocations)
                    if (one.id.text == "i-2")
                        one = make_invocation_result(one.id, InvocationEnd::not_begun, "Terminated",
                                                     "");
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::wake, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1)); // i-2 by its id
}

// Its first results have no line yet, and it does not answer the verification of minute 30. The
// line comes then, and later an answer that names fewer workers.
TEST_F(KeptState, ALineThatComesAfterTheEndTellsTheNumberOfWorkers) {
    fake.add("i-1").output = "";
    fake.add("i-2").script_duration = 2h;
    fake.add("i-3"); // has a line: the documents are ours
    fake.hosts[0].status_duration = 48h;
    fake.hosts[0].status = workers("status", 2);
    clock.on_wait = [this](Instant) {
        if (elapsed() > 32min) fake.hosts[0].output = workers("quiet", 3);
        if (elapsed() > 45min) fake.hosts[0].status_duration = 1s;
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.warnings, testing::Contains(HasSubstr("and reported 3 before")));
}

// --- what was asked of an instance

TEST_F(KeptState, SilenceWhileTheSendFailsHasItsOwnPatience) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 65min;
    clock.on_wait = [this](Instant) {
        if (elapsed() > 10min && elapsed() < 11min)
            fake.hosts[0].status = line("status", "done", "running", 1);
        fake.hosts[0].status_duration = elapsed() > 55min && elapsed() < 75min ? 48h : 1s;
    };
    before_each<SendCommand>([this](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose != Purpose::act || send.spec.instances.empty()) return std::nullopt;
        if (elapsed() < 66min)
            return FakeFleet::fail(send, {CallFailure::Kind::unavailable, "throttled"});
        fake.hosts[0].status = line("status", "done", "quiet");
        return std::nullopt;
    });
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
}

TEST_F(KeptState, AWakeWhoseIdIsRefusedOnceIsSentAfterThePause) {
    fake.add("i-1").script_duration = 5h;
    fake.add("i-2");
    fake.in_flight = {
        {.id = {"theirs"}, .action = Action::wake, .environments = {}, .instances = {{"i-1"}}}};
    std::optional<snow_white::Duration> refused;
    std::optional<snow_white::Duration> sent;
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose != Purpose::act) return std::nullopt;
        if (refused) {
            sent = sent.value_or(elapsed());
            return std::nullopt;
        }
        refused = elapsed();
        return FakeFleet::fail(send, {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
    });
    fake.run({.action = Action::wake});
    ASSERT_TRUE(refused && sent);
    EXPECT_LT(*sent - *refused, 3min);
}

// The answer to the wake's SendCommand is lost, the command is found, and its script is lost later.
// A wake is not repeated where one has begun.
TEST_F(KeptState, AFoundWakeIsNotRepeatedAsOneThatWasNotSent) {
    auto& host = fake.add("i-1");
    host.script_duration = 40h;
    host.status = with_host(line("status", "done", "running"));
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (elapsed() > 3min) fake.hosts[0].agent_version = "3.3.2299.0";
        const auto* send = std::get_if<SendCommand>(&effect);
        if (send == nullptr || send->spec.purpose != Purpose::act || !fake.in_flight.empty())
            return std::nullopt;
        fake.in_flight = {
            {.id = {"ours"}, .action = Action::wake, .environments = {"acme-workers"}}};
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
    };
    const auto report = fake.run({.action = Action::wake, .timeout = 2h});
    EXPECT_THAT(report.warnings, testing::Contains(HasSubstr("its script ended without a result")));
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(KeptState, AnInstanceWhoseAgentIsAwayWhenADeployEndsIsAskedWhenItIsBack) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2");
    std::optional<snow_white::Duration> again;
    clock.on_wait = [&](Instant) {
        const bool deploys = elapsed() > 5min && elapsed() < 9min;
        const bool is_away = elapsed() > 4min && elapsed() < 10min;
        fake.environments[0].status = deploys ? "Updating" : "Ready";
        fake.hosts[1].agent = is_away ? fleet::Agent::lost : fleet::Agent::online;
        if (deploys) fake.hosts[1].status = line("status", "done", "running", 1);
    };
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::act && names(send, "i-2")) {
            again = again.value_or(elapsed());
            fake.hosts[1].status = line("status", "done", "quiet");
        }
        return std::nullopt;
    });
    fake.run({.action = Action::quiet});
    ASSERT_TRUE(again);
    EXPECT_LT(*again, 20min);
}

// --- counts, and the watch

TEST_F(KeptState, CountsDoNotFallWhenANewcomerGetsTheCommand) {
    fake.add("i-1").script_duration = 5h + 5min;
    fake.add("i-2").launched = begun + 10min;
    fake.add("i-3").launched = begun + 20min;
    int completed = 0;
    fake.on_event = [&](const Event& event) {
        const auto* changed = std::get_if<ProgressChanged>(&event);
        if (changed == nullptr || changed->purpose != Purpose::act) return;
        EXPECT_GE(changed->completed, completed);
        completed = changed->completed;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(completed, 3);
    ASSERT_TRUE(report.last_counts);
    EXPECT_EQ(report.last_counts->targeted, 3);
}

// Each open command costs a call, so that their counts are read less often. EC2 is asked for
// newcomers as often as ever.
TEST_F(KeptState, ManyOpenCommandsDoNotSlowTheWatchForNewcomers) {
    for (int i = 1; i <= 100; ++i)
        fake.add(fmt::format("i-{}", i)).script_duration = 5h;
    for (int i = 1; i <= 100; ++i)
        fake.in_flight.push_back({.id = {fmt::format("theirs-{}", i)},
                                  .environments = {},
                                  .instances = {{fmt::format("i-{}", i)}}});
    fake.add("i-101").launched = begun + 61min;
    std::optional<snow_white::Duration> sent;
    before_each<SendCommand>([&](const SendCommand& send) -> std::optional<Response> {
        if (send.spec.purpose == Purpose::act && names(send, "i-101"))
            sent = sent.value_or(elapsed());
        return std::nullopt;
    });
    fake.run({.action = Action::quiet, .timeout = 4h});
    ASSERT_TRUE(sent);
    EXPECT_LT(*sent, 64min);
}

} // namespace

} // namespace kept_state_test
