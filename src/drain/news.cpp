#include "src/drain/news.hpp"

#include "src/drain/answers.hpp"
#include "src/drain/members.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

using fleet::Agent;
using fleet::Power;

// Told once each way: an agent that falls silent, and one that is heard again.
void set_agent(Member& member, const InstanceId& id, Agent agent, Instant now, std::vector<Event>& events) {
    if (agent == Agent::unknown) return;
    member.agent = agent;
    if (agent == Agent::lost && !member.lost_since) {
        member.lost_since = now;
        events.emplace_back(Noted{
            fmt::format("{} ({}): its SSM agent has lost the connection", id.text, member.environment)});
    } else if (agent == Agent::online && member.lost_since) {
        member.lost_since.reset();
        events.emplace_back(
            Noted{fmt::format("{} ({}): its SSM agent answers again", id.text, member.environment)});
    }
}

void set_instance(State& state, const fleet::Instance& instance, Instant now, std::vector<Event>& events) {
    Member& member = state.members[instance.id];
    const bool was_down = member.present && !runs(member);
    member.present = true;
    member.environment = instance.environment;
    member.power = instance.power;
    if (instance.launched) member.young_until = *instance.launched + boot_patience;
    if (was_down && runs(member))
        member = {.environment = member.environment,
                  .present = true,
                  .power = member.power,
                  .young_until = member.young_until}; // it has started anew
    set_agent(member, instance.id, instance.agent, now, events);
    const auto reached = state.strangers.find(instance.id);
    if (reached == state.strangers.end()) return;
    take_in(member, reached->second);
    state.strangers.erase(reached);
}

void take_in_environments(State& state, const std::vector<fleet::Environment>& now_there) {
    const auto has = [](const auto& list, const std::string& name) {
        return std::ranges::find(list, name, &fleet::Environment::name) != list.end();
    };
    for (const auto& one : now_there) {
        if (one.status != "Ready")
            add_once(state.warnings,
                     fmt::format("environment {} is {}: its instances may change under the command", one.name,
                                 one.status));
        if (!state.environments.empty() && !has(state.environments, one.name))
            add_once(state.warnings, fmt::format("environment {} appeared during the run", one.name));
    }
    for (const auto& one : state.environments)
        if (!has(now_there, one.name))
            add_once(state.warnings,
                     fmt::format("environment {} is listed no more: terminated, or renamed", one.name));
    for (const auto& one : now_there)
        if (!has(state.environments, one.name)) state.environments.push_back(one);
}

} // namespace

std::vector<Event> take_in_fleet(State& state, const fleet::FleetSnapshot& fleet, Instant now) {
    std::vector<Event> events;
    for (const auto& sentence : fleet.unseen)
        add_once(state.unverified, sentence);
    take_in_environments(state, fleet.environments);
    if (!fleet.instances) return events;
    state.sees_instances = true;
    for (auto& [id, member] : state.members)
        member.present = false;
    for (const auto& instance : *fleet.instances)
        set_instance(state, instance, now, events);
    return events;
}

std::vector<Event> take_in_changes(State& state, const fleet::Changes& changes, Instant now) {
    std::vector<Event> events;
    for (const auto& instance : changes.launched)
        set_instance(state, instance, now, events);
    for (const auto& id : changes.leaving)
        if (const auto found = state.members.find(id); found != state.members.end() && runs(found->second)) {
            found->second.power = Power::leaving;
            events.emplace_back(Noted{fmt::format("{} ({}): EC2 has stopped it or takes it away", id.text,
                                                  found->second.environment)});
        }
    const std::set<InstanceId> silent(changes.silent.begin(), changes.silent.end());
    for (auto& [id, member] : state.members)
        if (runs(member) && (silent.contains(id) || member.lost_since))
            set_agent(member, id, silent.contains(id) ? Agent::lost : Agent::online, now, events);
    return events;
}

} // namespace snow_white::drain
