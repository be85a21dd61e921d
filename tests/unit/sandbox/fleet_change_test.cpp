// Instances that change while a command runs: rebooted, stopped, terminated, launched, without
// their agent.
#include "sandbox/server/sandbox.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_fleet.hpp"

#include <gtest/gtest.h>

namespace fleet_change_test {

namespace {

using namespace sandbox;
using namespace std::chrono_literals;

const Json quiet_document = {
    {"mainSteps",
     {{{"name", "workers"},
       {"action", "aws:runShellScript"},
       {"inputs",
        {{"timeoutSeconds", "3600"}, {"runCommand", {"./snow-white-instance.sh quiet"}}}}}}}};

class FleetChange : public testing::Test {
protected:
    FleetChange() {
        FleetPlan plan = plan_fleet("acme", {{"acme-workers", 2}}, now);
        simulate_hosts(plan, 10s);
        state = std::move(plan.state);
    }

    Json change(const Json& asked) {
        return change_fleet(
            state, asked, [](const Instance& one) { return simulated_host(one, 10s); }, now);
    }
    Json change(const std::string& verb, const Instance& one) {
        return change({{"do", verb}, {"instances", {one.id}}});
    }

    Instant now{1'000'000'000s};
    RegionState state;
};

TEST_F(FleetChange, AfterARebootTheDocumentBeginsAgainAndTheWorkersAreNew) {
    Instance& one = state.instances[1]; // its jobs take the whole ten seconds
    const auto run = one.host->run(quiet_document, Json::object(), "command", now);
    const Json pid = one.host->workers(now)[0]["pid"];
    now += 5s;
    EXPECT_FALSE(run->finished(now));
    change("reboot", one);
    EXPECT_NE(one.host->workers(now)[0]["pid"], pid);
    EXPECT_EQ(one.host->workers(now)[0]["state"], "running");
    EXPECT_FALSE(run->finished(now + 6s)) << "the first quiet would have ended by now";
    EXPECT_EQ(one.host->workers(now + 6s)[0]["state"], "quiet");
    EXPECT_TRUE(run->finished(now + 15s));
}

TEST_F(FleetChange, StatesAreThoseThatEc2AndSsmShow) {
    Instance& one = state.instances[0];
    change("lose-agent", one);
    EXPECT_EQ(one.agent, AgentState::connection_lost);
    change("restore-agent", one);
    EXPECT_EQ(one.agent, AgentState::online);
    change("stop", one);
    EXPECT_EQ(one.state, InstanceState::stopped);
    change("start", one);
    EXPECT_EQ(one.state, InstanceState::running);
    change("terminate", one);
    EXPECT_EQ(one.state, InstanceState::terminated);
    EXPECT_THROW(change("start", one), std::invalid_argument);
}

TEST_F(FleetChange, LaunchedInstancesBelongToTheEnvironmentAndHaveNewIds) {
    const Json launched = change({{"do", "launch"}, {"environment", "acme-workers"}, {"count", 2}});
    ASSERT_EQ(state.instances.size(), 4U);
    EXPECT_EQ(launched["instances"], Json({state.instances[2].id, state.instances[3].id}));
    EXPECT_EQ(state.instances[3].environment_id, state.environments[0].id);
    EXPECT_EQ(state.instances[3].host->workers(now).size(), 1U);
    EXPECT_NE(state.instances[3].id, state.instances[2].id);
}

TEST_F(FleetChange, AnInvalidChangeIsRefusedAsAWhole) {
    for (const Json& wrong :
         {Json(), Json{{"do", "terminate"}}, Json{{"do", "sing"}, {"instances", Json::array()}},
          Json{{"do", "launch"}, {"environment", "nowhere"}},
          Json{{"do", "terminate"}, {"instances", {state.instances[0].id, "i-00000000000000000"}}}})
        EXPECT_THROW(change(wrong), std::invalid_argument) << wrong;
    EXPECT_EQ(state.instances[0].state, InstanceState::running);
}

} // namespace

} // namespace fleet_change_test
