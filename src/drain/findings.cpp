#include "src/drain/findings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace snow_white::drain {

namespace {

constexpr std::size_t longest_quote = 200; // of an instance's own words

// The fleet is kept in the order of ids: see take_in_fleet.
const fleet::Instance* find_in_fleet(const State& state, const InstanceId& id) {
    if (!state.fleet.instances) return nullptr;
    const auto found = std::ranges::lower_bound(*state.fleet.instances, id, {}, &fleet::Instance::id);
    return found == state.fleet.instances->end() || found->id != id ? nullptr : &*found;
}

bool can_end_no_command(const fleet::Instance& instance) {
    return instance.agent == fleet::Agent::lost || instance.power == fleet::Power::off ||
           instance.power == fleet::Power::leaving;
}

InstanceReport& report_of(State& state, const InstanceId& id) {
    auto& report = state.instances[id];
    report.id = id;
    return report;
}

void set(InstanceReport& report, Outcome outcome, std::string note) {
    report.outcome = outcome;
    report.note = std::move(note);
}

Outcome outcome_of(LineOutcome outcome) {
    switch (outcome) {
    case LineOutcome::done:
        return Outcome::done;
    case LineOutcome::no_worker:
        return Outcome::no_worker;
    case LineOutcome::busy:
        return Outcome::busy;
    case LineOutcome::failed:
        return Outcome::failed;
    }
    return Outcome::failed;
}

// A worker that contradicts the action's promise, and what the instance is then.
std::optional<Outcome> contradiction(Action action, const Worker& worker) {
    const bool takes_jobs = worker.state == WorkerState::running || worker.state == WorkerState::booting ||
                            worker.state == WorkerState::suspended; // a CONT, and it takes jobs
    switch (action) {
    case Action::quiet:
        if (takes_jobs) return Outcome::awake;
        return worker.busy > 0 ? std::optional(Outcome::busy) : std::nullopt;
    case Action::wake:
        return worker.state == WorkerState::running ? std::nullopt : std::optional(Outcome::asleep);
    case Action::stop:
        if (takes_jobs) return Outcome::awake;
        return worker.state == WorkerState::stopped ? std::nullopt : std::optional(Outcome::busy);
    }
    return std::nullopt;
}

std::string describe(const Worker& worker) {
    return fmt::format("worker {} of {} is {}, {} of {} busy", worker.pid,
                       worker.unit.empty() ? "no unit" : worker.unit, name_of(worker.state), worker.busy,
                       worker.of);
}

void check_against(Action action, InstanceReport& report, const InstanceLine& line) {
    report.workers = line.workers;
    if (line.outcome == LineOutcome::no_worker) return set(report, Outcome::no_worker, line.note);
    for (const auto& worker : line.workers)
        if (const auto found = contradiction(action, worker)) return set(report, *found, describe(worker));
}

} // namespace

bool is_well(Outcome outcome) {
    return outcome == Outcome::done || outcome == Outcome::completed || outcome == Outcome::gone ||
           outcome == Outcome::off;
}

void take_in_fleet(State& state, const fleet::FleetSnapshot& fleet) {
    state.fleet = fleet;
    for (const auto& sentence : fleet.unseen)
        if (std::ranges::find(state.unverified, sentence) == state.unverified.end())
            state.unverified.push_back(sentence);
    if (!state.fleet.instances) return;
    std::ranges::sort(*state.fleet.instances, {}, &fleet::Instance::id);
    for (const auto& instance : *state.fleet.instances) {
        if (can_end_no_command(instance))
            state.hopeless.insert(instance.id);
        else
            state.hopeless.erase(instance.id);
        auto& report = report_of(state, instance.id);
        report.environment = instance.environment;
        if (instance.power == fleet::Power::off) set(report, Outcome::off, "EC2 has stopped it");
        if (instance.power == fleet::Power::leaving) set(report, Outcome::gone, "EC2 is shutting it down");
    }
    for (auto& [id, report] : state.instances)
        if (find_in_fleet(state, id) == nullptr) set(report, Outcome::gone, "terminated during the run");
}

void take_in_action(State& state, const Invocation& invocation) {
    if (invocation.end == Outcome::pending) return;
    auto& report = report_of(state, invocation.id);
    const auto line = parse_instance_line(invocation.output);
    if (line) {
        report.workers = line->workers;
        const bool agreed = (invocation.end == Outcome::done) == (line->outcome == LineOutcome::done);
        if (agreed || line->outcome != LineOutcome::done)
            return set(report, outcome_of(line->outcome), line->note);
    }
    if (invocation.end == Outcome::done)
        return set(report, Outcome::completed, "SSM reports success; its workers were not seen");
    const std::string words = last_words(invocation.output).substr(0, longest_quote);
    const bool plain = invocation.detail == "Failed"; // the outcome's own word
    set(report, invocation.end,
        words.empty() ? invocation.detail
        : plain       ? words
                      : invocation.detail + ": " + words);
}

void take_in_status(State& state, const Invocation& invocation) {
    auto& report = report_of(state, invocation.id);
    const auto line = parse_instance_line(invocation.output);
    if (report.outcome != Outcome::done && report.outcome != Outcome::completed) {
        if (line) report.workers = line->workers; // the outcome stands; who still runs what is news
    } else if (line && line->outcome != LineOutcome::failed) {
        check_against(state.plan.action, report, *line);
    } else if (report.outcome == Outcome::done) { // a completed one never spoke: it stays what it is
        set(report, Outcome::unreachable, fmt::format("it did not answer the check ({})", invocation.detail));
    }
}

void doubt_the_silent(State& state, const std::vector<Invocation>& answers) {
    std::set<InstanceId> answered;
    for (const auto& invocation : answers)
        answered.insert(invocation.id);
    for (auto& [id, report] : state.instances)
        if ((report.outcome == Outcome::done || report.outcome == Outcome::completed) &&
            !answered.contains(id))
            set(report, Outcome::unreachable, "the check did not reach it");
}

void take_in_leaving(State& state, const std::vector<InstanceId>& leaving) {
    state.leaving = {leaving.begin(), leaving.end()};
    state.hopeless.insert(leaving.begin(), leaving.end());
}

void settle_pending(State& state, bool at_deadline) {
    for (auto& [id, report] : state.instances) {
        if (report.outcome != Outcome::pending) continue;
        const auto* instance = find_in_fleet(state, id);
        if (state.leaving.contains(id))
            set(report, Outcome::gone, "EC2 has stopped or terminated it");
        else if (instance != nullptr && instance->agent == fleet::Agent::absent)
            set(report, Outcome::unreachable, "no SSM agent is registered for it");
        else if (instance != nullptr && instance->agent == fleet::Agent::lost)
            set(report, Outcome::unreachable, "its SSM agent has lost the connection");
        else if (at_deadline)
            report.note = "still running at the deadline";
        else if (state.plan.action == Action::wake && instance != nullptr &&
                 instance->agent == fleet::Agent::online)
            set(report, Outcome::completed, "launched during the wake: it starts awake");
        else
            set(report, Outcome::unreachable, "SSM made no invocation for it");
    }
}

bool nobody_spoke(const State& state) {
    const auto is = [&state](Outcome outcome) {
        return std::ranges::any_of(state.instances,
                                   [outcome](const auto& entry) { return entry.second.outcome == outcome; });
    };
    return is(Outcome::completed) && !is(Outcome::done) && !is(Outcome::no_worker) && !is(Outcome::busy);
}

Report judge(const State& state, Instant now) {
    Report report{.action = state.plan.action,
                  .environments = names_of(state.fleet.environments),
                  .unverified = state.unverified,
                  .warnings = state.warnings,
                  .elapsed = now - state.plan.started};
    report.unverified.insert(report.unverified.end(), state.doubts.begin(), state.doubts.end());
    for (const auto& [id, instance] : state.instances)
        report.instances.push_back(instance);
    const auto any = [&report](auto holds) {
        return std::ranges::any_of(report.instances, holds, &InstanceReport::outcome);
    };
    const bool nothing_known = report.instances.empty() && !state.fleet.instances;
    if (any([](Outcome outcome) { return outcome == Outcome::pending; }))
        report.verdict = Verdict::timed_out;
    else if (any([](Outcome outcome) { return outcome == Outcome::cancelled; }))
        report.verdict = Verdict::cancelled;
    else if (!state.doubts.empty() || nothing_known || any([](Outcome outcome) { return !is_well(outcome); }))
        report.verdict = Verdict::partial;
    return report;
}

} // namespace snow_white::drain
