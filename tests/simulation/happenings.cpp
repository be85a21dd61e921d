// What happens in a history while the program runs: to instances, to environments, by other
// operators.
#include "tests/simulation/history.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using sandbox::AgentState;
using sandbox::InstanceState;
using sandbox::Json;

void History::change(const std::string& id, const std::function<void(sandbox::Instance&)>& what) {
    box_->change_world(region_of_instance(id), [&](sandbox::World& world) {
        for (auto& one : world.instances)
            if (one.id == id && one.state != InstanceState::shutting_down &&
                one.state != InstanceState::terminated)
                what(one);
    });
}

void History::set_status(const std::string& environment, const std::string& status) {
    box_->change_world(region_of(environment), [&](sandbox::World& world) {
        for (auto& one : world.environments)
            if (one.name == environment) one.status = status;
    });
}

void History::terminate(std::size_t index, Instant now) {
    const std::string id = lives[index].id;
    happens(now, id + ": EC2 terminates it");
    set_reach(id, now, false);
    change(id, [](auto& one) { one.state = InstanceState::shutting_down; });
    if (!lives[index].ended) lives[index].ended = now;
    at(now + 60s, [this, id](Instant) {
        box_->change_world(region_of_instance(id), [&](sandbox::World& world) {
            for (auto& one : world.instances)
                if (one.id == id) one.state = InstanceState::terminated;
        });
    });
}

void History::stop_and_start(std::size_t index, Instant now) {
    const std::string id = lives[index].id;
    const Duration pause = chance_.between(2min, 60min);
    happens(now, fmt::format("{}: EC2 stops it, and starts it after {} min", id, pause / 1min));
    set_reach(id, now, false);
    change(id, [](auto& one) { one.state = InstanceState::stopped; });
    lives[index].ended = now;
    at(now + pause, [this, id, model = lives[index].model,
                     environment = lives[index].environment](Instant then) {
        happens(then, id + ": EC2 starts it");
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
            lives.push_back(
                {id, environment, then, std::nullopt, model, {{then, online}}, then, then});
    });
}

// An update of itself: it drops what it runs, and SSM never hears of that.
void History::update_agent(std::size_t index, Instant now) {
    const std::string id = lives[index].id;
    happens(now, id + ": its agent is updated, and drops what it runs");
    lives[index].model->restart_agent();
    change(id, [](auto& one) { one.agent_version += ".1"; });
}

void History::lose_agent(std::size_t index, Instant now) {
    const std::string id = lives[index].id;
    const bool for_good = chance_.one_in(3);
    const Duration pause = chance_.between(1min, 90min);
    happens(now, id + (for_good ? ": its agent is lost for good"
                                : fmt::format(": its agent is lost for {} min", pause / 1min)));
    bool was_online = false;
    change(id, [&was_online](auto& one) {
        was_online = one.agent == AgentState::online;
        if (was_online) one.agent = AgentState::connection_lost;
    });
    set_reach(id, now, false);
    if (!for_good && was_online)
        at(now + pause, [this, id](Instant then) {
            happens(then, id + ": its agent is back");
            set_reach(id, then, true);
            change(id, [](auto& one) {
                if (one.agent == AgentState::connection_lost) one.agent = AgentState::online;
            });
        });
}

// By another operator, with all rights; the answer's text.
std::string History::ask(const std::string& service, sandbox::Headers headers, std::string body) {
    sandbox::HttpRequest request{.method = "POST", .path = "/"};
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.trusted =
        sandbox::TrustedCaller{box_->credential_of("administrator").access_key, service};
    return box_->handle(request).body;
}

std::string History::ask_ssm(const std::string& action_of_ssm, const Json& parameters) {
    return ask("ssm",
               {{"X-Amz-Target", "AmazonSSM." + action_of_ssm},
                {"Content-Type", "application/x-amz-json-1.1"}},
               parameters.dump());
}

void History::others_send(const std::string& script, Instant now) {
    others_send_to(script,
                   {{"Targets",
                     {{{"Key", "tag:elasticbeanstalk:environment-name"},
                       {"Values", {environment_of_others}}}}}},
                   now);
}

void History::others_send_to(const std::string& script, const Json& targets, Instant now) {
    if (is_over_) return; // no run could see it, and the list of commands would lack it
    const std::string logical = script == "wake"   ? "WakeSideKiqDocument"
                                : script == "stop" ? "StopSideKiqDocument"
                                                   : "QuietSideKiqDocument";
    const std::string answer = ask(
        "cloudformation", {{"Content-Type", "application/x-www-form-urlencoded"}},
        "Action=DescribeStackResource&Version=2010-05-15&StackName=snow-white&LogicalResourceId=" +
            logical);
    const std::string tag = "<PhysicalResourceId>";
    const auto begin = answer.find(tag);
    if (begin == std::string::npos) return; // a fault
    const std::string document = answer.substr(
        begin + tag.size(), answer.find('<', begin + tag.size()) - begin - tag.size());
    Json command{{"DocumentName", document}, {"MaxConcurrency", "100%"}, {"MaxErrors", "100%"}};
    command.update(targets);
    happens(now, "another operator: SendCommand " + command.dump());
    command["Comment"] = comment_of_others;
    ask_ssm("SendCommand", command);
}

// Asked when all is over: the answers to the sends themselves may have been faulty.
void History::remember_commands_of_others() {
    is_over_ = true;
    box_->set_faults({});
    clock_.pass(20s); // SSM lists the latest commands late
    Json question = Json::object();
    do {
        const Json page = Json::parse(ask_ssm("ListCommands", question));
        for (const auto& command : page.at("Commands"))
            if (command.value("Comment", "") == comment_of_others)
                commands_of_others.insert(command.at("CommandId"));
        question["NextToken"] = page.value("NextToken", "");
    } while (question["NextToken"] != "");
}

void History::plan_happenings() {
    if (calm_ || chance_.one_in(3)) return;
    if (chance_.one_in(in_two_regions() ? 2 : 4)) disturbed_sweeps_ = chance_.between(1, 3);
    const Duration span = chance_.among(std::vector<Duration>{30s, 10min, 4h});
    for (auto left = chance_.between(1, 5); left > 0; --left)
        plan_happening(chance_.between(Duration{0}, span));
}

// At the worst moment: while each is asked whether it is as it was told to be. And, perhaps, once
// more while the program mends what it found then: in another region, it may be, than at first.
void History::happen_at_a_sweep() {
    if (disturbed_sweeps_ == 0 || chance_.one_in(2)) return;
    --disturbed_sweeps_;
    plan_happening(chance_.between(0s, 5s));
    if (chance_.one_in(2)) plan_happening(chance_.between(0s, 30min));
    if (chance_.one_in(2)) be_out_of_reach(clock_.now() + chance_.between(0s, 2s));
}

// So that what was asked then is answered late, or what is asked next.
void History::be_out_of_reach(Instant from) {
    const Duration lasts = chance_.among(std::vector<Duration>{30s, 5min, 1h});
    const bool away = in_two_regions() && chance_.one_in(2);
    outages_.push_back({away ? other_region : sandbox::home_region, {from, from + lasts}});
    changes.push_back(from + lasts);
    note(from,
         fmt::format("fault: {} is out of reach for {} s", outages_.back().region, lasts / 1s));
    plan_happening(chance_.between(Duration{0}, lasts));
}

bool History::is_out_of_reach(const std::string& region) const {
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

void History::plan_happening(Duration when) {
    const auto kind = chance_.between(1, 12);
    at(clock_.now() + when, [this, kind](Instant now) {
        std::vector<std::size_t> alive;
        for (std::size_t i = 0; i < lives.size(); ++i)
            if (!lives[i].ended && lives[i].environment != "acme-web") alive.push_back(i);
        const std::string environment = chance_.among(environments_there());
        if (kind <= 2 || alive.empty())
            return happens(now, launch(environment, now, false) + ": launched");
        if (crashes_ && chance_.one_in(3)) return cancel_in_flight(now);
        if (crashes_ && chance_.one_in(2)) return lose_processes(chance_.among(alive), now);
        const std::size_t one = chance_.among(alive);
        switch (kind) {
        case 3:
            return terminate(one, now);
        case 4:
            terminate(one, now);
            return happens(now,
                           launch(lives[one].environment, now, false) + ": launched in its place");
        case 5:
            return stop_and_start(one, now);
        case 6:
            happens(now, lives[one].id + ": its workers are restarted");
            return lives[one].model->restart_workers(now);
        case 7:
            happens(now, lives[one].id + ": it reboots");
            return lives[one].model->reboot(now);
        case 8:
            // By the seed: the draws of others stay. An older script cannot say whether it runs.
            return seed % 4 == 1 && lives[one].model->says_what_runs() ? update_agent(one, now)
                                                                       : lose_agent(one, now);
        case 9:
            return deploy(environment, now);
        case 10:
            return others_send(chance_.one_in(2) ? action : "wake", now);
        case 11:
            return replace_environment(now);
        default:
            return end_environment(environment, now);
        }
    });
}

} // namespace simulation
