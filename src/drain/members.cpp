#include "src/drain/members.hpp"

#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

using fleet::Agent;
using fleet::Power;

constexpr std::size_t longest_quote = 200; // of an instance's own words

bool runs(const Member& member) {
    return member.present && member.power != Power::off && member.power != Power::leaving;
}

bool claims_success(const Member& member) {
    const Outcome outcome = member.acted.outcome;
    return outcome == Outcome::done || outcome == Outcome::already || outcome == Outcome::completed;
}

Outcome outcome_of(const InstanceLine& line) {
    switch (line.outcome) {
    case LineOutcome::done:
        return line.already ? Outcome::already : Outcome::done;
    case LineOutcome::no_worker:
        return Outcome::no_worker;
    case LineOutcome::busy:
        return Outcome::busy;
    case LineOutcome::failed:
        break;
    }
    return Outcome::failed;
}

// By the action's own command. Its line counts only if SSM's word agrees with it, or if it is the worse one.
Finding finding_of(const Invocation& invocation, const std::optional<InstanceLine>& line) {
    if (line) {
        const bool agreed = (invocation.end == Outcome::done) == (line->outcome == LineOutcome::done);
        if (agreed || line->outcome != LineOutcome::done) return {outcome_of(*line), line->note};
    }
    if (invocation.end == Outcome::done)
        return {Outcome::completed, "SSM reports success; its workers were not seen"};
    const std::string words = last_words(invocation.output).substr(0, longest_quote);
    const bool plain = invocation.detail == "Failed"; // the outcome's own word
    return {invocation.end, words.empty() ? invocation.detail
                            : plain       ? words
                                          : invocation.detail + ": " + words};
}

void take_in(Member& member, const Invocation& invocation) {
    member.in_command = invocation.end == Outcome::pending;
    if (member.in_command) member.acted = {}; // the latest command counts, whatever an earlier one came to
    if (member.in_command) return;
    const auto line = parse_instance_line(invocation.output);
    member.acted = finding_of(invocation, line);
    member.final = line && member.acted.outcome == Outcome::failed;
    if (!line) return;
    member.workers = line->workers;
    member.answered = true;
}

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

// Warned of once: the name and its status make the sentence.
void warn(State& state, std::string sentence) {
    if (std::ranges::find(state.warnings, sentence) == state.warnings.end())
        state.warnings.push_back(std::move(sentence));
}

void take_in_environments(State& state, const std::vector<fleet::Environment>& now_there) {
    const auto has = [](const auto& list, const std::string& name) {
        return std::ranges::find(list, name, &fleet::Environment::name) != list.end();
    };
    for (const auto& one : now_there) {
        if (one.status != "Ready")
            warn(state, fmt::format("environment {} is {}: its instances may change under the command",
                                    one.name, one.status));
        if (!state.environments.empty() && !has(state.environments, one.name))
            warn(state, fmt::format("environment {} appeared during the run", one.name));
    }
    for (const auto& one : state.environments)
        if (!has(now_there, one.name))
            warn(state, fmt::format("environment {} is listed no more: terminated, or renamed", one.name));
    for (const auto& one : now_there)
        if (!has(state.environments, one.name)) state.environments.push_back(one);
}

// A worker that contradicts the action's promise, and what the instance is then.
std::optional<Outcome> contradiction(Action action, const Worker& worker) {
    if (worker.state == WorkerState::booting) return Outcome::booting;
    if (worker.state == WorkerState::suspended) return Outcome::suspended; // a CONT, and it takes jobs
    const bool runs = worker.state == WorkerState::running;
    switch (action) {
    case Action::quiet:
        if (runs) return Outcome::awake;
        return worker.busy > 0 ? std::optional(Outcome::busy) : std::nullopt;
    case Action::wake:
        return runs ? std::nullopt : std::optional(Outcome::asleep);
    case Action::stop:
        if (runs) return Outcome::awake;
        return worker.state == WorkerState::stopped ? std::nullopt : std::optional(Outcome::busy);
    }
    return std::nullopt;
}

std::string describe(const Worker& worker) {
    if (worker.pid == 0 && worker.state != WorkerState::stopped)
        return fmt::format("of the workers that did not fit into its line one is {}", name_of(worker.state));
    return fmt::format("worker {} of {} is {}, {} of {} busy", worker.pid,
                       worker.unit.empty() ? "no unit" : worker.unit, name_of(worker.state), worker.busy,
                       worker.of);
}

std::optional<Finding> check(Action action, const InstanceLine& line) {
    if (line.outcome == LineOutcome::no_worker) return Finding{Outcome::no_worker, line.note};
    for (const auto& worker : line.workers)
        if (const auto found = contradiction(action, worker)) return Finding{*found, describe(worker)};
    if (line.untold > 0)
        return Finding{Outcome::unknown,
                       fmt::format("{} more workers did not fit into its line", line.untold)};
    return std::nullopt;
}

void take_in_check(const State& state, Member& member, const Invocation& invocation) {
    const auto line = parse_instance_line(invocation.output);
    if (line && line->outcome != LineOutcome::failed) {
        member.answered = true;
        member.workers = line->workers;
        // Launched during a wake: it starts awake, and now it is seen to be.
        if (state.plan.action == Action::wake && member.acted.outcome == Outcome::pending)
            member.acted.outcome = Outcome::done;
        if (claims_success(member)) member.checked = check(state.plan.action, *line);
    } else if (claims_success(member) && member.acted.outcome != Outcome::completed) {
        // A completed one never spoke: it stays what it is.
        member.checked =
            Finding{Outcome::unknown, fmt::format("it did not answer the last look ({})", invocation.detail)};
    }
}

} // namespace

bool is_well(Outcome outcome) {
    return outcome == Outcome::done || outcome == Outcome::already || outcome == Outcome::completed ||
           outcome == Outcome::gone || outcome == Outcome::off;
}

std::vector<Event> take_in_fleet(State& state, const fleet::FleetSnapshot& fleet, Instant now) {
    std::vector<Event> events;
    for (const auto& sentence : fleet.unseen)
        if (std::ranges::find(state.unverified, sentence) == state.unverified.end())
            state.unverified.push_back(sentence);
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

void take_in_action(State& state, const std::vector<Invocation>& invocations) {
    for (auto& [id, member] : state.members)
        member.in_command = false;
    for (const auto& invocation : invocations) {
        const auto found = state.members.find(invocation.id);
        if (found != state.members.end())
            take_in(found->second, invocation);
        else if (state.sees_instances)
            state.strangers[invocation.id] = invocation;
        else // nobody says which instances there are: these are some
            take_in(state.members.try_emplace(invocation.id, Member{.present = true}).first->second,
                    invocation);
    }
}

void take_in_status(State& state, const std::vector<Invocation>& invocations) {
    std::set<InstanceId> answered;
    for (const auto& invocation : invocations) {
        const auto found = state.members.find(invocation.id);
        if (found == state.members.end() || invocation.end == Outcome::pending) continue;
        answered.insert(invocation.id);
        take_in_check(state, found->second, invocation);
    }
    for (auto& [id, member] : state.members)
        if (claims_success(member) && !answered.contains(id))
            member.checked = Finding{Outcome::unknown, "the last look did not reach it"};
}

bool is_hopeless(const Member& member, Instant now) {
    return !runs(member) || member.agent == Agent::absent ||
           (member.lost_since && now >= *member.lost_since + lost_patience);
}

bool may_still_come(const Member& member, Instant now) {
    return runs(member) && member.agent == Agent::absent && now < member.young_until;
}

bool needs_acting(const State& state, const Member& member) {
    if (state.plan.action == Action::wake || !runs(member) || member.in_command || member.final ||
        member.agent == Agent::absent || member.lost_since)
        return false;
    if (member.checked) {
        const Outcome outcome = member.checked->outcome;
        return outcome != Outcome::unknown && outcome != Outcome::no_worker && member.tries < tries;
    }
    const Outcome outcome = member.acted.outcome;
    if (outcome == Outcome::failed) return member.tries < tries_unheard;
    return (outcome == Outcome::pending || outcome == Outcome::timed_out ||
            outcome == Outcome::unreachable) &&
           member.tries < tries;
}

bool needs_another_look(const State& state, const Member& member) {
    if (!member.checked || !runs(member)) return false;
    return (member.checked->outcome == Outcome::unknown && !member.lost_since) ||
           (state.plan.action == Action::wake && member.checked->outcome == Outcome::booting);
}

std::vector<InstanceId> to_act_on(const State& state) {
    std::vector<InstanceId> ids;
    for (const auto& [id, member] : state.members) {
        if (member.acted.outcome == Outcome::cancelled) return {}; // somebody wants it to end
        if (needs_acting(state, member)) ids.push_back(id);
    }
    return ids;
}

std::set<InstanceId> vouched(const State& state) {
    std::set<InstanceId> ids;
    for (const auto& [id, member] : state.members)
        if (!member.lost_since && (member.answered || member.agent == Agent::online)) ids.insert(id);
    return ids;
}

bool nobody_spoke(const State& state) {
    const auto is = [&state](Outcome outcome) {
        return std::ranges::any_of(
            state.members, [outcome](const auto& entry) { return entry.second.acted.outcome == outcome; });
    };
    return is(Outcome::completed) &&
           std::ranges::none_of(state.members, [](const auto& entry) { return entry.second.answered; });
}

Finding finding_of(const State& state, const Member& member, Instant now) {
    if (!member.present) return {Outcome::gone, "terminated during the run"};
    if (member.power == Power::leaving) return {Outcome::gone, "EC2 is shutting it down"};
    if (member.power == Power::off) return {Outcome::off, "EC2 has stopped it"};
    if (member.checked) return *member.checked;
    if (member.acted.outcome != Outcome::pending) return member.acted;
    if (member.agent == Agent::absent) return {Outcome::unreachable, "no SSM agent is registered for it"};
    if (member.lost_since) return {Outcome::unreachable, "its SSM agent has lost the connection"};
    if (member.in_command) return {Outcome::pending, "its command has not ended"};
    if (now >= state.plan.deadline) return {Outcome::pending, "not reached before the deadline"};
    if (member.tries == 0) return {Outcome::pending, "nothing was asked of it, as far as was seen"};
    return {Outcome::unreachable, "SSM made no invocation for it"};
}

Report judge(const State& state, Instant now) {
    Report report{.action = state.plan.action,
                  .environments = fleet::names_of(state.environments),
                  .unverified = state.unverified,
                  .warnings = state.warnings,
                  .begun = state.begun,
                  .elapsed = now - state.plan.started};
    report.unverified.insert(report.unverified.end(), state.doubts.begin(), state.doubts.end());
    for (const auto& [id, member] : state.members) {
        if (!state.begun) break; // nothing was asked of anybody
        const Finding finding = finding_of(state, member, now);
        report.instances.push_back({id, member.environment, finding.outcome, finding.note, member.workers});
    }
    const auto any = [&report](auto holds) {
        return std::ranges::any_of(report.instances, holds, &InstanceReport::outcome);
    };
    const bool nothing_known = report.instances.empty() && !state.sees_instances;
    if (any([](Outcome outcome) { return outcome == Outcome::pending; }))
        report.verdict = Verdict::timed_out;
    else if (any([](Outcome outcome) { return outcome == Outcome::cancelled; }))
        report.verdict = Verdict::cancelled;
    else if (!state.doubts.empty() || nothing_known || any([](Outcome outcome) { return !is_well(outcome); }))
        report.verdict = Verdict::partial;
    return report;
}

} // namespace snow_white::drain
