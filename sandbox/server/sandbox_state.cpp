#include "sandbox/server/sandbox_state.hpp"
#include "sandbox/base/fail.hpp"
#include "sandbox/base/text.hpp"
#include "sandbox/policy/authorizer.hpp"
#include "sandbox/wire/time_format.hpp"

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

constexpr auto task_session = std::chrono::hours(6); // how long ECS's credentials are good

const StackResource* with_name(const Stack& stack, const StackResource& wanted) {
    for (const StackResource& resource : stack.resources)
        if (resource.type == wanted.type && resource.physical_id == wanted.physical_id)
            return &resource;
    return nullptr;
}

// The names in IAM are the account's: two stacks of one template can only be deployed in two
// regions when CloudFormation makes the names of their roles and policies up. Failure:
// std::runtime_error as CloudFormation words it, for a name that one of `others` has taken.
void check_names_in_iam(const Stack& stack, const std::vector<const Stack*>& others) {
    for (const StackResource& resource : stack.resources) {
        if (!resource.type.starts_with("AWS::IAM::")) continue;
        for (const Stack* const other : others)
            if (with_name(*other, resource) != nullptr)
                fail<std::runtime_error>("{}: {} {} already exists in stack {}", stack.id,
                                         resource.logical_id, resource.physical_id, other->id);
    }
}

} // namespace

Region::Region(RegionState the_state, std::vector<Stack> the_stacks, EcsOptions ecs_options,
               Identities& identities, const Clock& clock, Grants grants)
    : state(std::move(the_state)), stacks(std::move(the_stacks)), ssm(state),
      ecs(std::move(ecs_options), stacks.empty() ? no_stack : stacks.front(), logs, clock),
      endpoints{{},
                {state, stacks, [this](const std::string& name) { return ecs.roles_of(name); },
                 cluster_name, [this](const std::string& task) { return ecs.tags_of(task); }}} {
    for (const Stack& stack : stacks)
        ssm.documents.add_all(stack);
    ActionTable& actions = endpoints.actions;
    add_sts(actions, identities);
    add_iam(actions, identities, state, std::move(grants));
    add_elastic_beanstalk(actions, state);
    add_ec2(actions, state);
    add_ec2_network(actions, state);
    add_ecr(actions, state);
    add_cloudformation(actions, stacks);
    add_ssm_actions(actions, ssm);
    add_ecs_actions(actions, ecs);
    add_logs_actions(actions, logs);
}

Sandbox::State::State(FleetPlan plan, Clock& the_clock, SandboxOptions the_options)
    : clock(the_clock), options(std::move(the_options)), identities(plan.state.account),
      redis(options.redis_password, *options.sidekiq, clock.now()),
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
    return open_region({.account = identities.account(), .region = name}, false);
}

Region& Sandbox::State::open_region(RegionState state, bool with_stack) {
    const std::string name = state.region;
    if (name == home_region) state.network = home_network();
    std::vector<Stack> stacks = with_stack ? deploy_in(state) : std::vector<Stack>{};
    EcsOptions of_ecs = ecs_options(state);
    auto& opened = regions[name] = std::make_unique<Region>(
        std::move(state), std::move(stacks), std::move(of_ecs), identities, clock,
        [this](const std::string& role, const std::string& action, const std::string& resource) {
            const Caller as{.arn = make_arn("iam", "", identities.account(), "role/" + role),
                            .role_name = role};
            return !authorizer.refusal_of(as, {action, resource, {}, resource});
        });
    if (options.log_lag > Duration{0}) opened->logs.deliver_late({.lag = options.log_lag});
    return *opened;
}

std::vector<Stack> Sandbox::State::deploy_in(const RegionState& state) const {
    if (options.template_text.empty()) return {};
    DeployOptions deployment{.account = state.account, .region = state.region, .now = clock.now()};
    if (options.slack_bot)
        deployment.parameters = {{"SlackBotToken", bot_token}};
    else
        deployment.parameters = {{"SlackWebhook", options.base_url + webhook_path}};
    // The template of an older stack does not know it.
    if (!options.sidekiq_redis_url.empty() &&
        options.template_text.find("\n  SidekiqRedisUrl:") != std::string::npos)
        deployment.parameters["SidekiqRedisUrl"] = options.sidekiq_redis_url;
    std::vector<Stack> stacks{deploy(options.template_text, deployment)};
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
    return {.account = state.account,
            .region = state.region,
            .cluster = at_home ? cluster_name : "",
            .deleted_cluster = at_home ? EcsOptions().deleted_cluster : "",
            .network = state.network,
            .base_url = options.base_url,
            .program = options.program,
            .log_directory = options.log_directory,
            .issue_credentials =
                [this](const std::string& role_arn, const std::string& session_name) {
                    return task_credentials(role_arn, session_name);
                },
            .check_permission =
                [this](const std::string& role_arn, const std::string& session,
                       const RequiredPermission& permission) {
                    return refusal_for_ecs(role_arn, session, permission);
                }};
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
std::optional<std::string> Sandbox::State::refusal_for_ecs(const std::string& role_arn,
                                                           const std::string& session,
                                                           const RequiredPermission& permission) {
    const Role* const role = identities.find_role(role_arn);
    if (!role) throw std::runtime_error("the task's role " + role_arn + " does not exist");
    const auto [service, action] = split_at(permission.action, ':');
    JournalEntry entry{
        .at = clock.now(),
        .region = home_region, // where the cluster is
        .service = service,
        .action = action,
        .caller = identities.open_session(*role, session, task_session, clock.now()).caller};
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
