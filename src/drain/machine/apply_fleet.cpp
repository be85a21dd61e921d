#include "src/drain/machine/apply_fleet.hpp"

#include "src/drain/machine/leavers.hpp"
#include "src/drain/machine/transitions.hpp"
#include "src/drain/model/pods.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

using fleet::Agent;
using fleet::Ec2State;

// A lost connection is reported once, and so is its return.
void set_agent(TrackedInstance& instance, const InstanceId& id, Agent agent, Now now,
               std::vector<Event>& events) {
    if (agent == Agent::unknown) {
        if (instance.agent == Agent::absent) instance.agent = agent; // it may have registered since
        return;
    }
    // SSM's list by tag may omit an instance whose tag SSM does not know yet.
    if (agent == Agent::absent && (instance.agent_confirmed || instance.agent == Agent::online))
        return;
    instance.agent = agent;
    if (agent == Agent::lost && !instance.agent_lost_at) {
        instance.agent_lost_at = now.elapsed;
        events.emplace_back(
            Notice{label_of(id, instance) + ": its SSM agent has lost the connection"});
    } else if (agent == Agent::online && instance.agent_lost_at) {
        instance.agent_lost_at.reset();
        if (instance.last && instance.last->open) instance.last->doubt = Doubt::read_results;
        events.emplace_back(Notice{label_of(id, instance) + ": its SSM agent answers again"});
    }
}

// An update restarts the agent: the command that it ran may have ended, and SSM may call it in
// progress for ever.
void set_agent_version(TrackedInstance& instance, const std::string& version) {
    if (version.empty() || version == instance.agent_version) return;
    const bool is_updated = !std::exchange(instance.agent_version, version).empty();
    if (is_updated && instance.last && instance.last->open)
        instance.last->doubt = Doubt::read_results;
}

// Until when an agent may still register. EC2's stamp and our wall clock may differ by minutes: a
// possibly young instance has some minutes from now in any case.
Duration boot_deadline(const fleet::Instance& seen, bool is_first, Now now) {
    if (!seen.launched) return now.elapsed + (is_first ? Duration{0} : Duration{boot_patience});
    const Duration age = now.wall - *seen.launched;
    if (age >= booting_age) return now.elapsed;
    return now.elapsed +
           std::clamp<Duration>(boot_patience - age, first_seen_patience, boot_patience);
}

// EC2 has stopped it and started it, whether we saw that or not: its workers are new.
bool has_started_anew(const TrackedInstance& before, const fleet::Instance& seen) {
    const bool was_down = before.ec2_state == Ec2State::stopped;
    const bool another_start =
        before.launched && seen.launched && *before.launched != *seen.launched;
    // No list had it before: a command reaches only instances that run when it is sent.
    const bool since_its_command = !before.launched && seen.launched && before.last &&
                                   before.last->requested &&
                                   *seen.launched > *before.last->requested;
    return !is_down(seen.ec2_state) && (was_down || another_start || since_its_command);
}

// SSM delivers a pending command when the agent is back.
void start_anew(TrackedInstance& instance, Now now) {
    const std::string environment = instance.environment;
    const auto last = instance.last;
    instance = {.environment = environment};
    if (last && last->open)
        instance.last = LastCommand{.id = last->id, .at = last->at, .requested = last->requested};
    instance.started_anew_at = now.elapsed;
    instance.boot_deadline = now.elapsed + boot_patience;
}

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
    targets.unproven.clear();
    for (const auto& part : fleet.failed)
        targets.unproven.push_back(fmt::format("{} ({})", part.what, part.why));
    for (const auto& environment : targets.environments)
        if (environment.runs_pods)
            targets.unproven.push_back(pods_out_of_reach(environment.name) + "; " +
                                       std::string(advice_for_pods(state.config.action)));
        else if (!environment.in_scope)
            targets.unproven.push_back("environment " + environment.name +
                                       ", which appeared during the run: it got no command");
    targets.contradictory = !fleet.instances && targets.sees_instances;
    if (targets.contradictory)
        targets.unproven.emplace_back(
            "which instances there are by now (EC2 listed them before, and does not now)");
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
    if (!changes.silent) return with_leavers(state, std::move(news), now);
    const std::set<InstanceId> silent(changes.silent->begin(), changes.silent->end());
    for (auto& [id, instance] : state.targets.instances) {
        if (!exists(instance)) continue;
        const bool lacks = !silent.contains(id) && instance.agent_lost_at;
        const bool lacked = std::exchange(instance.lacking_among_lost, lacks);
        if (silent.contains(id))
            set_agent(instance, id, Agent::lost, now, news.events);
        else if (lacks && lacked)
            set_agent(instance, id, Agent::online, now, news.events);
    }
    return with_leavers(state, std::move(news), now);
}

} // namespace snow_white::drain
