// Scenario events while the program runs: of instances, of environments, and by other operators.
#include "src/base/contains.hpp"
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::InstanceState;
using sandbox::Json;

void History::change(const std::string& id, const std::function<void(sandbox::Instance&)>& what) {
    sandbox_->change_region_state(region_of_instance(id), [&](sandbox::RegionState& state) {
        for (auto& one : state.instances)
            if (one.id == id && one.state != InstanceState::shutting_down &&
                one.state != InstanceState::terminated)
                what(one);
    });
}

void History::set_status(const std::string& environment, const std::string& status) {
    sandbox_->change_region_state(region_of(environment), [&](sandbox::RegionState& state) {
        for (auto& one : state.environments)
            if (one.name == environment) one.status = status;
    });
}

void History::terminate(std::size_t index, Instant now) {
    const std::string id = lifetimes[index].id;
    record_change(now, id + ": EC2 terminates it");
    set_reachable(id, now, false);
    change(id, [](auto& one) { one.state = InstanceState::shutting_down; });
    if (!lifetimes[index].ended) lifetimes[index].ended = now;
    at(now + 60s, [this, id](Instant) {
        sandbox_->change_region_state(region_of_instance(id), [&](sandbox::RegionState& state) {
            for (auto& one : state.instances)
                if (one.id == id) one.state = InstanceState::terminated;
        });
    });
}

void History::stop_and_start(std::size_t index, Instant now) {
    const std::string id = lifetimes[index].id;
    const Duration pause = random_.between(2min, 60min);
    record_change(now,
                  fmt::format("{}: EC2 stops it, and starts it after {} min", id, pause / 1min));
    set_reachable(id, now, false);
    change(id, [](auto& one) { one.state = InstanceState::stopped; });
    lifetimes[index].ended = now;
    at(now + pause, [this, id, model = lifetimes[index].model,
                     environment = lifetimes[index].environment](Instant then) {
        record_change(then, id + ": EC2 starts it");
        model->reboot(then);
        bool alive = false;
        bool online = false; // an agent that was lost before is still lost
        change(id, [&](auto& one) {
            one.state = InstanceState::running;
            one.launched = then;
            alive = true;
            online = one.agent == AgentState::online && !one.denied;
        });
        if (alive)
            lifetimes.push_back(
                {id, environment, then, std::nullopt, model, {{then, online}}, then, then});
    });
}

// The agent updates itself: it drops what it runs and never reports that to SSM.
void History::update_agent(std::size_t index, Instant now) {
    const std::string id = lifetimes[index].id;
    record_change(now, id + ": its agent is updated, and drops what it runs");
    lifetimes[index].model->restart_agent();
    change(id, [](auto& one) { one.agent_version += ".1"; });
}

void History::lose_agent(std::size_t index, Instant now) {
    const std::string id = lifetimes[index].id;
    const bool for_good = random_.one_in(3);
    const Duration pause = random_.between(1min, 90min);
    record_change(now,
                  id + (for_good ? ": its agent is lost for good"
                                 : fmt::format(": its agent is lost for {} min", pause / 1min)));
    bool was_online = false;
    change(id, [&was_online](auto& one) {
        was_online = one.agent == AgentState::online;
        if (was_online) one.agent = AgentState::connection_lost;
    });
    set_reachable(id, now, false);
    if (!for_good && was_online)
        at(now + pause, [this, id](Instant then) {
            record_change(then, id + ": its agent is back");
            set_reachable(id, then, true);
            change(id, [](auto& one) {
                if (one.agent == AgentState::connection_lost) one.agent = AgentState::online;
            });
        });
}

// A call by another operator, who has all permissions; returns the answer's body.
std::string History::call(const std::string& service, sandbox::Headers headers, std::string body) {
    sandbox::HttpRequest request{.method = "POST", .path = "/"};
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.trusted =
        sandbox::TrustedCaller{sandbox_->credential_of("administrator").access_key, service};
    return sandbox_->handle(request).body;
}

std::string History::call_ssm(const std::string& action_of_ssm, const Json& parameters) {
    return call("ssm",
                {{"X-Amz-Target", "AmazonSSM." + action_of_ssm},
                 {"Content-Type", "application/x-amz-json-1.1"}},
                parameters.dump());
}

void History::send_by_other(const std::string& script, Instant now) {
    send_by_other_to(script,
                     {{"Targets",
                       {{{"Key", "tag:elasticbeanstalk:environment-name"},
                         {"Values", {environment_of_others}}}}}},
                     now);
}

void History::send_by_other_to(const std::string& script, const Json& targets, Instant now) {
    if (is_over_) return; // no run could see it, and the list of commands would lack it
    const std::string logical = script == "wake"   ? "WakeSideKiqDocument"
                                : script == "stop" ? "StopSideKiqDocument"
                                                   : "QuietSideKiqDocument";
    const std::string answer = call(
        "cloudformation", {{"Content-Type", "application/x-www-form-urlencoded"}},
        "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&LogicalResourceId=" +
            logical);
    const std::string tag = "<PhysicalResourceId>";
    const auto begin = answer.find(tag);
    if (begin == std::string::npos) return; // a fault hit the call
    const std::string document = answer.substr(
        begin + tag.size(), answer.find('<', begin + tag.size()) - begin - tag.size());
    Json command{{"DocumentName", document}, {"MaxConcurrency", "100%"}, {"MaxErrors", "100%"}};
    command.update(targets);
    record_change(now, "another operator: SendCommand " + command.dump());
    command["Comment"] = comment_of_others;
    call_ssm("SendCommand", command);
}

// Called when all is over: faults may have hit the answers to the sends.
void History::record_commands_of_others() {
    is_over_ = true;
    sandbox_->set_faults({});
    clock_.pass(20s); // SSM lists the latest commands late
    Json question = Json::object();
    do {
        const Json page = Json::parse(call_ssm("ListCommands", question));
        for (const auto& command : page.at("Commands"))
            if (command.value("Comment", "") == comment_of_others)
                commands_of_others.insert(command.at("CommandId"));
        question["NextToken"] = page.value("NextToken", "");
    } while (question["NextToken"] != "");
}

void History::plan_scenario_events() {
    if (calm_ || random_.one_in(3)) return;
    if (random_.one_in(in_two_regions() ? 2 : 4)) disturbed_verifications_ = random_.between(1, 3);
    const Duration span = random_.pick(std::vector<Duration>{30s, 10min, 4h});
    for (auto left = random_.between(1, 5); left > 0; --left)
        plan_scenario_event(random_.between(Duration{0}, span));
    // Depends on the seed alone: a further random draw would change the rest of the history.
    if (seed / 128 % 16 != 9) return;
    for (int i = 1; i <= 8; ++i) // a day of many deploys
        at(clock_.now() + i * 47min, [this](Instant now) {
            const auto names = environments_there();
            if (snow_white::contains(names, environment_of_others))
                deploy(environment_of_others, now);
        });
}

// Something changes during a verification, and perhaps once more while the program acts on what it
// found, possibly in another region.
void History::disturb_verification() {
    if (disturbed_verifications_ == 0 || random_.one_in(2)) return;
    --disturbed_verifications_;
    plan_scenario_event(random_.between(0s, 5s));
    if (random_.one_in(2)) plan_scenario_event(random_.between(0s, 30min));
    if (random_.one_in(2)) plan_outage(clock_.now() + random_.between(0s, 2s));
}

// The instances answer that verification, or the next one, late.
void History::plan_outage(Instant from) {
    const Duration lasts = random_.pick(std::vector<Duration>{30s, 5min, 1h});
    const bool away = in_two_regions() && random_.one_in(2);
    outages_.push_back({away ? other_region : sandbox::home_region, {from, from + lasts}});
    changes.push_back(from + lasts);
    note(from,
         fmt::format("fault: {} is out of reach for {} s", outages_.back().region, lasts / 1s));
    plan_scenario_event(random_.between(Duration{0}, lasts));
}

bool History::is_unreachable(const std::string& region) const {
    return std::ranges::any_of(outages_, [&](const Outage& outage) {
        return outage.region == region && outage.span.from <= clock_.now() &&
               clock_.now() < outage.span.until;
    });
}

std::vector<Span> History::outages() const {
    std::vector<Span> spans;
    for (const auto& outage : outages_)
        spans.push_back(outage.span);
    return spans;
}

void History::plan_scenario_event(Duration when) {
    const auto kind = random_.between(1, 12);
    at(clock_.now() + when, [this, kind](Instant now) {
        std::vector<std::size_t> alive;
        for (std::size_t i = 0; i < lifetimes.size(); ++i)
            if (!lifetimes[i].ended && lifetimes[i].environment != "acme-web") alive.push_back(i);
        const std::string environment = random_.pick(environments_there());
        if (kind <= 2 || alive.empty())
            return record_change(now, launch(environment, now, false) + ": launched");
        if (crashes_ && random_.one_in(3)) return cancel_in_flight(now);
        if (crashes_ && random_.one_in(2)) return lose_processes(random_.pick(alive), now);
        const std::size_t one = random_.pick(alive);
        switch (kind) {
        case 3:
            return terminate(one, now);
        case 4:
            terminate(one, now);
            return record_change(now, launch(lifetimes[one].environment, now, false) +
                                          ": launched in its place");
        case 5:
            return stop_and_start(one, now);
        case 6:
            record_change(now, lifetimes[one].id + ": its workers are restarted");
            return lifetimes[one].model->restart_workers(now);
        case 7:
            record_change(now, lifetimes[one].id + ": it reboots");
            return lifetimes[one].model->reboot(now);
        case 8:
            // Depends on the seed alone, so that the other random draws stay. An older script's
            // status does not say whether a script runs.
            return seed / 4 % 4 == 1 && lifetimes[one].model->says_what_runs()
                       ? update_agent(one, now)
                       : lose_agent(one, now);
        case 9:
            return deploy(environment, now);
        case 10:
            return send_by_other(random_.one_in(2) ? action : "wake", now);
        case 11:
            return replace_environment(now);
        default:
            return end_environment(environment, now);
        }
    });
}

} // namespace simulation
