#include "sandbox/server/sandbox.hpp"
#include "sandbox/ecs/ecs_actions.hpp"
#include "sandbox/policy/stack_policies.hpp"
#include "sandbox/server/fleet_view.hpp"
#include "sandbox/server/journal.hpp"
#include "sandbox/server/page.hpp"
#include "sandbox/services/services.hpp"
#include "sandbox/slack/inbox.hpp"
#include "sandbox/ssm/ssm_actions.hpp"
#include "sandbox/stack/stack.hpp"
#include "sandbox/wire/dispatch.hpp"
#include "sandbox/wire/time_format.hpp"

#include <stdexcept>
#include <utility>

namespace sandbox {

namespace {

constexpr auto task_session = std::chrono::hours(6); // how long ECS's credentials are good

HttpResponse json_response(const Json& body, int status = 200) {
    HttpResponse response;
    response.status = status;
    response.content_type = "application/json";
    response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    return response;
}

HttpResponse found_or_404(const Json& body) {
    return body.is_null() ? json_response({{"message", "there is no such task"}}, 404) : json_response(body);
}

std::vector<Stack> deploy_stacks(const World& world, const SandboxOptions& options, Instant now) {
    if (options.template_text.empty()) return {};
    DeployOptions deployment;
    deployment.account = world.account;
    deployment.region = world.region;
    deployment.now = now;
    deployment.parameters = {{"SlackWebhook", options.base_url + webhook_path}};
    std::vector<Stack> stacks;
    stacks.push_back(deploy(options.template_text, deployment));
    return stacks;
}

} // namespace

struct Sandbox::State {
    State(World the_world, snow_white::Clock& the_clock, SandboxOptions the_options)
        : world(std::move(the_world)), clock(the_clock), options(std::move(the_options)),
          identities(world.account), stacks(deploy_stacks(world, options, clock.now())), ssm(world),
          ecs(ecs_options(), stacks.empty() ? no_stack : stacks.front(), logs, clock),
          authorizer(
              {world, stacks, [this](const std::string& name) { return ecs.roles_of(name); }, cluster_name}),
          dispatch(actions, identities, authorizer, journal, world.region) {
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
    }

    void grant() {
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

    EcsOptions ecs_options() {
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
        return made;
    }

    Json task_credentials(const std::string& role_arn, const std::string& session_name) {
        const Role* const role = identities.find_role(role_arn);
        if (!role) throw std::runtime_error("the task's role " + role_arn + " does not exist");
        const Credential& session = identities.open_session(*role, session_name, task_session, clock.now());
        return {{"RoleArn", role_arn},
                {"AccessKeyId", session.access_key},
                {"SecretAccessKey", session.secret},
                {"Token", session.session_token},
                {"Expiration", iso_time(*session.expires).substr(0, 19) + "Z"}};
    }

    HttpResponse handle(const HttpRequest& request);
    HttpResponse read(const std::string& path);
    HttpResponse withhold(const std::string& body);
    HttpResponse read_for_container(const std::string& path);

    World world;
    snow_white::Clock& clock;
    SandboxOptions options;
    Identities identities;
    Stack no_stack;
    std::vector<Stack> stacks;
    Journal journal;
    SlackInbox inbox;
    LogStore logs;
    SystemsManager ssm;
    ActionTable actions;
    Ecs ecs;
    Authorizer authorizer;
    Dispatch dispatch;
};

HttpResponse Sandbox::State::handle(const HttpRequest& request) {
    if (request.method == "POST") {
        if (request.path == "/") return dispatch.handle(request, clock.now());
        if (request.path.rfind("/services/", 0) == 0) return inbox.post(request, clock.now());
        if (request.path == "/_sandbox/slack/fail") return inbox.fail(request);
        if (request.path == "/_sandbox/withhold") return withhold(request.body);
    }
    if (request.method == "GET") return read(request.path);
    return json_response({{"message", "the sandbox has nothing at " + request.method + " " + request.path}},
                         404);
}

// {"caller": "role/…", "actions": ["ssm:SendCommand"]}: that caller lacks them until told otherwise.
HttpResponse Sandbox::State::withhold(const std::string& body) {
    const Json asked = Json::parse(body, nullptr, false);
    if (!asked.is_object() || !asked.contains("caller") || !asked.contains("actions"))
        return json_response(
            {{"message", "wanted {\"caller\": \"role/NAME\", \"actions\": [\"ssm:SendCommand\"]}"}}, 400);
    authorizer.withhold(asked["caller"], asked["actions"]);
    return json_response({{"caller", asked["caller"]}, {"withheld", asked["actions"]}});
}

HttpResponse Sandbox::State::read(const std::string& path) {
    if (path == "/") return page(fleet_view(world, clock.now()), inbox.messages(), clock.now());
    if (path == "/_sandbox/stats") return json_response(journal.stats());
    if (path == "/_sandbox/requests") return json_response(journal.requests());
    if (path == "/_sandbox/slack") return json_response(inbox.messages());
    if (path == "/_sandbox/fleet") return json_response(fleet_view(world, clock.now()));
    if (path == "/_sandbox/shapes") return json_response(actions.shapes());
    return read_for_container(path);
}

// /v4/ID, /v4/ID/task: the task metadata endpoint; /_ecs/credentials/ID: the container credentials endpoint.
HttpResponse Sandbox::State::read_for_container(const std::string& path) {
    const std::string metadata = "/v4/";
    const std::string credentials = "/_ecs/credentials/";
    if (path.rfind(credentials, 0) == 0)
        return found_or_404(ecs.credentials(path.substr(credentials.size())));
    if (path.rfind(metadata, 0) == 0) {
        const std::string id = path.substr(metadata.size());
        const std::size_t slash = id.find('/');
        if (slash == std::string::npos) return found_or_404(ecs.container_metadata(id, clock.now()));
        if (id.substr(slash) == "/task")
            return found_or_404(ecs.task_metadata(id.substr(0, slash), clock.now()));
    }
    return json_response({{"message", "the sandbox has nothing at GET " + path}}, 404);
}

Sandbox::Sandbox(World world, snow_white::Clock& clock, SandboxOptions options)
    : state_(std::make_unique<State>(std::move(world), clock, std::move(options))) {}

Sandbox::~Sandbox() = default;

HttpResponse Sandbox::handle(const HttpRequest& request) {
    const std::scoped_lock guard(mutex_);
    return state_->handle(request);
}

void Sandbox::advance() {
    const std::scoped_lock guard(mutex_);
    state_->ssm.commands.advance(state_->clock.now());
}

Credential Sandbox::credential_of(const std::string& user) const {
    const std::scoped_lock guard(mutex_);
    const User* const found = state_->identities.find_user(user);
    if (!found) throw std::out_of_range("there is no IAM user " + user);
    return *state_->identities.find(found->access_key);
}

std::string Sandbox::role_arn(const std::string& role) const {
    return "arn:aws:iam::" + state_->world.account + ":role/" + role;
}

World& Sandbox::world() {
    return state_->world;
}

} // namespace sandbox
