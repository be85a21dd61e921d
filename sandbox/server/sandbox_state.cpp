#include "sandbox/server/sandbox_state.hpp"
#include "sandbox/policy/authorizer.hpp"
#include "sandbox/wire/time_format.hpp"

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

constexpr auto task_session = std::chrono::hours(6); // how long ECS's credentials are good

} // namespace

Sandbox::State::State(FleetPlan plan, snow_white::Clock& the_clock, SandboxOptions the_options)
    : clock(the_clock), options(std::move(the_options)), identities(plan.state.account),
      home(open_region(std::move(plan.state), true)),
      dispatch(
          [this](const std::string& name) -> const Endpoints& { return region(name).endpoints; },
          identities, authorizer, faults, journal) {
    for (RegionPlan& one : plan.elsewhere)
        open_region(std::move(one.state), true);
    identities.add_user("alice", {{"slack_userid", "U0ALICE00"}}, clock.now());
    identities.add_user("bob", {}, clock.now());
    identities.add_role("Deploy", true);
    identities.add_user("administrator", {}, clock.now());
    grant();
    set_faults(options.faults);
}

Region& Sandbox::State::region(const std::string& name) {
    if (const auto found = regions.find(name); found != regions.end()) return *found->second;
    RegionState nothing;
    nothing.account = identities.account();
    nothing.region = name;
    return open_region(std::move(nothing), false);
}

Region& Sandbox::State::open_region(RegionState state, bool with_stack) {
    const std::string name = state.region;
    if (name == home_region) state.network = home_network();
    std::vector<Stack> stacks = with_stack ? deploy_in(state) : std::vector<Stack>{};
    EcsOptions of_ecs = ecs_options(state);
    auto& opened = regions[name] = std::make_unique<Region>(
        std::move(state), std::move(stacks), std::move(of_ecs), identities, clock,
        [this](const std::string& role, const std::string& action, const std::string& resource) {
            const Caller as{.access_key = {},
                            .user_id = {},
                            .arn = "arn:aws:iam::" + identities.account() + ":role/" + role,
                            .user_name = {},
                            .role_name = role};
            return !authorizer.refusal_of(as, {action, resource, {}, resource});
        });
    if (options.log_lag > snow_white::Duration{0})
        opened->logs.deliver_late({.lag = options.log_lag});
    return *opened;
}

std::vector<Stack> Sandbox::State::deploy_in(const RegionState& state) const {
    if (options.template_text.empty()) return {};
    DeployOptions deployment;
    deployment.account = state.account;
    deployment.region = state.region;
    deployment.now = clock.now();
    if (options.slack_bot)
        deployment.parameters = {{"SlackBotToken", bot_token}};
    else
        deployment.parameters = {{"SlackWebhook", options.base_url + webhook_path}};
    std::vector<Stack> stacks;
    stacks.push_back(deploy(options.template_text, deployment));
    std::vector<const Stack*> others;
    for (const auto& [name, region] : regions)
        for (const Stack& stack : region->stacks)
            others.push_back(&stack);
    check_names_in_iam(stacks.front(), others);
    return stacks;
}

// People have the policies of one stack, the home region's: its template leaves the region of the
// workers open. A role has its own stack's.
void Sandbox::State::grant() {
    const Json everything = {
        {"Statement", {{{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}}}}};
    authorizer.attach("user/administrator", everything);
    for (const char* const operating : {"user/alice", "user/bob", "role/Deploy"}) {
        if (home.stacks.empty()) authorizer.attach(operating, everything);
        for (const Stack& stack : home.stacks)
            attach_managed_policies(authorizer, stack, operating);
    }
    identities.add_role(instance_profile, false);
    authorizer.attach(
        "role/" + instance_profile,
        {{"Statement",
          {{{"Effect", "Allow"}, // of AmazonSSMManagedInstanceCore
            {"Action", {"ssm:UpdateInstanceInformation", "ssmmessages:*", "ec2messages:*"}},
            {"Resource", "*"}}}}});
    for (const auto& [name, region] : regions)
        for (const Stack& stack : region->stacks) {
            for (const StackResource& resource : stack.resources)
                if (resource.type == "AWS::IAM::Role")
                    identities.add_role(resource.physical_id, false);
            attach_role_policies(authorizer, stack);
        }
}

EcsOptions Sandbox::State::ecs_options(const RegionState& state) {
    const bool at_home = state.region == home_region;
    EcsOptions made;
    made.account = state.account;
    made.region = state.region;
    made.cluster = at_home ? cluster_name : "";
    if (!at_home) made.deleted_cluster.clear();
    made.network = state.network;
    made.base_url = options.base_url;
    made.program = options.program;
    made.log_directory = options.log_directory;
    made.issue_credentials = [this](const std::string& role_arn, const std::string& session_name) {
        return task_credentials(role_arn, session_name);
    };
    made.attempt = [this](const std::string& role_arn, const std::string& session,
                          const RequiredPermission& permission) {
        return attempt_for_ecs(role_arn, session, permission);
    };
    return made;
}

Json Sandbox::State::task_credentials(const std::string& role_arn,
                                      const std::string& session_name) {
    const Role* const role = identities.find_role(role_arn);
    if (!role) throw std::runtime_error("the task's role " + role_arn + " does not exist");
    const Credential& session =
        identities.open_session(*role, session_name, task_session, clock.now());
    return {{"RoleArn", role_arn},
            {"AccessKeyId", session.access_key},
            {"SecretAccessKey", session.secret},
            {"Token", session.session_token},
            {"Expiration", iso_time(*session.expires).substr(0, 19) + "Z"}};
}

// ECS itself at work, by a role of the task's: no request comes in, but the journal has it.
std::optional<std::string> Sandbox::State::attempt_for_ecs(const std::string& role_arn,
                                                           const std::string& session,
                                                           const RequiredPermission& permission) {
    const Role* const role = identities.find_role(role_arn);
    if (!role) throw std::runtime_error("the task's role " + role_arn + " does not exist");
    JournalEntry entry;
    entry.at = clock.now();
    entry.region = home_region; // where the cluster is
    entry.service = permission.action.substr(0, permission.action.find(':'));
    entry.action = permission.action.substr(permission.action.find(':') + 1);
    entry.caller = identities.open_session(*role, session, task_session, clock.now()).caller;
    const auto refusal = authorizer.refusal_of(entry.caller, permission);
    entry.status = refusal ? 400 : 200;
    if (refusal)
        entry.error = "AccessDeniedException";
    else
        entry.permissions = {permission.action};
    journal.record(std::move(entry));
    return refusal;
}

} // namespace sandbox
