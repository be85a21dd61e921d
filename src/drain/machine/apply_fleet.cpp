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

// Told once each way: an agent that loses its connection, and one that is heard again.
void set_agent(TrackedInstance& instance, const InstanceId& id, Agent agent, Now now,
               std::vector<Event>& events) {
    if (agent == Agent::unknown) {
        if (instance.agent == Agent::absent) instance.agent = agent; // it may have registered since
        return;
    }
    // SSM's list by tag may lack one whose tag it does not know yet.
    if (agent == Agent::absent && (instance.agent_confirmed || instance.agent == Agent::online))
        return;
    instance.agent = agent;
    if (agent == Agent::lost && !instance.agent_lost_at) {
        instance.agent_lost_at = now.elapsed;
        events.emplace_back(
            Notice{label_of(id, instance) + ": its SSM agent has lost the connection"});
    } else if (agent == Agent::online && instance.agent_lost_at) {
        instance.agent_lost_at.reset();
        if (instance.last && instance.last->open) instance.last->doubt = Doubt::returned;
        events.emplace_back(Notice{label_of(id, instance) + ": its SSM agent answers again"});
    }
}

// An agent that is updated starts anew: what it ran may have ended, and SSM may call it in progress
// for ever.
void set_agent_version(TrackedInstance& instance, const std::string& version) {
    if (version.empty() || version == instance.agent_version) return;
    const bool is_updated = !std::exchange(instance.agent_version, version).empty();
    if (is_updated && instance.last && instance.last->open) instance.last->doubt = Doubt::returned;
}

// Until when an agent may still register. EC2's stamp and our wall clock may differ by minutes, so
// that one that may be young has some minutes from now in any case.
Duration boot_deadline(const fleet::Instance& seen, bool first_look, Now now) {
    if (!seen.launched) return now.elapsed + (first_look ? Duration{0} : Duration{boot_patience});
    const Duration age = now.wall - *seen.launched;
    if (age >= young) return now.elapsed;
    return now.elapsed +
           std::clamp<Duration>(boot_patience - age, first_seen_patience, boot_patience);
}

// EC2 has stopped it and started it, seen in between or not: its workers are new.
bool has_started_anew(const TrackedInstance& before, const fleet::Instance& seen) {
    const bool was_down = before.ec2_state == Ec2State::stopped;
    const bool another_start =
        before.launched && seen.launched && *before.launched != *seen.launched;
    // Of one that no list has shown yet: a command reaches only who was there when it was sent.
    const bool since_its_command = !before.launched && seen.launched && before.last &&
                                   before.last->requested &&
                                   *seen.launched > *before.last->requested;
    return !is_down(seen.ec2_state) && (was_down || another_start || since_its_command);
}

// What was asked of it may still come: SSM delivers a pending command when the agent is back.
void start_anew(TrackedInstance& instance, Now now) {
    const std::string environment = instance.environment;
    const auto last = instance.last;
    instance = {.environment = environment};
    if (last && last->open)
        instance.last = LastCommand{.id = last->id, .at = last->at, .requested = last->requested};
    instance.started_anew_at = now.elapsed;
    instance.boot_deadline = now.elapsed + boot_patience;
}

// What a look tells, and who has left since the one before.
struct Told {
    std::vector<Event> events;
    std::vector<InstanceId> left;

    void note_left(const InstanceId& id, TrackedInstance& instance) {
        instance.left = true;
        left.push_back(id);
    }
};

void set_instance(State& state, const fleet::Instance& seen, Now now, Told& told) {
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
    // Another is often launched in the place of one that goes.
    if (is_down(seen.ec2_state) && exists(instance)) state.verify_history.fleet_changed = true;
    if (is_down(seen.ec2_state) && exists(instance) && !is_new) {
        told.events.emplace_back(
            Notice{label_of(seen.id, instance) + ": stopped or being terminated in EC2"});
        told.note_left(seen.id, instance);
    }
    if (seen.ec2_state != Ec2State::unknown) instance.ec2_state = seen.ec2_state;
    if (seen.launched) instance.launched = seen.launched;
    instance.confirmed = true;
    instance.unlisted_since.reset();
    instance.unknown_to_ec2_since.reset();
    instance.forgotten_by_ec2 = false;
    set_agent(instance, seen.id, seen.agent, now, told.events);
    set_agent_version(instance, seen.agent_version);
}

// Gone is EC2's word: it was asked for the id twice, a minute apart, and nothing answered from
// there meanwhile.
void set_unknown_to_ec2(State& state, const InstanceId& id, Now now, Told& told) {
    const auto found = state.targets.instances.find(id);
    if (found == state.targets.instances.end()) return;
    TrackedInstance& instance = found->second;
    if (!instance.unknown_to_ec2_since) instance.unknown_to_ec2_since = now.elapsed;
    if (now.elapsed - *instance.unknown_to_ec2_since < gone_interval) return;
    if (exists(instance)) told.note_left(id, instance);
    instance.forgotten_by_ec2 = true;
}

// Of an environment that is not in scope, and of none that we track.
bool is_foreign(const State& state, const fleet::Instance& seen) {
    return !is_in_scope(state.targets, seen.environment) &&
           !state.targets.instances.contains(seen.id);
}

// EC2 does not answer, and SSM calls its agent online. Of one that is known only that is news: SSM
// says so for minutes after an instance's end. Where EC2 has never answered, whom a tag has reached
// only its results tell.
void set_heard(State& state, const fleet::Instance& seen, Now now, Told& told) {
    const auto found = state.targets.instances.find(seen.id);
    if (found == state.targets.instances.end()) {
        if (state.targets.sees_instances) set_instance(state, seen, now, told);
    } else if (exists(found->second)) {
        set_agent(found->second, seen.id, seen.agent, now, told.events);
    }
}

void apply_launched(State& state, const std::vector<fleet::Instance>& launched, Now now,
                    Told& told) {
    for (const auto& seen : launched) {
        if (is_foreign(state, seen)) continue;
        if (seen.ec2_state == Ec2State::unknown)
            set_heard(state, seen, now, told);
        else
            set_instance(state, seen, now, told);
    }
}

// Told once, and once when AWS tells of it again.
std::vector<Event> tell_unavailable(std::set<std::string>& known,
                                    const std::vector<fleet::Unavailable>& parts) {
    std::vector<Event> events;
    std::set<std::string> unavailable;
    for (const auto& part : parts) {
        unavailable.insert(part.what);
        if (!known.contains(part.what))
            events.emplace_back(Notice{
                fmt::format("could not watch for {} ({}); asked again", part.what, part.why)});
    }
    for (const auto& what : known)
        if (!unavailable.contains(what))
            events.emplace_back(Notice{"AWS tells of " + what + " again"});
    known = std::move(unavailable);
    return events;
}

std::vector<Event> with_leavers(const State& state, Told told, Now now) {
    auto loud = tell_left(state, told.left, now);
    std::ranges::move(loud, std::back_inserter(told.events));
    return std::move(told.events);
}

} // namespace

std::vector<Event> apply_fleet(State& state, const fleet::FleetSnapshot& fleet, Now now) {
    Told told;
    Targets& targets = state.targets;
    targets.unseen = fleet.unseen;
    told.events = tell_unavailable(state.watch.unseen, fleet.failed);
    if (fleet.knows_environments) apply_environments(state, fleet.environments, now, told.events);
    targets.look_failed = !fleet.failed.empty();
    targets.unproven.clear();
    for (const auto& part : fleet.failed)
        targets.unproven.push_back(fmt::format("{} ({})", part.what, part.why));
    for (const auto& environment : targets.environments)
        if (environment.runs_pods)
            targets.unproven.push_back(pods_out_of_reach(environment.name) + "; " +
                                       std::string(advice_for_pods(state.config.action)));
        else if (!environment.in_scope)
            targets.unproven.push_back("environment " + environment.name +
                                       ", which appeared during the run: nothing was asked of it");
    targets.contradictory = !fleet.instances && targets.sees_instances;
    if (targets.contradictory)
        targets.unproven.emplace_back("which instances there are by now (AWS said so before)");
    if (!fleet.instances) return told.events;
    targets.sees_instances = true;
    std::set<InstanceId> listed;
    for (const auto& seen : *fleet.instances) {
        if (is_foreign(state, seen)) continue;
        set_instance(state, seen, now, told);
        listed.insert(seen.id);
    }
    for (auto& [id, instance] : targets.instances)
        if (!instance.unlisted_since && !listed.contains(id)) instance.unlisted_since = now.elapsed;
    for (const auto& id : fleet.unknown_to_ec2)
        set_unknown_to_ec2(state, id, now, told);
    return with_leavers(state, std::move(told), now);
}

std::vector<Event> apply_changes(State& state, const fleet::Changes& changes, Now now) {
    Told told{.events = tell_unavailable(state.watch.unavailable, changes.unavailable), .left = {}};
    if (changes.environments) apply_environments(state, *changes.environments, now, told.events);
    if (changes.launched) apply_launched(state, *changes.launched, now, told);
    auto& instances = state.targets.instances;
    if (changes.leaving)
        for (const auto& id : *changes.leaving)
            if (const auto found = instances.find(id);
                found != instances.end() && exists(found->second)) {
                found->second.ec2_state =
                    Ec2State::stopped; // or terminated: the next look tells which
                state.verify_history.fleet_changed = true;
                told.events.emplace_back(
                    Notice{label_of(id, found->second) + ": stopped or being terminated in EC2"});
                told.note_left(id, found->second);
            }
    if (!changes.silent) return with_leavers(state, std::move(told), now);
    const std::set<InstanceId> silent(changes.silent->begin(), changes.silent->end());
    for (auto& [id, instance] : instances)
        if (exists(instance) && (silent.contains(id) || instance.agent_lost_at))
            set_agent(instance, id, silent.contains(id) ? Agent::lost : Agent::online, now,
                      told.events);
    return with_leavers(state, std::move(told), now);
}

} // namespace snow_white::drain
