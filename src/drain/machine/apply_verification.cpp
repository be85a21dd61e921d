// Applies the answers to the status document: the verification's value, and each instance's
// finding.
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/doubt.hpp"
#include "src/drain/machine/rules.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snow_white::drain {

namespace {

// The instance's outcome by this worker; none: the worker is as asked.
std::optional<Outcome> contradiction(Action action, const Worker& worker) {
    if (worker.state == WorkerState::booting) return Outcome::booting;
    // It takes jobs again after a SIGCONT.
    if (worker.state == WorkerState::suspended) return Outcome::suspended;
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
    if (worker.pid == 0 && worker.unit.empty() && worker.state != WorkerState::stopped)
        return fmt::format("of the workers that did not fit into its line one is {}",
                           name_of(worker.state));
    return fmt::format("worker {} of {} is {}, {} of {} busy", worker.pid,
                       worker.unit.empty() ? "no unit" : worker.unit, name_of(worker.state),
                       worker.busy, worker.threads);
}

// Compares what an instance says about its workers with what the action promises. done: each worker
// is as asked. Otherwise the note names the worker, or says what is missing.
InstanceFinding check_workers(Action action, const InstanceLine& line) {
    if (line.outcome == Outcome::no_worker) return {Outcome::no_worker, line.note};
    for (const auto& worker : line.workers)
        if (const auto found = contradiction(action, worker)) return {*found, describe(worker)};
    if (line.workers.empty() && line.omitted_workers == 0)
        return {Outcome::unknown, "its line names no worker"};
    if (line.omitted_workers > 0)
        return {Outcome::unknown,
                fmt::format("{} more workers did not fit into its line", line.omitted_workers)};
    return {Outcome::done, {}};
}

// Fewer workers than before is unclear, since a unit may be between two starts. After
// missing_worker_patience it counts, with a warning. Silence before the first such answer does not
// count.
InstanceFinding check(State& state, const InstanceId& id, TrackedInstance& instance,
                      const InstanceLine& line, Now now) {
    InstanceFinding finding = check_workers(state.config.action, line);
    const std::size_t workers = count_workers(line);
    const bool fewer = finding.outcome == Outcome::done && workers < instance.workers_before;
    if (!fewer && finding.outcome != Outcome::no_worker && finding.outcome != Outcome::asleep)
        instance.lacking_since.reset();
    else if (!instance.lacking_since)
        instance.lacking_since = now.elapsed;
    if (!fewer) return finding;
    const std::string sentence =
        fmt::format("it reports {} worker{}, and reported {} before", workers,
                    workers == 1 ? "" : "s", instance.workers_before);
    if (now.elapsed < *instance.lacking_since + missing_worker_patience)
        return {Outcome::unknown, sentence};
    state.notices.warnings.push_back(id.text + ": " + sentence);
    instance.lacking_since.reset(); // a further one that is missing has its own patience
    return finding;
}

// Its document ran to an end there, whatever it printed.
bool has_run(const InvocationResult& invocation) {
    return invocation.line || invocation.end == InvocationEnd::succeeded ||
           invocation.end == InvocationEnd::failed;
}

// A line that reports success counts only if SSM's status agrees.
bool says_what_workers_do(const InvocationResult& invocation) {
    const auto& line = invocation.line;
    return line && is_answer_to(*line, status_word) && line->outcome != Outcome::failed &&
           (invocation.end == InvocationEnd::succeeded || line->outcome != Outcome::done);
}

InstanceFinding finding_without_answer(TrackedInstance& instance,
                                       const InvocationResult& invocation) {
    instance.answers_though_gone = has_run(invocation) && !exists(instance);
    return {Outcome::unknown,
            fmt::format("it did not answer the verification ({}{}{})", invocation.detail,
                        invocation.last_output.empty() ? "" : ": ", invocation.last_output)};
}

InstanceFinding finding_in_answer(State& state, const InstanceId& id, TrackedInstance& instance,
                                  InvocationResult& invocation, Now now) {
    auto& line = invocation.line;
    instance.confirmed = true;
    note_answer(instance, now.elapsed);
    instance.unknown_to_ec2_since.reset(); // it answers, so it is there
    instance.forgotten_by_ec2 = false;
    InstanceFinding finding = check(state, id, instance, *line, now);
    // SSM called the command undelivered, and its script runs: it is awaited while it runs.
    if (instance.action_result.outcome == Outcome::unknown && finding.outcome != Outcome::done &&
        runs(*line, state.config.action)) {
        finding = {Outcome::unknown, "its script runs, although SSM reported it as not delivered"};
        instance.unclear_since = now.elapsed;
    }
    instance.answers_though_gone = !exists(instance) && is_at_work(finding);
    if (is_at_work(finding)) instance.no_retry = false; // it had no worker then
    if (finding.outcome == Outcome::done)
        instance.workers_before = count_workers(*line);
    else // a worker that is missing beside a contradiction stays missing
        instance.workers_before = std::max(instance.workers_before, count_workers(*line));
    instance.last_count = JobCount{count_jobs(line->workers), now.wall};
    instance.workers = std::move(line->workers);
    return finding;
}

// An instance that a tag has missed before is asked by its id, too. Of two answers in one
// verification the one that is not as asked counts, and each counts more than none.
enum class Weight { no_answer, as_asked, not_as_asked };

Weight weight_of(const InstanceFinding& finding, bool answers) {
    if (!answers) return Weight::no_answer;
    return finding.outcome == Outcome::done ? Weight::as_asked : Weight::not_as_asked;
}

void set_verified(State& state, const InstanceId& id, TrackedInstance& instance,
                  InstanceFinding finding, Now now) {
    Verification& verification = *state.verification;
    if (finding.outcome == Outcome::done) {
        verification.not_as_asked.erase(id);
        verification.as_asked.insert(id);
        instance.unclear_since.reset();
        // Its commands have helped: what wakes it later is another matter. A script that ends
        // without a word is not tried once more.
        const bool is_silent = instance.action_result.outcome == Outcome::failed;
        if (instance.last && now.elapsed >= instance.last->at + unclear_patience)
            instance.attempts = std::min(instance.attempts, is_silent ? most_silent_attempts : 1);
    } else {
        verification.as_asked.erase(id);
        verification.not_as_asked[id] = finding;
        if (!instance.unclear_since) instance.unclear_since = now.elapsed;
    }
    instance.verified = std::move(finding);
}

// A terminated instance may stay a target of the tag. On one that runs the document begins and
// ends.
bool shows_life(const InvocationResult& invocation) {
    return has_run(invocation) || is_running(invocation);
}

// The instance that answers; none: somebody else's, or one that does not run any more.
TrackedInstance* instance_that_answers(State& state, const CommandResults& results,
                                       const InvocationResult& invocation, Now now) {
    if (auto* known = find_instance(state.targets, invocation.id)) {
        known->confirmed = known->confirmed || shows_life(invocation);
        return known;
    }
    const OpenCommand* command = find_command(state.verification->commands, results.id);
    if (command == nullptr || !shows_life(invocation)) return nullptr;
    return &track_unlisted(state, *command, invocation.id, now);
}

// `heaviest` of its answers so far.
void apply_answer(State& state, TrackedInstance& instance, InvocationResult& invocation,
                  Weight& heaviest, Now now) {
    const bool answers = says_what_workers_do(invocation);
    InstanceFinding finding =
        answers ? finding_in_answer(state, invocation.id, instance, invocation, now)
                : finding_without_answer(instance, invocation);
    const Weight weight = weight_of(finding, answers);
    if (weight < heaviest) return;
    heaviest = weight;
    set_verified(state, invocation.id, instance, std::move(finding), now);
}

std::string what_it_does(const TrackedInstance& instance, Action action) {
    if (instance.attempts == 0) return "was not reached by a command";
    if (instance.action_result.outcome == Outcome::unknown) return "was not reached by its command";
    return instance.verified->outcome == Outcome::awake
               ? "takes jobs again"
               : fmt::format("is not {} any more", goal_text(action));
}

} // namespace

void apply_verification_results(State& state, std::vector<CommandResults>& results, Now now) {
    Verification& verification = *state.verification;
    const bool by_tag = verification.scope == Verification::Scope::fleet;
    for (auto& [id, instance] : state.targets.instances)
        instance.answers_though_gone = false;
    std::map<InstanceId, Weight> weights;
    for (auto& one : results)
        for (auto& invocation : one.invocations) {
            auto* const instance = instance_that_answers(state, one, invocation, now);
            if (instance == nullptr || invocation.end == InvocationEnd::pending) continue;
            if (doubt_of(*instance) == Doubt::ask && !by_tag && is_awaited(*instance, now.elapsed))
                answer_doubt(state, invocation.id, *instance, invocation, now);
            else
                apply_answer(state, *instance, invocation, weights[invocation.id], now);
        }
    for (auto& [id, instance] : state.targets.instances) {
        if (doubt_of(instance) == Doubt::ask && !by_tag && is_addressed(verification, id)) {
            instance.last->doubt = Doubt::ask_later; // it did not answer
            verification.not_as_asked[id] = {Outcome::pending, "its command has not ended"};
        }
        if (exists(instance) && is_addressed(verification, id) &&
            !verification.as_asked.contains(id) && !verification.not_as_asked.contains(id)) {
            instance.missed_by_tag = instance.missed_by_tag || by_tag;
            set_verified(state, id, instance,
                         {Outcome::unknown, "the verification did not reach it"}, now);
        }
    }
    verification.complete = true;
}

std::vector<Event> notices_of_contradictions(State& state, const std::vector<InstanceId>& ids) {
    std::vector<Event> events;
    std::size_t unnamed = 0;
    for (const auto& id : ids) {
        const TrackedInstance& instance = state.targets.instances.at(id);
        if (!instance.verified || instance.verified->outcome == Outcome::unknown) continue;
        if (events.size() == most_names) {
            ++unnamed;
            continue;
        }
        const std::string sentence = fmt::format(
            "{} {}: {}; {}", label_of(id, instance), what_it_does(instance, state.config.action),
            instance.verified->note,
            instance.attempts == 0 ? "sending it the command" : "sending it the command again");
        add_once(state.notices.warnings, sentence);
        events.emplace_back(Notice{sentence});
    }
    if (unnamed > 0)
        events.emplace_back(Notice{fmt::format("{} more get the command again", unnamed)});
    return events;
}

} // namespace snow_white::drain
