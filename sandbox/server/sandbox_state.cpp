#include "sandbox/server/sandbox_state.hpp"
#include "sandbox/policy/stack_policies.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/wire/time_format.hpp"

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

constexpr auto task_session = std::chrono::hours(6); // how long ECS's credentials are good

std::vector<Stack> deploy_stacks(const World& world, const SandboxOptions& options, Instant now) {
    if (options.template_text.empty()) return {};
    DeployOptions deployment;
    deployment.account = world.account;
    deployment.region = world.region;
    deployment.now = now;
    if (options.slack_bot)
        deployment.parameters = {{"SlackBotToken", bot_token}};
    else
        deployment.parameters = {{"SlackWebhook", options.base_url + webhook_path}};
    std::vector<Stack> stacks;
    stacks.push_back(deploy(options.template_text, deployment));
    return stacks;
}

} // namespace

Sandbox::State::State(World the_world, snow_white::Clock& the_clock, SandboxOptions the_options)
    : world(std::move(the_world)), clock(the_clock), options(std::move(the_options)),
      identities(world.account), stacks(deploy_stacks(world, options, clock.now())), ssm(world),
      ecs(ecs_options(), stacks.empty() ? no_stack : stacks.front(), logs, clock),
      authorizer(
          {world, stacks, [this](const std::string& name) { return ecs.roles_of(name); }, cluster_name}),
      dispatch(actions, identities, authorizer, faults, journal, world.region) {
    identities.add_user("alice", {{"slack_userid", "U0ALICE00"}}, clock.now());
    identities.add_user("bob", {}, clock.now());
    identities.add_role("Deploy", true);
    identities.add_user("administrator", {}, clock.now());
    grant();
    for (const Stack& stack : stacks) {
        ssm.documents.add_all(stack);
        for (const StackResource& resource : stack.resources)
            if (resource.type == "AWS::IAM::Role") identities.add_role(resource.physical_id, false);
    }
    add_sts(actions, identities);
    add_iam(actions, identities);
    add_elastic_beanstalk(actions, world);
    add_ec2(actions, world);
    add_cloudformation(actions, stacks);
    add_ssm_actions(actions, ssm);
    add_ecs_actions(actions, ecs);
    add_logs_actions(actions, logs);
    set_faults(options.faults);
}

void Sandbox::State::grant() {
    const Json everything = {{"Statement", {{{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}}}}};
    authorizer.attach("user/administrator", everything);
    for (const char* const operating : {"user/alice", "user/bob", "role/Deploy"}) {
        if (stacks.empty()) authorizer.attach(operating, everything);
        for (const Stack& stack : stacks)
            attach_managed_policies(authorizer, stack, operating);
    }
    for (const Stack& stack : stacks)
        attach_role_policies(authorizer, stack);
}

EcsOptions Sandbox::State::ecs_options() {
    EcsOptions made;
    made.account = world.account;
    made.region = world.region;
    made.cluster = cluster_name;
    made.subnets = {subnet_id};
    made.security_groups = {security_group_id};
    made.base_url = options.base_url;
    made.program = options.program;
    made.log_directory = options.log_directory;
    made.issue_credentials = [this](const std::string& role_arn, const std::string& session_name) {
        return task_credentials(role_arn, session_name);
    };
    made.attempt = [this](const std::string& role_arn, const std::string& session, const Demand& demand) {
        return attempt_for_ecs(role_arn, session, demand);
    };
    return made;
}

Json Sandbox::State::task_credentials(const std::string& role_arn, const std::string& session_name) {
    const Role* const role = identities.find_role(role_arn);
    if (!role) throw std::runtime_error("the task's role " + role_arn + " does not exist");
    const Credential& session = identities.open_session(*role, session_name, task_session, clock.now());
    return {{"RoleArn", role_arn},
            {"AccessKeyId", session.access_key},
            {"SecretAccessKey", session.secret},
            {"Token", session.session_token},
            {"Expiration", iso_time(*session.expires).substr(0, 19) + "Z"}};
}

// ECS itself at work, by a role of the task's: no request comes in, but the journal has it.
std::optional<std::string> Sandbox::State::attempt_for_ecs(const std::string& role_arn,
                                                           const std::string& session, const Demand& demand) {
    const Role* const role = identities.find_role(role_arn);
    if (!role) throw std::runtime_error("the task's role " + role_arn + " does not exist");
    JournalEntry entry;
    entry.at = clock.now();
    entry.service = demand.action.substr(0, demand.action.find(':'));
    entry.action = demand.action.substr(demand.action.find(':') + 1);
    entry.caller = identities.open_session(*role, session, task_session, clock.now()).caller;
    const auto refusal = authorizer.refusal_of(entry.caller, demand);
    entry.status = refusal ? 400 : 200;
    if (refusal)
        entry.error = "AccessDeniedException";
    else
        entry.permissions = {demand.action};
    journal.record(std::move(entry));
    return refusal;
}

} // namespace sandbox
