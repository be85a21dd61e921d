#include "sandbox/server/sandbox.hpp"
#include "sandbox/ecs/ecs_actions.hpp"
#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/faults/faults.hpp"
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

#include <algorithm>
#include <functional>
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
        made.attempt = [this](const std::string& role_arn, const std::string& session, const Demand& demand) {
            return attempt_for_ecs(role_arn, session, demand);
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

    // ECS itself at work, by a role of the task's: no request comes in, but the journal has it.
    std::optional<std::string> attempt_for_ecs(const std::string& role_arn, const std::string& session,
                                               const Demand& demand) {
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

    HttpResponse handle(const HttpRequest& request);
    HttpResponse read(const std::string& path);
    HttpResponse withhold(const std::string& body);
    HttpResponse post_faults(const std::string& body);
    HttpResponse change_instances(const std::string& body);
    void set_faults(const std::vector<FaultRule>& rules);
    HttpResponse outside_aws(const std::string& service, const std::string& action,
                             const std::function<HttpResponse()>& work,
                             const std::function<HttpResponse(int)>& refuse);
    HttpResponse post_to_slack(const HttpRequest& request);
    HttpResponse read_for_container(const std::string& path);
    HttpResponse container_metadata(const std::string& path);

    World world;
    snow_white::Clock& clock;
    SandboxOptions options;
    Identities identities;
    Stack no_stack;
    std::vector<Stack> stacks;
    Faults faults;
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
        if (request.path.rfind("/services/", 0) == 0) return post_to_slack(request);
        if (request.path == "/_sandbox/slack/fail") return inbox.fail(request);
        if (request.path == "/_sandbox/withhold") return withhold(request.body);
        if (request.path == "/_sandbox/faults") return post_faults(request.body);
        if (request.path == "/_sandbox/instances") return change_instances(request.body);
    }
    if (request.method == "GET") return read(request.path);
    return json_response({{"message", "the sandbox has nothing at " + request.method + " " + request.path}},
                         404);
}

HttpResponse Sandbox::State::post_to_slack(const HttpRequest& request) {
    return outside_aws(
        "slack", "Post", [&] { return inbox.post(request, clock.now()); },
        [](int status) { return SlackInbox::refusal(status, status == 429 ? 1 : 0); });
}

HttpResponse Sandbox::State::outside_aws(const std::string& service, const std::string& action,
                                         const std::function<HttpResponse()>& work,
                                         const std::function<HttpResponse(int)>& refuse) {
    const FaultRule* const fault = faults.meet(service, action, clock.now());
    if (fault == nullptr) return work();
    HttpResponse answer = answer_outside_aws(*fault, work, refuse);
    journal.record({.at = clock.now(),
                    .service = service,
                    .action = action,
                    .status = answer.status,
                    .fault = name_of(fault->kind)});
    return answer;
}

// ["ssm:ListCommands=throttled,first=3"] in place of the rules before; [] for none.
HttpResponse Sandbox::State::post_faults(const std::string& body) {
    const Json asked = Json::parse(body, nullptr, false);
    try {
        std::vector<FaultRule> rules;
        for (const std::string& text : asked.get<std::vector<std::string>>())
            rules.push_back(parse_fault(text));
        set_faults(rules);
    } catch (const std::invalid_argument& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    } catch (const Json::exception&) {
        return json_response(
            {{"message", "wanted a JSON list of rules, e.g. [\"ssm:ListCommands=throttled,first=3\"]"}}, 400);
    }
    return json_response({{"faults", asked}});
}

HttpResponse Sandbox::State::change_instances(const std::string& body) {
    try {
        ssm.commands.advance(clock.now()); // what happened before has happened before
        return json_response(change_fleet(world, Json::parse(body), options.make_host, clock.now()));
    } catch (const std::invalid_argument& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    } catch (const Json::exception& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    }
}

void Sandbox::State::set_faults(const std::vector<FaultRule>& rules) {
    for (const FaultRule& rule : rules)
        check_reach(rule, actions);
    faults.set(rules, clock.now());
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
    const auto refuse = [](int status) { return json_response({{"message", "as a fault has it"}}, status); };
    if (path.rfind(credentials, 0) == 0)
        return outside_aws(
            "metadata", "Credentials",
            [&] { return found_or_404(ecs.credentials(path.substr(credentials.size()))); }, refuse);
    if (path.rfind(metadata, 0) == 0)
        return outside_aws(
            "metadata", "Task", [&] { return container_metadata(path.substr(metadata.size())); }, refuse);
    return json_response({{"message", "the sandbox has nothing at GET " + path}}, 404);
}

HttpResponse Sandbox::State::container_metadata(const std::string& path) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string id = path.substr(0, slash);
    if (slash == path.size()) return found_or_404(ecs.container_metadata(id, clock.now()));
    return found_or_404(path.substr(slash) == "/task" ? ecs.task_metadata(id, clock.now()) : Json());
}

Sandbox::Sandbox(World world, snow_white::Clock& clock, SandboxOptions options)
    : state_(std::make_unique<State>(std::move(world), clock, std::move(options))) {}

Sandbox::~Sandbox() = default;

HttpResponse Sandbox::handle(const HttpRequest& request) {
    const std::scoped_lock guard(mutex_);
    return state_->handle(request);
}

void Sandbox::set_faults(const std::vector<FaultRule>& rules) {
    const std::scoped_lock guard(mutex_);
    state_->set_faults(rules);
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
