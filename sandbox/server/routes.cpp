#include "sandbox/faults/fault_answer.hpp"
#include "sandbox/server/sandbox_state.hpp"
#include "src/base/enum_names.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sandbox {

extern const char* const page_html; // server/page.html, as sandbox/CMakeLists.txt embeds it

namespace {

HttpResponse json_response(const Json& body, int status = 200) {
    return {.status = status,
            .content_type = "application/json",
            .body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

HttpResponse file_response(const char* content_type, const std::string& bytes) {
    return {.status = bytes.empty() ? 404 : 200, .content_type = content_type, .body = bytes};
}

HttpResponse found_or_404(const Json& body) {
    return body.is_null() ? json_response({{"message", "there is no such task"}}, 404)
                          : json_response(body);
}

constexpr snow_white::EnumName<AgentState> agent_words[] = {
    {AgentState::online, "Online"},
    {AgentState::connection_lost, "ConnectionLost"},
    {AgentState::inactive, "Inactive"},
    {AgentState::absent, "absent"}};
static_assert(snow_white::has_all_enumerators(agent_words));

Json instance_view(Instance& instance, Instant now) {
    const bool alive = instance.host && instance.state == InstanceState::running;
    return {{"id", instance.id},
            {"state", name_of(instance.state).name},
            {"agent", snow_white::name_of(agent_words, instance.agent)},
            {"hostname", instance.host ? instance.host->hostname() : ""},
            {"workers", alive ? instance.host->workers(now) : Json::array()}};
}

// The environments of one region, in GET /_sandbox/fleet: [{"region", "name", "id", "application",
// "status", "health", "instances": [{"id", "state", "agent", "hostname", "workers": […]}]}], with
// workers as docs/instance-line.md has them.
Json environments_view(RegionState& state, Instant now) {
    Json environments = Json::array();
    std::map<std::string, std::size_t> index_of; // environment id -> index
    for (const Environment& environment : state.environments) {
        index_of[environment.id] = environments.size();
        environments.push_back({{"region", state.region},
                                {"name", environment.name},
                                {"id", environment.id},
                                {"application", environment.application},
                                {"status", environment.status},
                                {"health", environment.health},
                                {"instances", Json::array()}});
    }
    for (Instance& instance : state.instances)
        if (const auto found = index_of.find(instance.environment_id); found != index_of.end())
            environments[found->second]["instances"].push_back(instance_view(instance, now));
    return environments;
}

} // namespace

HttpResponse Sandbox::State::handle(const HttpRequest& request) {
    if (request.path.starts_with(web_api_path)) return call_slack(request);
    if (request.method == "POST") {
        if (request.path == "/") return dispatch.handle(request, clock.now());
        if (request.path.starts_with("/services/")) return post_to_slack(request);
        if (request.path == "/_sandbox/slack/fail") return inbox.fail(request);
        if (request.path == "/_sandbox/withhold") return withhold(request.body);
        if (request.path == "/_sandbox/faults") return post_faults(request.body);
        if (request.path == "/_sandbox/instances") return change_instances(request.body);
        if (request.path == "/_sandbox/redis") return change_redis(request.body);
    }
    if (request.method == "GET") return read(request.path);
    return json_response(
        {{"message", "the sandbox has nothing at " + request.method + " " + request.path}}, 404);
}

HttpResponse Sandbox::State::post_to_slack(const HttpRequest& request) {
    return outside_aws(
        "slack", "Post", [&] { return inbox.post(request, clock.now()); },
        [](int status) { return SlackInbox::refusal(status, status == 429 ? 1 : 0); });
}

HttpResponse Sandbox::State::call_slack(const HttpRequest& request) {
    return outside_aws(
        "slack", SlackWebApi::method_of(request.path),
        [&] { return slack_api.call(request, clock.now()); }, SlackWebApi::refusal);
}

HttpResponse Sandbox::State::outside_aws(const std::string& service, const std::string& action,
                                         const std::function<HttpResponse()>& work,
                                         const std::function<HttpResponse(int)>& refuse) {
    const FaultRule* const fault = faults.rule_for(service, action, clock.now());
    if (fault == nullptr) return work();
    HttpResponse answer = answer_outside_aws(*fault, work, refuse);
    journal.record({.at = clock.now(),
                    .service = service,
                    .action = action,
                    .status = answer.status,
                    .fault = name_of(fault->kind)});
    return answer;
}

// ["ssm:ListCommands=throttled,first=3"] in index_of of the rules before; [] for none.
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
            {{"message",
              "wanted a JSON list of rules, e.g. [\"ssm:ListCommands=throttled,first=3\"]"}},
            400);
    }
    return json_response({{"faults", asked}});
}

HttpResponse Sandbox::State::change_instances(const std::string& body) {
    try {
        const Json asked = Json::parse(body);
        const std::string name =
            asked.is_object() ? asked.value("region", home_region) : home_region;
        if (!is_region(name)) throw std::invalid_argument("there is no region '" + name + "'");
        Region& concerned = region(name);
        concerned.ssm.commands.advance(clock.now()); // what happened before has happened before
        return json_response(change_fleet(concerned.state, asked, options.make_host, clock.now()));
    } catch (const std::invalid_argument& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    } catch (const Json::exception& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    }
}

HttpResponse Sandbox::State::change_redis(const std::string& body) {
    try {
        const Json report = redis.change(Json::parse(body), clock.now());
        if (options.accept_redis_connections) options.accept_redis_connections(redis.accepts());
        return json_response(report);
    } catch (const std::invalid_argument& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    } catch (const Json::exception& wrong) {
        return json_response({{"message", wrong.what()}}, 400);
    }
}

void Sandbox::State::set_faults(const std::vector<FaultRule>& rules) {
    for (const FaultRule& rule : rules)
        check_reach(rule, home.endpoints.actions);
    faults.set(rules, clock.now());
}

// {"caller": "role/…", "actions": ["ssm:SendCommand"]}: that caller lacks them until told
// otherwise.
HttpResponse Sandbox::State::withhold(const std::string& body) {
    const Json asked = Json::parse(body, nullptr, false);
    if (!asked.is_object() || !asked.contains("caller") || !asked.contains("actions"))
        return json_response(
            {{"message", "wanted {\"caller\": \"role/NAME\", \"actions\": [\"ssm:SendCommand\"]}"}},
            400);
    authorizer.withhold(asked["caller"], asked["actions"]);
    return json_response({{"caller", asked["caller"]}, {"withheld", asked["actions"]}});
}

// The home region's environments first.
Json Sandbox::State::fleet() {
    Json environments = environments_view(home.state, clock.now());
    for (auto& [name, region] : regions)
        if (region.get() != &home)
            for (Json& environment : environments_view(region->state, clock.now()))
                environments.push_back(std::move(environment));
    return {{"environments", std::move(environments)}};
}

HttpResponse Sandbox::State::read(const std::string& path) {
    if (path == "/") return file_response("text/html; charset=utf-8", page_html);
    if (path == "/_sandbox/stats") return json_response(journal.stats());
    if (path == "/_sandbox/requests") return json_response(journal.requests());
    if (path == "/_sandbox/slack") return json_response(inbox.messages());
    if (path == "/_sandbox/fleet") return json_response(fleet());
    if (path == "/_sandbox/redis") return json_response(redis.report());
    if (path == "/_sandbox/emoji/snowwhite.png")
        return file_response("image/png", options.emoji_picture);
    if (path == "/_sandbox/shapes") return json_response(home.endpoints.actions.shapes());
    return read_for_container(path);
}

// /v4/ID, /v4/ID/task: the task metadata endpoint; /_ecs/credentials/SECRET: the container
// credentials endpoint.
HttpResponse Sandbox::State::read_for_container(const std::string& path) {
    const std::string metadata = "/v4/";
    const std::string credentials = "/_ecs/credentials/";
    const auto refuse = [](int status) {
        return json_response({{"message", "as a fault has it"}}, status);
    };
    if (path.starts_with(credentials))
        return outside_aws(
            "metadata", "Credentials",
            [&] { return found_or_404(home.ecs.credentials(path.substr(credentials.size()))); },
            refuse);
    if (path.starts_with(metadata))
        return outside_aws(
            "metadata", "Task", [&] { return container_metadata(path.substr(metadata.size())); },
            refuse);
    return json_response({{"message", "the sandbox has nothing at GET " + path}}, 404);
}

HttpResponse Sandbox::State::container_metadata(const std::string& path) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string id = path.substr(0, slash);
    if (slash == path.size()) return found_or_404(home.ecs.container_metadata(id, clock.now()));
    return found_or_404(path.substr(slash) == "/task" ? home.ecs.task_metadata(id, clock.now())
                                                      : Json());
}

} // namespace sandbox
