// An answer may be older than the one before: it does not make an instance unfinished again, or
// gone.
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stale_answers_test {

namespace {

using namespace test;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StaleAnswers : public testing::Test {
protected:
    snow_white::Duration elapsed() const { return clock.now() - begun; }

    // SSM shows its end `ends` times, and then that many times how it was while the first command
    // ran.
    void show_as_running(const std::string& id, int times, int ends = 0) {
        fake.override_answer = [=, this](const Effect& effect) -> std::optional<Response> {
            const auto* asked = std::get_if<CollectResults>(&effect);
            if (asked == nullptr) return std::nullopt;
            auto response = fake.answer_normally(effect);
            for (auto& results : *std::get<Answered<CollectResults>>(response).answer)
                for (auto& one : results.invocations) {
                    if (one.id.text != id || one.end == InvocationEnd::pending) continue;
                    if (!first) first = results.id;
                    if (results.id == *first && shown++ >= ends && shown <= ends + times)
                        one =
                            make_invocation_result({id}, InvocationEnd::pending, "InProgress", "");
                }
            return response;
        };
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
    std::optional<CommandId> first;
    int shown = 0;
};

TEST_F(StaleAnswers, AnEndedCommandIsReadUntilAllInvocationsHaveEnded) {
    fake.add("i-1");
    fake.add("i-2").launched = begun + 1s;
    show_as_running("i-1", 2);
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_LT(elapsed(), 2min);
}

// Another command is open meanwhile: the results of the first are read again all the same.
TEST_F(StaleAnswers, AnEndedCommandIsReadAgainWhileAnotherIsOpen) {
    fake.add("i-1");
    auto& other = fake.add("i-2");
    other.launched = begun + 3s;
    other.script_duration = 2h;
    show_as_running("i-1", 1);
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_LT(elapsed(), 3h);
}

// … and where SSM goes on showing it so, it gets the command once more.
TEST_F(StaleAnswers, AnInstanceThatStaysInProgressGetsTheCommandAgain) {
    fake.add("i-1");
    fake.add("i-2");
    show_as_running("i-1", 1'000);
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LT(elapsed(), 1h);
}

TEST_F(StaleAnswers, WhatHasEndedStaysEnded) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 2h;
    show_as_running("i-1", 800, 1);
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 4h}).verdict, Verdict::done);
    EXPECT_GT(shown, 2);
    EXPECT_LT(elapsed(), 2h + 5min);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(StaleAnswers, CountsDoNotFall) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 5min;
    bool old = false;
    fake.override_answer = [&, this](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<PollProgress>(effect)) return std::nullopt;
        auto response = fake.answer_normally(effect);
        old = !old;
        for (auto& progress : *std::get<Answered<PollProgress>>(response).answer)
            if (old && !progress.over) progress.completed = 0;
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_LE(std::ranges::count_if(fake.events,
                                    [](const Event& event) {
                                        return std::holds_alternative<ProgressChanged>(event);
                                    }),
              5);
}

// --- a fleet in which no instance is listed

// SSM does not answer at first whether it has agents there: the command was sent by tag, and
// reached no instance.
TEST_F(StaleAnswers, AFleetThatTurnsOutEmptyIsNotVerified) {
    int discoveries = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<DiscoverFleet>(effect) || ++discoveries > 1)
            return std::nullopt;
        auto response = fake.answer_normally(effect);
        std::get<Answered<DiscoverFleet>>(response).answer->instances.reset();
        return response;
    };
    EXPECT_EQ(fake.run({.action = Action::quiet}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::verify), IsEmpty());
    EXPECT_LT(elapsed(), 5min);
}

TEST_F(StaleAnswers, AFleetIsEmptyWhenItWasSeenEmptyTwice) {
    fake.add("i-1");
    int discoveries = 0;
    fake.override_answer = [&](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<DiscoverFleet>(effect) || ++discoveries > 1)
            return std::nullopt;
        auto response = fake.answer_normally(effect);
        std::get<Answered<DiscoverFleet>>(response).answer->instances->clear();
        return response;
    };
    const auto report = fake.run({.action = Action::quiet});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.instances, SizeIs(1));
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(StaleAnswers, AnEmptyEnvironmentThatIsBeingCreatedIsAwaited) {
    fake.environments = {{"acme-workers", "Launching"}};
    fake.add("i-1").launched = begun + 4min;
    clock.on_wait = [this](Instant now) {
        if (now > begun + 6min) fake.environments = {{"acme-workers", "Ready"}};
    };
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(report.instances, SizeIs(1));
}

TEST_F(StaleAnswers, AnEmptyEnvironmentThatIsNeverReadyIsNamed) {
    fake.environments = {{"acme-workers", "Launching"}};
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_THAT(report.deploying, SizeIs(1));
    EXPECT_LT(elapsed(), 32min);
    EXPECT_EQ(std::ranges::count_if(fake.events,
                                    [](const Event& event) {
                                        return std::holds_alternative<FleetDiscovered>(event);
                                    }),
              1);
    EXPECT_THAT(fake.sent(Purpose::act), IsEmpty());
    EXPECT_THAT(fake.notices(), Contains(HasSubstr("still waiting for a deploy to end")));
}

// --- a deploy that the run did not see

TEST_F(StaleAnswers, InstancesFinishedBeforeAnOutageAreVerifiedAfterIt) {
    fake.add("i-1");
    fake.add("i-2").script_duration = 3h;
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (elapsed() > 50min || elapsed() < 5min || std::holds_alternative<Sleep>(effect))
            return std::nullopt;
        fake.hosts[0].status = line("status", "done", "running", 2); // redeployed
        return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "HTTP 503"});
    };
    snow_white::Duration reported{};
    fake.on_event = [&, this](const Event& event) {
        if (std::holds_alternative<CommandStarted>(event) && fake.sent(Purpose::act).size() == 2 &&
            reported == 0s) {
            reported = elapsed();
            fake.hosts[0].status = line("status", "done", "quiet");
        }
    };
    EXPECT_EQ(fake.run({.action = Action::quiet, .timeout = 5h}).verdict, Verdict::done);
    EXPECT_GT(reported, 50min);
    EXPECT_LT(reported, 60min);
}

// --- a first list that omits an environment, or an instance

TEST_F(StaleAnswers, ARegionWhoseFirstListHasNoEnvironmentIsDiscoveredAgain) {
    fake.add("i-1");
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<DiscoverFleet>(effect) || elapsed() > 15s) return std::nullopt;
        return Answered<DiscoverFleet>{
            fleet::FleetSnapshot{.instances = std::vector<fleet::Instance>{}}};
    };
    const auto report = fake.run({.action = Action::quiet, .multi_region = true});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act), SizeIs(1));
}

TEST_F(StaleAnswers, ARegionWithoutEnvironmentsEndsAfterSeconds) {
    fake.environments = {};
    EXPECT_EQ(fake.run({.action = Action::quiet, .multi_region = true}).verdict,
              Verdict::nothing_matched);
    EXPECT_LT(elapsed(), 1min);
}

// The wake was sent before another operator's quiet: it has no effect there any more.
TEST_F(StaleAnswers, AnUnlistedInstanceIsNotLeftToASupersededCommand) {
    for (const auto* id : {"i-1", "i-2"}) {
        auto& host = fake.add(id);
        host.output = line("wake", "done", "running");
        host.status = line("status", "done", "running");
    }
    fake.in_flight = {{.id = {"wake"},
                       .action = Action::wake,
                       .environments = {"acme-workers"},
                       .requested = begun - 9min},
                      {.id = {"quiet"},
                       .action = Action::quiet,
                       .environments = {"acme-workers"},
                       .requested = begun - 1min}};
    fake.override_answer = [this](const Effect& effect) -> std::optional<Response> {
        if (!std::holds_alternative<DiscoverFleet>(effect) || elapsed() > 20s) return std::nullopt;
        auto response = fake.answer_normally(effect);
        std::get<Answered<DiscoverFleet>>(response).answer->instances->pop_back();
        return response;
    };
    fake.hosts[0].script_duration = 30min;
    EXPECT_EQ(fake.run({.action = Action::wake}).verdict, Verdict::done);
    EXPECT_THAT(fake.sent(Purpose::act),
                Contains(testing::Field(&CommandSpec::environments, SizeIs(1))))
        << "both are told, by their tag";
}

// --- the result of a command does not show whether the instance exists now

TEST_F(StaleAnswers, AnInstanceUnknownToEc2IsNotNamedForAnEarlierResult) {
    fake.add("i-1").script_duration = 2h;
    // Then the results are read again, and a deploy's end triggers a verification of the finished.
    fake.add("i-3").script_duration = 200s;
    fake.add("i-2");
    clock.on_wait = [this](Instant) {
        const bool deploys = elapsed() > 3min && elapsed() < 5min;
        fake.environments[0].status = deploys ? "Updating" : "Ready";
    };
    bool named = false;
    fake.override_answer = [&, this](const Effect& effect) -> std::optional<Response> {
        const auto* send = std::get_if<SendCommand>(&effect);
        named = named || (send != nullptr &&
                          std::ranges::count(send->spec.instances, InstanceId{"i-2"}) > 0);
        if (elapsed() < 1min) return std::nullopt;
        auto response = fake.answer_normally(effect);
        if (auto* discovered = std::get_if<Answered<DiscoverFleet>>(&response)) {
            discovered->answer->instances->pop_back();
            discovered->answer->unknown_to_ec2 = {{"i-2"}};
        }
        return response;
    };
    fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_FALSE(named);
}

} // namespace

} // namespace stale_answers_test
