// Least privilege while a fleet changes: a drain during which one instance is launched and another
// is terminated needs the permissions that the template's MonitorPolicy grants, and no other.
// (tests/contract has the same for a fleet that does not change.)
#include "sandbox/stack/stack.hpp"
#include "sandbox/world/fleet_plan.hpp"
#include "sandbox/world/simulated_fleet.hpp"
#include "sandbox/world/simulated_host.hpp"
#include "src/cli/session/context.hpp"
#include "tests/unit/fake_clock.hpp"
#include "tests/unit/sandbox_http.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace monitor_policy_test {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string template_text() {
    std::ifstream file(std::string(SNOW_WHITE_SOURCE) + "/cfn/snow-white-cfn.yml");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> actions_of(const std::string& logical_id) {
    const auto stack = sandbox::deploy(template_text(), {});
    std::set<std::string> actions;
    for (const auto& statement :
         stack.find(logical_id)->properties.at("PolicyDocument").at("Statement")) {
        const auto& action = statement.at("Action");
        for (const auto& one : action.is_array() ? action : sandbox::Json::array({action}))
            actions.insert(one);
    }
    return actions;
}

std::set<std::string> permissions_used(sandbox::Sandbox& box) {
    const auto stats =
        sandbox::Json::parse(box.handle({.method = "GET", .path = "/_sandbox/stats"}).body);
    std::set<std::string> used;
    for (const auto& call : stats.at("timeline"))
        used.insert(call.at("permissions").begin(), call.at("permissions").end());
    return used;
}

void launch_one_and_end_another(sandbox::RegionState& state) {
    sandbox::Instance launched;
    launched.id = "i-0aaaaaaaaaaaaaaaa";
    launched.environment_id = state.environments.front().id;
    launched.availability_zone = "us-east-1a";
    launched.name = state.environments.front().name;
    launched.host =
        std::make_unique<sandbox::SimulatedHost>(sandbox::SimulatedOptions{.drain = 20s});
    state.instances.push_back(std::move(launched));
    state.instances.front().state = sandbox::InstanceState::shutting_down;
}

TEST(MonitorPolicyOfADrain, WithNewcomersNeedsExactlyTheMonitorPolicy) {
    FakeClock clock;
    auto plan = sandbox::plan_fleet("acme", {{"acme-workers", 3}}, clock.now());
    sandbox::simulate_hosts(plan, 5min);
    sandbox::SandboxOptions options;
    options.template_text = template_text();
    sandbox::Sandbox box(std::move(plan.state), clock, options);
    bool changed = false;
    clock.on_wait = [&, begun = clock.now()](snow_white::Instant now) {
        if (changed || now < begun + 90s) return;
        changed = true;
        box.change_region_state(launch_one_and_end_another);
    };
    test::SandboxHttp http(box, clock);
    const snow_white::Environment environment(
        {{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
         {"AWS_ACCESS_KEY_ID", box.credential_of("alice").access_key},
         {"AWS_SECRET_ACCESS_KEY", "not checked in process"},
         {"WORKER_ACTION", "quiet"},
         {"EB_APP_NAME", "acme"},
         {"AWS_REGION", "us-east-1"}});
    std::FILE* const out = std::tmpfile();
    snow_white::cli::Context outside{environment, http, clock, out, out};
    outside.in_container = true;
    EXPECT_EQ(snow_white::cli::run({}, outside), snow_white::report::ExitCode::done);
    std::string said(static_cast<std::size_t>(std::ftell(out)), '\0');
    std::rewind(out);
    said.resize(std::fread(said.data(), 1, said.size(), out));
    std::fclose(out);
    EXPECT_THAT(said, HasSubstr("sent to 1 instance\n"));

    // Without a Slack ID to read (no webhook) one of them stays unused.
    auto expected = actions_of("MonitorPolicy");
    expected.erase("iam:ListUserTags");
    EXPECT_EQ(permissions_used(box), expected);
}

} // namespace

} // namespace monitor_policy_test
