#include "src/drain/answers.hpp"

#include "src/drain/members.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

constexpr std::size_t longest_quote = 200; // of an instance's own words

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
Finding finding_of(const Invocation& invocation) {
    if (const auto& line = invocation.line) {
        const bool agreed = (invocation.end == Outcome::done) == (line->outcome == LineOutcome::done);
        if (agreed || line->outcome != LineOutcome::done) return {outcome_of(*line), line->note};
    }
    if (invocation.end == Outcome::done)
        return {Outcome::completed, "SSM reports success; its workers were not seen"};
    if (invocation.detail == "Terminated") // SSM's word for a turn that never came
        return {Outcome::failed, "not begun: one of an earlier batch failed"};
    const std::string& words = invocation.words;
    const bool plain = invocation.detail == "Failed"; // the outcome's own word
    return {invocation.end, words.empty() ? invocation.detail
                            : plain       ? words
                                          : invocation.detail + ": " + words};
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

void take_in_check(const State& state, Member& member, Invocation& invocation) {
    auto& line = invocation.line;
    if (line && line->outcome != LineOutcome::failed) {
        member.answered = true;
        // Launched during a wake: it starts awake, and now it is seen to be.
        if (state.plan.action == Action::wake && member.acted.outcome == Outcome::pending)
            member.acted.outcome = Outcome::done;
        if (claims_success(member)) member.checked = check(state.plan.action, *line);
        member.workers = std::move(line->workers);
    } else if (claims_success(member) && member.acted.outcome != Outcome::completed) {
        // A completed one never spoke: it stays what it is.
        member.checked =
            Finding{Outcome::unknown, fmt::format("it did not answer the last look ({})", invocation.detail)};
    }
}

} // namespace

Invocation heard(InstanceId id, Outcome end, std::string detail, const std::string& output,
                 std::optional<Instant> requested) {
    Invocation invocation{std::move(id), end, std::move(detail), parse_instance_line(output), {}, requested};
    if (!invocation.line || end != Outcome::done)
        invocation.words = last_words(output).substr(0, longest_quote);
    return invocation;
}

void take_in(Member& member, Invocation& invocation) {
    member.in_command = invocation.end == Outcome::pending;
    if (member.in_command) member.acted = {}; // the latest command counts, whatever an earlier one came to
    if (member.in_command) return;
    member.acted = finding_of(invocation);
    member.final = invocation.line && member.acted.outcome == Outcome::failed;
    if (!invocation.line) return;
    member.workers = std::move(invocation.line->workers);
    member.answered = true;
}

void take_in_action(State& state, std::vector<Invocation>& invocations) {
    for (auto& [id, member] : state.members)
        member.in_command = false;
    for (auto& invocation : invocations) {
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

void take_in_status(State& state, std::vector<Invocation>& invocations) {
    std::set<InstanceId> answered;
    for (auto& invocation : invocations) {
        const auto found = state.members.find(invocation.id);
        if (found == state.members.end() || invocation.end == Outcome::pending) continue;
        answered.insert(invocation.id);
        take_in_check(state, found->second, invocation);
    }
    for (auto& [id, member] : state.members)
        if (claims_success(member) && !answered.contains(id))
            member.checked = Finding{Outcome::unknown, "the last look did not reach it"};
}

} // namespace snow_white::drain
