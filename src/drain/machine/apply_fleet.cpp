#include "src/drain/machine/apply_fleet.hpp"

#include "src/drain/machine/leavers.hpp"
#include "src/drain/machine/listed_instance.hpp"
#include "src/drain/machine/transitions.hpp"
#include "src/drain/model/pods.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

using fleet::Agent;
using fleet::Ec2State;

// The events of one snapshot or poll, and the instances that left EC2 since the previous one.
struct FleetNews {
    std::vector<Event> events;
    std::vector<InstanceId> left;

    void note_left(const InstanceId& id, TrackedInstance& instance) {
        instance.left = true;
        left.push_back(id);
    }

    void report_down(const InstanceId& id, TrackedInstance& instance) {
        events.emplace_back(
            Notice{label_of(id, instance) + ": stopped or being terminated in EC2"});
        note_left(id, instance);
    }
};

void set_instance(State& state, const fleet::Instance& seen, Now now, FleetNews& news) {
    const auto [entry, is_new] = state.targets.instances.try_emplace(seen.id);
    TrackedInstance& instance = entry->second;
    if (!seen.environment.empty()) instance.environment = seen.environment;
    if (is_new) {
        instance.boot_deadline = boot_deadline(seen, !state.may_have_sent, now);
        state.verify_history.fleet_changed =
            state.verify_history.fleet_changed || state.may_have_sent;
    } else if (has_started_anew(instance, seen)) {
        start_anew(instance, now);
        state.verify_history.fleet_changed = true;
    }
    if (is_down(seen.ec2_state) && exists(instance)) {
        state.verify_history.fleet_changed = true; // EC2 often launches another in its place
        if (!is_new) news.report_down(seen.id, instance);
    }
    if (seen.ec2_state != Ec2State::unknown) instance.ec2_state = seen.ec2_state;
    if (seen.launched) instance.launched = seen.launched;
    instance.confirmed = true;
    instance.unlisted_since.reset();
    instance.unknown_to_ec2_since.reset();
    instance.forgotten_by_ec2 = false;
    set_agent(instance, seen.id, seen.agent, now, news.events);
    set_agent_version(instance, seen.agent_version);
    if (!seen.host.empty()) instance.host = seen.host;
}

// An instance is gone when EC2 does not know its id twice, a minute apart, and the instance did not
// answer in between.
void set_unknown_to_ec2(State& state, const InstanceId& id, Now now, FleetNews& news) {
    auto* instance = find_instance(state.targets, id);
    if (instance == nullptr) return;
    if (!instance->unknown_to_ec2_since) instance->unknown_to_ec2_since = now.elapsed;
    if (now.elapsed - *instance->unknown_to_ec2_since < gone_interval) return;
    if (exists(*instance)) news.note_left(id, *instance);
    instance->forgotten_by_ec2 = true;
}

// Its environment is not in scope, and we do not track it.
bool is_foreign(const State& state, const fleet::Instance& seen) {
    return !is_in_scope(state.targets, seen.environment) &&
           !state.targets.instances.contains(seen.id);
}

// EC2 does not answer, and SSM calls the agent online. SSM says so for minutes after an instance's
// end: of a known instance only the agent's state is news. Where EC2 has never answered, only the
// results tell which instances a tag has reached.
void set_online(State& state, const fleet::Instance& seen, Now now, FleetNews& news) {
    auto* instance = find_instance(state.targets, seen.id);
    if (instance == nullptr && state.targets.sees_instances)
        set_instance(state, seen, now, news);
    else if (instance != nullptr && exists(*instance))
        set_agent(*instance, seen.id, seen.agent, now, news.events);
}

void apply_launched(State& state, const std::vector<fleet::Instance>& launched, Now now,
                    FleetNews& news) {
    for (const auto& seen : launched) {
        if (is_foreign(state, seen)) continue;
        if (seen.ec2_state == Ec2State::unknown)
            set_online(state, seen, now, news);
        else
            set_instance(state, seen, now, news);
    }
}

void apply_lost_agents(State& state, const std::vector<InstanceId>& ids, Now now, FleetNews& news) {
    const std::set<InstanceId> lost(ids.begin(), ids.end());
    for (auto& [id, instance] : state.targets.instances) {
        if (!exists(instance)) continue;
        const bool lacks = !lost.contains(id) && instance.agent_lost_at;
        const bool lacked = std::exchange(instance.lacking_among_lost, lacks);
        if (lost.contains(id))
            set_agent(instance, id, Agent::lost, now, news.events);
        else if (lacks && lacked)
            set_agent(instance, id, Agent::online, now, news.events);
    }
}

// Each part is reported once when AWS does not show it, and once when AWS shows it again.
std::vector<Event> notices_of_unavailable(std::set<std::string>& known,
                                          const std::vector<fleet::Unavailable>& parts) {
    std::vector<Event> events;
    std::set<std::string> unavailable;
    for (const auto& part : parts) {
        unavailable.insert(part.what);
        if (!known.contains(part.what))
            events.emplace_back(
                Notice{fmt::format("could not list {} ({}); trying again", part.what, part.why)});
    }
    for (const auto& what : known)
        if (!unavailable.contains(what))
            events.emplace_back(Notice{"AWS lists " + what + " again"});
    known = std::move(unavailable);
    return events;
}

// What the discovery lacks for a success.
std::vector<std::string> unproven_by(const fleet::FleetSnapshot& fleet, const Targets& targets,
                                     Action action) {
    std::vector<std::string> unproven;
    for (const auto& part : fleet.failed)
        unproven.push_back(fmt::format("{} ({})", part.what, part.why));
    for (const auto& environment : targets.environments)
        if (environment.runs_pods)
            unproven.push_back(pods_out_of_reach(environment.name) + "; " +
                               std::string(advice_for_pods(action)));
        else if (!environment.in_scope)
            unproven.push_back("environment " + environment.name +
                               ", which appeared during the run: it got no command");
    if (targets.contradictory)
        unproven.emplace_back(
            "which instances there are by now (EC2 listed them before, and does not now)");
    return unproven;
}

std::vector<Event> with_leavers(const State& state, FleetNews news, Now now) {
    std::ranges::move(notices_of_leavers(state, news.left, now), std::back_inserter(news.events));
    return std::move(news.events);
}

} // namespace

std::vector<Event> apply_fleet(State& state, const fleet::FleetSnapshot& fleet, Now now) {
    FleetNews news;
    Targets& targets = state.targets;
    targets.unavailable = fleet.unavailable;
    news.events = notices_of_unavailable(state.watch.unavailable_to_discovery, fleet.failed);
    if (fleet.knows_environments) apply_environments(state, fleet.environments, now, news.events);
    targets.discovery_failed = !fleet.failed.empty();
    targets.contradictory = !fleet.instances && targets.sees_instances;
    targets.unproven = unproven_by(fleet, targets, state.config.action);
    if (!fleet.instances) return news.events;
    targets.sees_instances = true;
    std::set<InstanceId> listed;
    for (const auto& seen : *fleet.instances) {
        if (is_foreign(state, seen)) continue;
        set_instance(state, seen, now, news);
        listed.insert(seen.id);
    }
    for (auto& [id, instance] : targets.instances)
        if (!instance.unlisted_since && !listed.contains(id)) instance.unlisted_since = now.elapsed;
    for (const auto& id : fleet.unknown_to_ec2)
        set_unknown_to_ec2(state, id, now, news);
    return with_leavers(state, std::move(news), now);
}

std::vector<Event> apply_changes(State& state, const fleet::Changes& changes, Now now) {
    FleetNews news;
    news.events = notices_of_unavailable(state.watch.unavailable_to_poll, changes.unavailable);
    if (changes.environments) apply_environments(state, *changes.environments, now, news.events);
    if (changes.launched) apply_launched(state, *changes.launched, now, news);
    if (changes.leaving)
        for (const auto& id : *changes.leaving)
            if (auto* instance = find_instance(state.targets, id);
                instance != nullptr && exists(*instance)) {
                // Or terminated: the next discovery tells which.
                instance->ec2_state = Ec2State::stopped;
                state.verify_history.fleet_changed = true;
                news.report_down(id, *instance);
            }
    if (changes.silent) apply_lost_agents(state, *changes.silent, now, news);
    return with_leavers(state, std::move(news), now);
}

} // namespace snow_white::drain
