// Somebody cancels a command while the run goes on: what the cancel is meant for.
#include "src/drain/machine/transitions.hpp"
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cancels_test {

namespace {

using namespace test;

class Cancels : public testing::Test {
protected:
    // Its command is cancelled there after this time.
    void add_cancelled(const std::string& id, snow_white::Duration after) {
        auto& host = fake.add(id);
        host.script_duration = after;
        host.end = InvocationEnd::cancelled;
        host.output = "";
    }
    // Whom each command of the action named; "" for all of an environment.
    std::vector<std::string> commanded() const {
        std::vector<std::string> ids;
        for (const auto& spec : fake.sent(Purpose::act))
            ids.push_back(spec.instances.empty() ? "" : spec.instances.front().text);
        return ids;
    }
    // SSM calls the action's command Cancelling, and it never ends.
    static Response called_cancelling(Response response) {
        if (auto* polled = std::get_if<Answered<PollProgress>>(&response))
            for (auto& one : *polled->answer)
                one.cancelling = !one.over;
        if (auto* read = std::get_if<Answered<CollectResults>>(&response))
            for (auto& results : *read->answer)
                for (auto& one : results.invocations)
                    if (one.end == InvocationEnd::pending) one.detail = "Cancelling";
        return response;
    }

    FakeClock clock;
    const Instant begun = clock.now();
    FakeFleet fake{clock};
};

// The command by tag runs for hours, and a later one, of one newcomer, is cancelled.
TEST_F(Cancels, OfANewcomersCommandLeavesNobodyElseAwake) {
    fake.add("i-1").script_duration = 5h;
    add_cancelled("i-2", 10min);
    fake.hosts[1].launched = begun + 10min;
    fake.add("i-3").launched = begun + 1h;
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_THAT(commanded(), testing::ElementsAre("", "i-2", "i-3"));
    EXPECT_EQ(result_of(report, "i-3").outcome, Outcome::done);
    EXPECT_EQ(report.verdict, Verdict::cancelled) << "i-2's";
    EXPECT_GT(report.elapsed, 4h) << "i-1 is awaited";
}

// `--cancel` cancels all of them: what is read in between shows one that goes on.
TEST_F(Cancels, OneAfterTheOtherEndTheAction) {
    add_cancelled("i-1", 30min);
    add_cancelled("i-2", 19min);
    fake.hosts[1].launched = begun + 10min; // its command is cancelled seconds before
    fake.add("i-3").launched = begun + 40min;
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_THAT(commanded(), testing::ElementsAre("", "i-2"));
    EXPECT_EQ(report.verdict, Verdict::cancelled);
}

// No count changes where no agent ends it.
TEST_F(Cancels, ThatNoAgentEndsEndTheRun) {
    for (const bool has_newcomer : {false, true}) {
        FakeFleet fleet{clock};
        const Instant start = clock.now();
        fleet.add("i-1").script_duration = 100h;
        fleet.add("i-2").script_duration = 100h;
        if (has_newcomer) fleet.add("i-3").launched = start + 25min;
        fleet.override_answer = [&](const Effect& effect) -> std::optional<Response> {
            const bool counts = std::holds_alternative<PollProgress>(effect) ||
                                std::holds_alternative<CollectResults>(effect);
            if (!counts || clock.now() < start + 20min) return std::nullopt;
            return called_cancelling(fleet.answer_normally(effect));
        };
        const auto report = fleet.run({.action = Action::quiet, .timeout = 48h});
        EXPECT_EQ(report.verdict, Verdict::cancelled);
        EXPECT_LT(report.elapsed, 1h);
        EXPECT_EQ(fleet.sent(Purpose::act).size(), 1U) << "a newcomer gets none any more";
    }
}

class OfAFoundCommand : public Cancels {
protected:
    void find(int targeted) {
        fake.in_flight = {{.id = {"theirs"},
                           .environments = {"acme-workers"},
                           .requested = begun - 1h,
                           .progress = {.targeted = targeted}}};
    }
    void cannot_read_results_until(Instant then) {
        fake.override_answer = [this, then](const Effect& effect) -> std::optional<Response> {
            if (!std::holds_alternative<CollectResults>(effect) || clock.now() >= then)
                return std::nullopt;
            return FakeFleet::fail(effect, {CallFailure::Kind::unavailable, "HTTP 503"});
        };
    }
};

// The operator's `--cancel` comes while the results cannot be read.
TEST_F(OfAFoundCommand, ACancelOfAllIsHeardThoughItIsReadLate) {
    add_cancelled("i-1", 90s);
    add_cancelled("i-2", 90s);
    find(2);
    cannot_read_results_until(begun + 2min);
    const auto report = fake.run({.action = Action::quiet, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::cancelled);
    EXPECT_THAT(commanded(), testing::IsEmpty());
}

// A wake by batches stops on purpose at its first failure.
TEST_F(OfAFoundCommand, AWakeThatStoppedInItsFirstBatchIsNotSentToTheRest) {
    fake.add("i-1").script_duration = 90s;
    fake.hosts[0].end = InvocationEnd::failed;
    fake.hosts[0].output = line("wake", "failed", "stopped");
    fake.hosts[0].status = line("status", "done", "stopped");
    fake.add("i-2").script_duration = 90s;
    fake.hosts[1].end = InvocationEnd::not_begun;
    fake.hosts[1].output = "";
    fake.hosts[1].status = line("status", "done", "stopped");
    find(2);
    fake.in_flight[0].action = Action::wake;
    cannot_read_results_until(begun + 2min);
    const auto report = fake.run({.action = Action::wake, .timeout = 6h});
    EXPECT_EQ(report.verdict, Verdict::partial);
    EXPECT_THAT(commanded(), testing::IsEmpty());
}

} // namespace

} // namespace cancels_test
