// What AWS does not show, not yet, or not for a while: the run waits for nobody because of it,
// leaves nobody out, and takes nothing that was not seen for permanent.
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace incomplete_answers_test {

namespace {

using namespace test;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class IncompleteAnswers : public testing::Test {
protected:
    IncompleteAnswers() {
        fake.override_answer = [this](const Effect& effect) { return faulty_answer(effect); };
    }

    snow_white::Duration elapsed() const { return clock.now() - begun; }

    // AWS does not answer this effect in that time.
    template <class EffectType>
    void fails_between(snow_white::Duration from, snow_white::Duration until) {
        faults.push_back([=, this](const Effect& effect) -> std::optional<Response> {
            if (!std::holds_alternative<EffectType>(effect) || elapsed() < from ||
                elapsed() >= until)
                return std::nullopt;
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "HTTP 503"});
        });
    }

    template <class EffectType>
    void before_each(std::function<std::optional<Response>(const EffectType&)> fault) {
        faults.push_back([fault](const Effect& effect) -> std::optional<Response> {
            const auto* asked = std::get_if<EffectType>(&effect);
            return asked == nullptr ? std::nullopt : fault(*asked);
        });
    }

    // No list of EC2 has it; a command by tag reaches it all the same.
    void hide(const std::string& id) {
        before_each<DiscoverFleet>(
            [this, id](const DiscoverFleet& effect) -> std::optional<Response> {
                auto response = fake.answer_normally(effect);
                auto& instances = *std::get<Answered<DiscoverFleet>>(response).answer->instances;
                std::erase_if(instances, [&id](const auto& one) { return one.id.text == id; });
                return response;
            });
        before_each<PollFleetChanges>(
            [this, id](const PollFleetChanges& effect) -> std::optional<Response> {
                auto response = fake.answer_normally(effect);
                auto& launched = *std::get<Answered<PollFleetChanges>>(response).answer->launched;
                std::erase_if(launched, [&id](const auto& one) { return one.id.text == id; });
                return response;
            });
    }

    Report quiet(snow_white::Duration timeout = 4h) {
        return fake.run({.action = Action::quiet, .timeout = timeout});
    }

    // When a command first addressed it by its ID.
    snow_white::Duration commanded_at(const std::string& id) const {
        const auto found = sent_at.find(id);
        return found == sent_at.end() ? snow_white::Duration::max() : found->second;
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
    std::vector<std::function<std::optional<Response>(const Effect&)>> faults;
    std::map<std::string, snow_white::Duration> sent_at;

private:
    std::optional<Response> faulty_answer(const Effect& effect) {
        for (const auto& fault : faults)
            if (auto response = fault(effect)) return response;
        if (const auto* send = std::get_if<SendCommand>(&effect);
            send && send->spec.purpose == Purpose::act)
            for (const auto& id : send->spec.instances)
                sent_at.try_emplace(id.text, elapsed());
        return std::nullopt;
    }
};

// --- calls that fail for long: a newcomer gets the command meanwhile

TEST_F(IncompleteAnswers, ANewcomerIsQuietedDespiteUnreadableResultsOfAnAdoptedCommand) {
    fake.add("i-1");
    fake.add("i-2").launched = begun - 5min;
    fake.in_flight = {
        {.id = {"found"}, .environments = {"acme-workers"}, .requested = begun - 15min}};
    before_each<CollectResults>([this](const Effect& effect) -> std::optional<Response> {
        if (elapsed() > 1h) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "503"});
    });
    quiet();
    EXPECT_LT(commanded_at("i-2"), 5min);
}

// It had not registered when the found command was sent, whose results cannot be read. Before, it
// took jobs until they could be.
TEST_F(IncompleteAnswers, AYoungInstanceOfAnAdoptedCommandIsQuietedDespiteUnreadableResults) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2").launched = begun - 20s;
    fake.in_flight = {
        {.id = {"found"}, .environments = {"acme-workers"}, .requested = begun - 10s}};
    fails_between<CollectResults>(0s, 90min);
    quiet();
    EXPECT_LT(commanded_at("i-2"), 16min);
    EXPECT_EQ(commanded_at("i-1"), snow_white::Duration::max());
}

// Before, it was taken for commanded, and its workers, of which nothing was seen, took jobs.
TEST_F(IncompleteAnswers, AFoundCommandOfBeforeAnInstancesStartHasNotReachedIt) {
    auto& restarted = fake.add("i-1");
    restarted.launched = begun - 5min;
    restarted.script_duration = 0s;
    restarted.status = "no line";
    fake.add("i-2").script_duration = 3h;
    fake.in_flight = {
        {.id = {"found"}, .environments = {"acme-workers"}, .requested = begun - 20min}};
    quiet();
    EXPECT_LT(commanded_at("i-1"), 5min);
}

// Before, who did not answer was asked again half an hour later, because somebody else took jobs.
TEST_F(IncompleteAnswers, WhoIsUnclearIsAskedAgainAfterTheRunHasActedOnOthers) {
    fake.in_flight = {{.id = {"found"}, .environments = {"acme-workers"}}};
    for (const std::string id : {"i-1", "i-2"})
        fake.add(id).script_duration = 0s;
    fake.add("i-3").script_duration = 3h;
    fake.hosts[0].status = line("status", "done", "running", 1);
    fake.hosts[1].status = "no line";
    clock.on_wait = [this](Instant) {
        if (elapsed() > 10s) fake.hosts[0].status = line("status", "done", "quiet");
        if (elapsed() > 1min) fake.hosts[1].status = line("status", "done", "running", 1);
    };
    quiet();
    EXPECT_LT(commanded_at("i-1"), 1min);
    EXPECT_LT(commanded_at("i-2"), 10min);
}

// All commands have ended, and nobody who is unclear can be asked. Before, the run tried to ask
// until the deadline, and looked for nobody.
TEST_F(IncompleteAnswers, ANewcomerIsQuietedWhileAVerificationByIdCannotBeSent) {
    fake.add("i-1").status = "no line";
    fake.add("i-2").launched = begun + 10min;
    before_each<SendCommand>([this](const SendCommand& effect) -> std::optional<Response> {
        const bool by_id = effect.spec.purpose == Purpose::verify && !effect.spec.instances.empty();
        if (!by_id || elapsed() > 3h) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "503"});
    });
    quiet();
    EXPECT_LT(commanded_at("i-2"), 16min);
}

TEST_F(IncompleteAnswers, ANewcomerIsQuietedWhileResultsCannotBeRead) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2").launched = begun + 10min;
    fails_between<CollectResults>(5min, 90min);
    quiet();
    EXPECT_LT(commanded_at("i-2"), 16min);
}

// It was launched before the run began, so that no list of newcomers has it.
TEST_F(IncompleteAnswers, AnInstanceWhoseAgentRegistersDuringTheWaitIsQuieted) {
    fake.add("i-1").script_duration = 3h;
    auto& booting = fake.add("i-2");
    booting.launched = begun - 2min;
    booting.agent = fleet::Agent::absent;
    clock.on_wait = [this](Instant now) {
        if (now > begun + 5min) fake.hosts[1].agent = fleet::Agent::online;
    };
    quiet();
    EXPECT_LT(commanded_at("i-2"), 10min);
}

TEST_F(IncompleteAnswers, ANewcomerIsQuietedWhileCountsCannotBeRead) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2").launched = begun + 10min;
    fails_between<PollProgress>(5min, 90min);
    quiet();
    EXPECT_LT(commanded_at("i-2"), 16min);
}

TEST_F(IncompleteAnswers, ANewcomerIsQuietedWhileTheVerificationCannotBeRead) {
    fake.add("i-1").script_duration = 10s;
    fake.add("i-2").launched = begun + 10min;
    fails_between<CollectResults>(11s, 90min);
    EXPECT_EQ(quiet().verdict, Verdict::done);
    EXPECT_LT(commanded_at("i-2"), 25min); // after a pause that grows to ten minutes
}

TEST_F(IncompleteAnswers, ANewcomerIsQuietedWhileResultsOfAnAdoptedCommandCannotBeRead) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2").launched = begun + 5min;
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}, .instances = {}}};
    fails_between<CollectResults>(0s, 90min);
    quiet();
    EXPECT_LT(commanded_at("i-2"), 16min);
    EXPECT_THAT(fake.sent(Purpose::act),
                Each(testing::Field(&CommandSpec::environments, testing::IsEmpty())));
}

TEST_F(IncompleteAnswers, InstancesOfAnAdoptedCommandAreCommandedAgainAfterALaterAction) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 1h;
    fake.in_flight = {{.id = {"theirs"}, .instances = {{"i-1"}}, .requested = begun - 10min},
                      {.id = {"wake"},
                       .action = Action::wake,
                       .environments = {"acme-workers"},
                       .requested = begun - 5min}};
    before_each<CollectResults>([this](const CollectResults& effect) -> std::optional<Response> {
        if (elapsed() > 1min) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::refused, "a clock that is wrong"});
    });
    quiet();
    EXPECT_THAT(fake.sent(Purpose::act),
                Contains(testing::Field(&CommandSpec::environments, Contains("acme-workers"))));
}

TEST_F(IncompleteAnswers, AHeartbeatComesEach15MinutesWhileResultsAreReadAgain) {
    fake.add("i-1").script_duration = 3h;
    auto& restarted = fake.add("i-2");
    restarted.script_duration = 3h;
    before_each<CollectResults>([this](const CollectResults& effect) -> std::optional<Response> {
        if (elapsed() < 1min || elapsed() > 2h) return std::nullopt;
        CollectResults::Answer none;
        for (const auto& id : effect.commands)
            none.push_back({.id = id, .known = false, .invocations = {}});
        return Answered<CollectResults>{none};
    });
    clock.on_wait = [this](Instant) {
        auto& host = fake.hosts[1];
        host.ec2_state = elapsed() > 5min && elapsed() < 9min ? fleet::Ec2State::stopped
                                                              : fleet::Ec2State::running;
        if (elapsed() >= 9min) host.launched = begun + 9min;
    };
    std::vector<snow_white::Duration> words{0s};
    fake.on_event = [&](const Event& event) {
        const bool is_word =
            std::holds_alternative<Notice>(event) || std::holds_alternative<ProgressChanged>(event);
        if (is_word) words.push_back(elapsed());
    };
    quiet();
    for (std::size_t i = 1; i < words.size(); ++i)
        EXPECT_LT(words[i] - words[i - 1], 16min) << (words[i] / 1min);
}

// Its agent was down for minutes, and SSM did not know its ID meanwhile.
TEST_F(IncompleteAnswers, AnInstanceRefusedThreeTimesIsRetriedWhileTheRunGoesOn) {
    fake.add("i-1").script_duration = 6h;
    fake.add("i-2");
    std::optional<snow_white::Duration> commanded_at;
    int refused = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        auto& host = fake.hosts[1];
        if (elapsed() > 25min && !commanded_at) host.status = line("status", "done", "running", 2);
        const auto* send = std::get_if<SendCommand>(&effect);
        const bool again =
            send != nullptr && send->spec.purpose == Purpose::act && elapsed() > 25min;
        if (!again) return std::nullopt;
        if (elapsed() < 150min) {
            ++refused;
            return FakeFleet::fail(effect,
                                   {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
        }
        commanded_at = elapsed();
        host.status = line("status", "done", "quiet");
        return std::nullopt;
    };
    EXPECT_EQ(quiet(8h).verdict, Verdict::done);
    EXPECT_GE(refused, 3);
    ASSERT_TRUE(commanded_at);
    EXPECT_LE(*commanded_at, 200min);
}

TEST_F(IncompleteAnswers, AnInstanceWithAnUnknownAgentIsCommanded) {
    fake.add("i-1").script_duration = 3h;
    auto& newcomer = fake.add("i-2");
    newcomer.launched = begun + 10min;
    newcomer.agent = fleet::Agent::absent;
    clock.on_wait = [this](Instant) {
        if (elapsed() > 13min) fake.hosts[1].agent = fleet::Agent::unknown; // SSM does not answer
    };
    quiet();
    EXPECT_LT(commanded_at("i-2"), 20min);
}

TEST_F(IncompleteAnswers, ARefusedIdIsRetriedWhileItsAgentMayStillRegister) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2").launched = begun + 10min;
    before_each<SendCommand>([this](const SendCommand& effect) -> std::optional<Response> {
        if (effect.spec.instances != std::vector<InstanceId>{{"i-2"}} || elapsed() > 17min)
            return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
    });
    quiet();
    EXPECT_LT(commanded_at("i-2"), 20min);
}

TEST_F(IncompleteAnswers, AStatusCommandRefusedOnceEndsNothingWhileCommandsGoOn) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 1h;
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}}};
    before_each<CollectResults>([this](const CollectResults& effect) -> std::optional<Response> {
        if (effect.commands != std::vector<CommandId>{{"theirs"}} || elapsed() > 30s)
            return std::nullopt;
        auto ended = make_invocation_result({"i-1"}, InvocationEnd::succeeded, "Success",
                                            line("quiet", "done", "idle"));
        auto open = make_invocation_result({"i-2"}, InvocationEnd::pending, "InProgress", "");
        return Answered<CollectResults>{CollectResults::Answer{{{"theirs"}, true, {ended, open}}}};
    });
    before_each<SendCommand>(
        [refused = false](const SendCommand& effect) mutable -> std::optional<Response> {
            if (effect.spec.purpose != Purpose::verify || std::exchange(refused, true))
                return std::nullopt;
            return FakeFleet::fail(effect, {CallFailure::Kind::refused, "a clock that is wrong"});
        });
    EXPECT_EQ(quiet().verdict, Verdict::done);
}

TEST_F(IncompleteAnswers, ALostSendIsRepeatedWhenSsmListsNoCommandsForTenMinutes) {
    fake.add("i-1");
    int sends = 0;
    std::vector<snow_white::Duration> sent_at;
    before_each<SendCommand>([&](const SendCommand& effect) -> std::optional<Response> {
        if (effect.spec.purpose == Purpose::verify) return std::nullopt;
        sent_at.push_back(elapsed());
        if (++sends > 1) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
    });
    fails_between<FindInFlightCommands>(1s, 1h);
    quiet();
    ASSERT_THAT(sent_at, SizeIs(2));
    EXPECT_GE(sent_at[1], 10min);
    EXPECT_LT(sent_at[1], 12min);
}

TEST_F(IncompleteAnswers, ALostCommandIsStillLookedForWhenAnotherIsFound) {
    fake.add("i-1");
    std::optional<snow_white::Duration> lost;
    before_each<SendCommand>([&](const SendCommand& effect) -> std::optional<Response> {
        if (effect.spec.purpose == Purpose::verify || lost) return std::nullopt;
        lost = elapsed();
        return FakeFleet::fail(effect, {CallFailure::Kind::lost, "reset"});
    });
    before_each<FindInFlightCommands>([&](const FindInFlightCommands&) -> std::optional<Response> {
        if (!lost) return std::nullopt;
        fake.in_flight = {{.id = {"theirs"},
                           .environments = {"acme-workers"},
                           .stage = InFlightCommand::Stage::over,
                           .requested = begun - 30s,
                           .progress = {.over = true}}};
        if (elapsed() > *lost + 15s)
            fake.in_flight.push_back({.id = {"ours"}, .environments = {"acme-workers"}});
        return std::nullopt;
    });
    before_each<CollectResults>([&](const CollectResults& effect) -> std::optional<Response> {
        if (effect.commands != std::vector<CommandId>{{"theirs"}}) return std::nullopt;
        return Answered<CollectResults>{
            CollectResults::Answer{{{"theirs"}, true, {}}}}; // it reached no instance
    });
    quiet();
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(IncompleteAnswers, AnAwakeInstanceIsQuietedThoughItsAdoptedResultsAreReadLater) {
    fake.add("i-1").script_duration = 3h;
    // Its workers were restarted since.
    fake.add("i-2").status = line("status", "done", "running", 1);
    fake.in_flight = {{.id = {"theirs"}, .environments = {"acme-workers"}, .instances = {}}};
    fails_between<CollectResults>(0s, 10min);
    before_each<CollectResults>([](const CollectResults& effect) -> std::optional<Response> {
        if (effect.commands != std::vector<CommandId>{{"theirs"}}) return std::nullopt;
        auto open = make_invocation_result({"i-1"}, InvocationEnd::pending, "InProgress", "");
        auto ended = make_invocation_result({"i-2"}, InvocationEnd::succeeded, "Success",
                                            line("quiet", "done", "idle"));
        return Answered<CollectResults>{CollectResults::Answer{{{"theirs"}, true, {open, ended}}}};
    });
    quiet(2h);
    EXPECT_LT(commanded_at("i-2"), 16min);
}

TEST_F(IncompleteAnswers, ADenialAfterAnOutageIsRetriedAsLongAsAnyOther) {
    fake.add("i-1").script_duration = 1h;
    fails_between<PollProgress>(5min, 15min);
    before_each<PollProgress>([this](const PollProgress& effect) -> std::optional<Response> {
        if (elapsed() < 15min || elapsed() > 17min) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::denied, "ExpiredToken"});
    });
    EXPECT_EQ(quiet().verdict, Verdict::done);
}

TEST_F(IncompleteAnswers, AnInstanceRestartedByADeployIsQuietedWhenTheDeployEnds) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2");
    clock.on_wait = [this](Instant) {
        const bool deploys = elapsed() > 5min && elapsed() < 9min;
        fake.environments[0].status = deploys ? "Updating" : "Ready";
        if (deploys) fake.hosts[1].status = line("status", "done", "running", 1);
    };
    quiet();
    EXPECT_LT(commanded_at("i-2"), 14min);
}

TEST_F(IncompleteAnswers, AnInstanceRestartedUnseenIsQuietedWithinTheHour) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2");
    clock.on_wait = [this](Instant) {
        if (elapsed() < 61min) return;
        const bool is_sent = commanded_at("i-2") < 100h;
        fake.hosts[1].status =
            line("status", "done", is_sent ? "quiet" : "running", is_sent ? 0 : 1);
    };
    const auto report = quiet();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_GT(commanded_at("i-2"), 1h);
    EXPECT_LT(commanded_at("i-2"), 2h);
}

TEST_F(IncompleteAnswers, AnInstanceThatNeverAnswersIsUnknownAfterHalfAnHour) {
    fake.add("i-1");
    fake.add("i-2").status_duration = 48h;
    before_each<SendCommand>([this](const SendCommand&) -> std::optional<Response> {
        clock.advance(1s); // so that its answers are a little older than the patience with them
        return std::nullopt;
    });
    const auto report = quiet();
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-1").outcome, Outcome::done);
    EXPECT_LT(report.elapsed, 45min);
    EXPECT_THAT(report.unverified, testing::IsEmpty());
}

TEST_F(IncompleteAnswers, ANewcomerDuringARefusedStatusCommandIsQuietedBeforeTheReport) {
    fake.add("i-1");
    fake.add("i-2").launched = begun + 15s;
    before_each<SendCommand>([this](const SendCommand& effect) -> std::optional<Response> {
        if (effect.spec.purpose != Purpose::verify || elapsed() > 50s) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "503"});
    });
    EXPECT_EQ(quiet().verdict, Verdict::done);
    EXPECT_LT(commanded_at("i-2"), 2min);
}

// Two calls that fail in turn: an answer to one does not end the refusals of the other.
TEST_F(IncompleteAnswers, ARefusalEndsTheRunThoughAnotherCallFailsIntermittently) {
    fake.add("i-1").script_duration = 10min;
    fake.add("i-2").launched = begun + 15s;
    int looked_up = 0;
    before_each<SendCommand>([this](const SendCommand& effect) -> std::optional<Response> {
        const bool tells = !effect.spec.instances.empty() && effect.spec.purpose == Purpose::act;
        if (!tells || elapsed() > 2h) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::denied, "ExpiredTokenException"});
    });
    before_each<FindInFlightCommands>([&looked_up](const FindInFlightCommands& effect)
                                          -> std::optional<Response> {
        if (++looked_up % 3 != 0) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::denied, "InvalidSignatureException"});
    });
    const auto report = quiet(20min);
    EXPECT_EQ(report.verdict, Verdict::denied);
    EXPECT_LT(report.elapsed, 10min);
}

// --- lists that omit an instance

TEST_F(IncompleteAnswers, AnInstanceThatAnsweredHasAnAgentThoughTheFirstListOmittedIt) {
    fake.add("i-1").launched = begun; // recently launched: an agent might still register
    bool listed = false;
    before_each<DiscoverFleet>([&](const DiscoverFleet& effect) -> std::optional<Response> {
        auto response = fake.answer_normally(effect);
        // Once it has answered SSM is not asked for its agent.
        for (auto& one : *std::get<Answered<DiscoverFleet>>(response).answer->instances)
            one.agent = listed ? fleet::Agent::unknown : fleet::Agent::absent;
        listed = true;
        return response;
    });
    const auto report = quiet();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 2min);
}

TEST_F(IncompleteAnswers, AnInstanceOmittedFromTheFirstListIsFoundDuringTheWait) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-9");
    fake.in_flight = {{.id = {"theirs"}, .instances = {{"i-1"}}}};
    before_each<DiscoverFleet>(
        [this, first = true](const DiscoverFleet& effect) mutable -> std::optional<Response> {
            if (!std::exchange(first, false)) return std::nullopt;
            auto response = fake.answer_normally(effect);
            std::get<Answered<DiscoverFleet>>(response).answer->instances->pop_back();
            return response;
        });
    quiet();
    EXPECT_LT(commanded_at("i-9"), 5min);
}

TEST_F(IncompleteAnswers, AnUnlistedInstanceThatAnswersWithoutALineIsNoSuccess) {
    fake.add("i-1").script_duration = 10s;
    auto& mute = fake.add("i-9");
    mute.launched = begun + 5s;
    mute.status = "";
    hide("i-9");
    const auto report = quiet();
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_EQ(result_of(report, "i-9").outcome, Outcome::unknown);
}

// SSM counts the targets of a tag one after the other, and the command does not end because one
// agent is lost.
TEST_F(IncompleteAnswers, AVerificationIsNotReadBeforeSsmHasCountedItsTargets) {
    fake.add("i-1").script_duration = 10s;
    auto& lost = fake.add("i-2");
    lost.agent = fleet::Agent::lost;
    auto& hidden = fake.add("i-9");
    hidden.launched = begun + 5s;
    hidden.status = line("status", "done", "running", 3);
    hide("i-9");
    const auto counts_all = [this] { return elapsed() > 25s; };
    before_each<PollProgress>([&](const PollProgress& effect) -> std::optional<Response> {
        auto response = fake.answer_normally(effect);
        auto& progress = *std::get<Answered<PollProgress>>(response).answer;
        for (auto& one : progress)
            if (!counts_all() && one.targeted == 3) --one.targeted, --one.completed;
        return response;
    });
    before_each<CollectResults>([&](const CollectResults& effect) -> std::optional<Response> {
        auto response = fake.answer_normally(effect);
        for (auto& one : *std::get<Answered<CollectResults>>(response).answer)
            if (!counts_all())
                std::erase_if(one.invocations,
                              [](const auto& invocation) { return invocation.id.text == "i-9"; });
        return response;
    });
    EXPECT_EQ(result_of(quiet(), "i-9").outcome, Outcome::awake);
}

TEST_F(IncompleteAnswers, AfterATerminationTwoVerificationsAreNeeded) {
    fake.add("i-1").script_duration = 10min;
    fake.add("i-2").script_duration = 10s;
    clock.on_wait = [this](Instant) {
        if (elapsed() > 5min) fake.hosts[1].ec2_state = fleet::Ec2State::terminating;
    };
    EXPECT_EQ(quiet().verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::verify), SizeIs(2));
}

// --- answers that are older than what they are about

TEST_F(IncompleteAnswers, AResultFromBeforeARestartByEc2DoesNotCount) {
    fake.add("i-1").script_duration = 3h;
    fake.add("i-2").script_duration = 10s;
    clock.on_wait = [this](Instant now) {
        auto& host = fake.hosts[1];
        if (elapsed() > 15s && elapsed() < 5min) host.ec2_state = fleet::Ec2State::stopped;
        if (elapsed() >= 5min && host.ec2_state == fleet::Ec2State::stopped) {
            host.ec2_state = fleet::Ec2State::running;
            host.launched = now;
        }
    };
    quiet();
    EXPECT_LT(commanded_at("i-2"), 15min);
}

TEST_F(IncompleteAnswers, ACommandThatSsmForgetsForAMinuteGoesOn) {
    fake.add("i-1").script_duration = 1h;
    before_each<PollProgress>([this](const PollProgress& effect) -> std::optional<Response> {
        if (elapsed() < 10min || elapsed() > 11min) return std::nullopt;
        auto response = fake.answer_normally(effect);
        for (auto& one : *std::get<Answered<PollProgress>>(response).answer)
            one = {.known = false};
        return response;
    });
    EXPECT_EQ(quiet().verdict, Verdict::done);
    EXPECT_LT(fake.count<PollProgress>(), 1'200U);
    for (const auto& event : fake.events) {
        const auto* notice = std::get_if<Notice>(&event);
        EXPECT_TRUE(notice == nullptr || notice->what.find("no longer knows") == std::string::npos);
    }
}

TEST_F(IncompleteAnswers, AnswersAreAwaitedFromTheSendThatGotThrough) {
    fake.add("i-1").status_duration = 5s;
    fails_between<SendCommand>(11s, 5min); // the verification's
    const auto report = quiet();
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(report.elapsed, 5min + 40s);
    EXPECT_LT(fake.count<CollectResults>(), 4U); // none before an instance can have answered
}

TEST_F(IncompleteAnswers, AnInstanceRefusedInAVerificationIsRetriedWithAPause) {
    fake.add("i-1").script_duration = 10s;
    fake.add("i-2").status = "";
    before_each<SendCommand>([](const SendCommand& effect) -> std::optional<Response> {
        if (effect.spec.purpose == Purpose::act || effect.spec.instances.empty())
            return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::invalid_target, "InvalidInstanceId"});
    });
    const auto report = quiet();
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_LT(fake.sent(Purpose::verify).size(), 12U);
}

// The monitor is suspended during the discovery: the first answers are old when the rest arrives.
TEST_F(IncompleteAnswers, ADiscoveryThatTookHoursIsRepeated) {
    fake.add("i-1").script_duration = 10s;
    before_each<DiscoverFleet>(
        [this, discoveries = 0](const DiscoverFleet& effect) mutable -> std::optional<Response> {
            if (++discoveries != 2) return std::nullopt;
            auto response = fake.answer_normally(effect);
            clock.advance(8h);
            fake.environments.push_back({"acme-workers-2", "Ready"});
            return response;
        });
    fake.run({.action = Action::quiet, .timeout = 12h});
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("acme-workers-2 appeared during the run")));
}

// --- several regions

TEST_F(IncompleteAnswers, AFailedRegionAwaitsTheOthersBeforeItReports) {
    fake.add("i-1").status =
        R"({"snow_white":1,"outcome":"no-worker","note":"no Sidekiq","workers":[]})";
    fake.run({.action = Action::quiet, .timeout = 4h, .multi_region = true});
    EXPECT_EQ(std::ranges::count_if(fake.effects,
                                    [](const Effect& effect) {
                                        const auto* barrier = std::get_if<AwaitBarrier>(&effect);
                                        return barrier && barrier->point == BarrierPoint::verified;
                                    }),
              1);
}

TEST_F(IncompleteAnswers, ARegionThatCannotListCommandsReportsItWhileItRetries) {
    fake.add("i-1");
    before_each<FindInFlightCommands>([this](const Effect& effect) -> std::optional<Response> {
        if (clock.now() >= begun + 20min) return std::nullopt;
        return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "HTTP 503"});
    });
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h, .multi_region = true});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("nothing has been sent")));
    EXPECT_THAT(fake.notices(), Not(Contains(HasSubstr("continues"))));
}

} // namespace

} // namespace incomplete_answers_test
