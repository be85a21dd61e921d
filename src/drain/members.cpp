#include "src/drain/members.hpp"

#include "src/drain/steps.hpp"

namespace snow_white::drain {

using fleet::Agent;
using fleet::Power;

bool add_once(std::vector<std::string>& sentences, const std::string& sentence) {
    if (std::ranges::find(sentences, sentence) != sentences.end()) return false;
    sentences.push_back(sentence);
    return true;
}

bool runs(const Member& member) {
    return member.present && !is_down(member.power);
}

bool claims_success(const Member& member) {
    const Outcome outcome = member.acted.outcome;
    return outcome == Outcome::done || outcome == Outcome::already || outcome == Outcome::completed;
}

bool is_well(Outcome outcome) {
    return outcome == Outcome::done || outcome == Outcome::already || outcome == Outcome::completed ||
           outcome == Outcome::gone || outcome == Outcome::off;
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

fleet::Known known(const State& state) {
    fleet::Known known{.environments = fleet::names_of(state.environments), .vouched = {}};
    for (const auto& [id, member] : state.members)
        if (!member.lost_since && (member.answered || member.agent == Agent::online))
            known.vouched.insert(id);
    return known;
}

void mark_told(State& state, const Order& order) {
    for_each_meant(state, order, [](Member& member) {
        ++member.tries;
        member.in_command = true;
        member.acted = {};
        member.checked.reset();
    });
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

namespace {

// Each member's part of the state becomes its part of the report: there is room for one of them.
std::vector<InstanceReport> reports_of(State& state, Instant now) {
    std::vector<InstanceReport> reports;
    reports.reserve(state.members.size());
    while (!state.members.empty()) {
        auto entry = state.members.extract(state.members.begin());
        Member& member = entry.mapped();
        Finding finding = finding_of(state, member, now);
        reports.push_back({std::move(entry.key()), std::move(member.environment), finding.outcome,
                           std::move(finding.note), std::move(member.workers)});
    }
    return reports;
}

} // namespace

Report judge(State state, Instant now) {
    Report report{.action = state.plan.action,
                  .environments = fleet::names_of(state.environments),
                  .unverified = state.unverified,
                  .warnings = state.warnings,
                  .begun = state.begun,
                  .elapsed = now - state.plan.started};
    report.unverified.insert(report.unverified.end(), state.doubts.begin(), state.doubts.end());
    if (state.begun) report.instances = reports_of(state, now); // else nothing was asked of anybody
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
