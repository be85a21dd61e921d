// What a Sandbox is made of. sandbox_state.cpp puts it together, routes.cpp answers what comes in. Guarded by
// the sandbox's one lock.
#pragma once

#include "sandbox/ecs/ecs_actions.hpp"
#include "sandbox/faults/faults.hpp"
#include "sandbox/server/journal.hpp"
#include "sandbox/server/sandbox.hpp"
#include "sandbox/slack/web_api.hpp"
#include "sandbox/ssm/ssm_actions.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/dispatch.hpp"

#include <functional>

namespace sandbox {

struct Sandbox::State {
    State(World the_world, snow_white::Clock& the_clock, SandboxOptions the_options);

    HttpResponse handle(const HttpRequest& request);
    void set_faults(const std::vector<FaultRule>& rules);

    World world;
    snow_white::Clock& clock;
    SandboxOptions options;
    Identities identities;
    Stack no_stack;
    std::vector<Stack> stacks;
    Faults faults;
    Journal journal;
    SlackInbox inbox;
    SlackWebApi slack_api{inbox};
    LogStore logs;
    SystemsManager ssm;
    ActionTable actions;
    Ecs ecs;
    Authorizer authorizer;
    Dispatch dispatch;

private:
    void grant();
    EcsOptions ecs_options();
    Json task_credentials(const std::string& role_arn, const std::string& session_name);
    std::optional<std::string> attempt_for_ecs(const std::string& role_arn, const std::string& session,
                                               const Demand& demand);

    HttpResponse read(const std::string& path);
    HttpResponse withhold(const std::string& body);
    HttpResponse post_faults(const std::string& body);
    HttpResponse change_instances(const std::string& body);
    HttpResponse outside_aws(const std::string& service, const std::string& action,
                             const std::function<HttpResponse()>& work,
                             const std::function<HttpResponse(int)>& refuse);
    HttpResponse post_to_slack(const HttpRequest& request);
    HttpResponse call_slack(const HttpRequest& request);
    HttpResponse read_for_container(const std::string& path);
    HttpResponse container_metadata(const std::string& path);
};

} // namespace sandbox
