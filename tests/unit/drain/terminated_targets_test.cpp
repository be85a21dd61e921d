// A tag's targets that were terminated: the run does not wait for them, whether EC2 lists them or
// not (aws-truth 2: reports say that SSM keeps them until the command expires).
#include "tests/unit/fake_fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terminated_targets_test {

namespace {

using namespace snow_white::drain;
using namespace std::chrono_literals;
namespace fleet = snow_white::fleet;
using snow_white::InstanceId;
using test::FakeFleet;

class TerminatedTargetsTest : public testing::Test {
protected:
    TerminatedTargetsTest() {
        fake.override_answer = [this](const Effect& effect) { return faulty_answer(effect); };
    }

    // So many idle instances, and so many that terminate at that time and stay targets of their
    // tag.
    void add(int living, int leaving, snow_white::Duration when) {
        for (int i = 0; i < living + leaving; ++i) {
            auto& host = fake.add(fmt::format("i-{:04}", i));
            if (i < living) continue;
            host.script_duration = host.status_duration = 48h;
            leavers.insert(host.id);
        }
        leave_at = when;
    }

    std::optional<Response> faulty_answer(const Effect& effect) {
        for (auto& host : fake.hosts)
            if (leavers.contains(host.id) && clock.elapsed() >= leave_at)
                host.ec2_state = fleet::Ec2State::terminating;
        const bool is_read = std::holds_alternative<CollectResults>(effect);
        if (!is_read && !forgotten) return std::nullopt;
        auto response = fake.answer_normally(effect);
        if (auto* fleet = std::get_if<Answered<DiscoverFleet>>(&response))
            std::erase_if(*fleet->answer->instances,
                          [this](const auto& one) { return leavers.contains(one.id); });
        if (auto* changes = std::get_if<Answered<PollFleetChanges>>(&response)) {
            std::erase_if(*changes->answer->launched,
                          [this](const auto& one) { return leavers.contains(one.id); });
            changes->answer->leaving->clear();
        }
        if (auto* results = std::get_if<Answered<CollectResults>>(&response))
            for (auto& command : *results->answer)
                for (auto& one : command.invocations)
                    if (leavers.contains(one.id)) one.detail = "Pending";
        return response;
    }

    FakeClock clock;
    FakeFleet fake{clock};
    std::set<InstanceId> leavers;
    snow_white::Duration leave_at{};
    bool forgotten = false; // no list of EC2 has them
};

struct Fleet {
    int living;
    int leaving;
};
class TerminatedTargets : public TerminatedTargetsTest,
                          public testing::WithParamInterface<Fleet> {};

TEST_P(TerminatedTargets, AScaleInDuringAQuietOfIdleWorkersEndsWithin90SecondsOfTheLast) {
    add(GetParam().living, GetParam().leaving, 5s);
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LE(report.elapsed, 10s + 90s);
}

TEST_P(TerminatedTargets, UnlistedOnesAreNotAwaitedEither) {
    forgotten = true;
    add(GetParam().living, GetParam().leaving, 0s);
    const auto report = fake.run({.action = Action::quiet, .timeout = 4h});
    EXPECT_EQ(report.verdict, Verdict::done);
    EXPECT_LE(report.elapsed, 10s + 90s);
}

INSTANTIATE_TEST_SUITE_P(Sizes, TerminatedTargets,
                         testing::Values(Fleet{2, 1}, Fleet{10, 3}, Fleet{45, 20}, Fleet{150, 50},
                                         Fleet{900, 300}));

} // namespace

} // namespace terminated_targets_test
