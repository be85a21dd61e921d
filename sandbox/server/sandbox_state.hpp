// What a Sandbox is made of. sandbox_state.cpp puts it together, routes.cpp answers what comes in.
// Guarded by the sandbox's one lock.
#pragma once

#include "sandbox/ecs/ecs.hpp"
#include "sandbox/faults/faults.hpp"
#include "sandbox/redis/simulated_redis.hpp"
#include "sandbox/server/journal.hpp"
#include "sandbox/server/sandbox.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/slack/web_api.hpp"
#include "sandbox/ssm/run_command.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/dispatch.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace sandbox {

// One region of the account: its environments and instances, its stacks, and the services that know
// only these. What the account has once (IAM, STS) and what watches all calls (faults, journal) is
// in Sandbox::State.
struct Region {
    // `identities` and `clock` must outlive it.
    Region(RegionState the_state, std::vector<Stack> the_stacks, EcsOptions ecs_options,
           Identities& identities, const Clock& clock, Grants grants);
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;

    RegionState state;
    Stack no_stack;
    std::vector<Stack> stacks;
    LogStore logs;
    SystemsManager ssm;
    Ecs ecs;
    Endpoints endpoints;
};

struct Sandbox::State {
    State(FleetPlan plan, Clock& the_clock, SandboxOptions the_options);

    HttpResponse handle(const HttpRequest& request);
    void set_faults(const std::vector<FaultRule>& rules);
    Region& region(const std::string& name); // made when it is first asked for

    Clock& clock;
    SandboxOptions options;
    Identities identities;
    Faults faults;
    Journal journal;
    SlackInbox inbox;
    SlackWebApi slack_api{inbox};
    Authorizer authorizer;
    SimulatedRedis redis;
    std::map<std::string, std::unique_ptr<Region>> regions; // by name; an address in one stays
    Region& home;
    Dispatch dispatch;

private:
    Region& open_region(RegionState state, bool with_stack);
    std::vector<Stack> deploy_in(const RegionState& state) const;
    void grant();
    EcsOptions ecs_options(const RegionState& state);
    Json task_credentials(const std::string& role_arn, const std::string& session_name);
    std::optional<std::string> refusal_for_ecs(const std::string& role_arn,
                                               const std::string& session,
                                               const RequiredPermission& permission);

    Json fleet();
    HttpResponse read(const std::string& path);
    HttpResponse withhold(const std::string& body);
    HttpResponse post_faults(const std::string& body);
    HttpResponse change_instances(const std::string& body);
    HttpResponse change_redis(const std::string& body);
    HttpResponse outside_aws(const std::string& service, const std::string& action,
                             const std::function<HttpResponse()>& work,
                             const std::function<HttpResponse(int)>& refuse);
    HttpResponse post_to_slack(const HttpRequest& request);
    HttpResponse call_slack(const HttpRequest& request);
    HttpResponse read_for_container(const std::string& path);
    HttpResponse container_metadata(const std::string& path);
};

} // namespace sandbox
