#include "src/drain/machine/apply_results.hpp"

#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/contradictions.hpp"
#include "src/drain/machine/doubt.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

constexpr const char* not_begun = "Terminated"; // SSM's word for a turn that never came
constexpr std::size_t longest_quote = 200;      // of an instance's own words

Outcome outcome_of(const InstanceLine& line) {
    switch (line.outcome) {
    case InstanceOutcome::done:
        return line.already ? Outcome::already : Outcome::done;
    case InstanceOutcome::no_worker:
        return Outcome::no_worker;
    case InstanceOutcome::busy:
        return Outcome::busy;
    case InstanceOutcome::failed:
        break;
    }
    return Outcome::failed;
}

// Its line counts only if SSM's word agrees with it, or if it is the worse one.
InstanceFinding finding_in(const InvocationResult& invocation, Action action) {
    if (const auto& line = invocation.line) {
        // Who starts the task may name another document as the action's.
        if (!is_answer_to(*line, name_of(action)))
            return {Outcome::failed,
                    fmt::format("the document is not that of a {}: it answers as \"{}\"",
                                name_of(action), line->action)};
        const bool agreed =
            (invocation.end == Outcome::done) == (line->outcome == InstanceOutcome::done);
        if (agreed || line->outcome != InstanceOutcome::done)
            return {outcome_of(*line), line->note};
    }
    if (invocation.end == Outcome::done)
        return {Outcome::completed, "SSM reports success; its workers were not seen"};
    if (invocation.detail == not_begun)
        return {Outcome::failed, "not begun: one of an earlier batch failed"};
    if (invocation.end == Outcome::unknown)
        return {Outcome::unknown,
                "not known whether its command ran: SSM says " + invocation.detail};
    const std::string& words = invocation.last_output;
    const bool plain = invocation.detail == "Failed"; // the outcome's own word
    return {invocation.end, words.empty() ? invocation.detail
                            : plain       ? words
                                          : invocation.detail + ": " + words};
}

// Whether this command is, as far as can be told, the latest that was asked of the instance. SSM's
// stamps decide where both have one; else a command that was found or sent later is the later one.
bool is_latest(const TrackedInstance& instance, const OpenCommand& command,
               const InvocationResult& invocation) {
    const bool is_its_last = instance.last && instance.last->id == command.id;
    // What had ended there before EC2 started it anew says nothing about its new workers.
    if (!is_its_last && instance.started_anew_at && command.since < *instance.started_anew_at)
        return false;
    if (is_its_last || !instance.last) return true;
    const auto requested = invocation.requested ? invocation.requested : command.requested;
    if (requested && instance.last->requested) return *requested >= *instance.last->requested;
    return command.since >= instance.last->at;
}

// An instance that the tag reaches and no list shows. It is ours, for all that it names is.
TrackedInstance& track_unlisted(Targets& targets, const OpenCommand& command, const InstanceId& id,
                                Now now) {
    TrackedInstance& instance = targets.instances[id];
    if (command.spec.environments.size() == 1)
        instance.environment = command.spec.environments.front();
    if (!targets.sees_instances) return instance; // nobody says which there are: these are some
    instance.confirmed = false;
    instance.unlisted_since = now.elapsed;
    return instance;
}

// None: of somebody else's instances, in a command that was sent to those as well.
TrackedInstance* tracked(State& state, const OpenCommand& command,
                         const InvocationResult& invocation, Now now) {
    Targets& targets = state.targets;
    auto found = targets.instances.find(invocation.id);
    if (found == targets.instances.end()) {
        if (targets.sees_instances && !command.only_ours) return nullptr;
        track_unlisted(targets, command, invocation.id, now);
        found = targets.instances.find(invocation.id);
        state.verify_history.fleet_changed = true;
    }
    // Somebody answers there, or an agent has taken the command.
    const bool undelivered = invocation.end == Outcome::unknown;
    if (!undelivered && (invocation.end != Outcome::pending || is_running(invocation)))
        found->second.confirmed = true;
    return &found->second;
}

// What has ended stays ended: an answer that says else is an older one.
bool has_ended(const TrackedInstance& instance, const OpenCommand& command) {
    return instance.last && instance.last->id == command.id && !instance.last->open &&
           instance.action_result.outcome != Outcome::pending;
}

// Whether the instance is still waited for because of this command.
bool apply_to(State& state, const OpenCommand& command, const InvocationResult& invocation,
              Now now) {
    if (command.disregarded.contains(invocation.id)) return false;
    TrackedInstance* instance = tracked(state, command, invocation, now);
    if (instance == nullptr || !is_latest(*instance, command, invocation)) return false;
    if (invocation.end == Outcome::pending && has_ended(*instance, command)) return false;
    if (!instance->last || instance->last->id != command.id) {
        instance->last = LastCommand{.id = command.id, .at = command.since};
        if (instance->lost_script && is_running(invocation))
            instance->last->doubt = Doubt::returned;
        ++instance->attempts;
        instance->verified.reset();
    }
    instance->last->requested = invocation.requested ? invocation.requested : command.requested;
    const bool is_news = instance->last->open; // read again, it says nothing of now
    apply_invocation(*instance, invocation, state.config.action);
    if (is_news && invocation.line)
        instance->heard = JobCount{count_jobs(invocation.line->workers), now.wall};
    // Delivered after EC2 started it anew: it acts there now.
    const bool waited_long =
        instance->started_anew_at && now.elapsed >= *instance->started_anew_at + delivery_patience;
    if (waited_long && is_running(invocation)) {
        instance->started_anew_at.reset();
        instance->last->doubt =
            Doubt::returned; // SSM may call it so for ever: nothing of it runs there any more
    }
    return instance->confirmed;
}

bool is_pending_somewhere(const CommandResults& results) {
    return std::ranges::any_of(results.invocations, [](const InvocationResult& invocation) {
        return invocation.end == Outcome::pending;
    });
}

// The command is not about to reach those that its results lack; when it has ended, nor those that
// are said to be at it still.
void release_missing(Targets& targets, const OpenCommand& command, const CommandResults& results) {
    std::set<InstanceId> at_it;
    for (const auto& invocation : results.invocations)
        if (!command.progress.over || invocation.end != Outcome::pending)
            at_it.insert(invocation.id);
    for (auto& [id, instance] : targets.instances)
        if (instance.last && instance.last->id == command.id && instance.last->open &&
            !at_it.contains(id))
            instance.last.reset();
}

} // namespace

bool is_running(const InvocationResult& invocation) {
    return invocation.end == Outcome::pending && invocation.detail == "InProgress";
}

// Pages that change meanwhile show somebody twice.
int count_listed(const CommandResults& results) {
    std::set<InstanceId> ids;
    for (const auto& invocation : results.invocations)
        ids.insert(invocation.id);
    return static_cast<int>(ids.size());
}

bool is_whole(const OpenCommand& command, const CommandResults& results) {
    const auto listed = count_listed(results);
    const auto ended = static_cast<int>(std::ranges::count_if(
        results.invocations, [](const auto& one) { return one.end != Outcome::pending; }));
    return listed >= command.progress.targeted && ended >= command.progress.completed &&
           (ended == listed || !command.progress.over);
}

InvocationResult make_invocation_result(InstanceId id, Outcome end, std::string detail,
                                        const std::string& output,
                                        std::optional<Instant> requested) {
    InvocationResult invocation{
        std::move(id), end, std::move(detail), parse_instance_line(output), {}, requested};
    if (!invocation.line || end != Outcome::done)
        invocation.last_output = last_output_line(output).substr(0, longest_quote);
    return invocation;
}

void mark_commanded(Targets& targets, const OpenCommand& command) {
    for_each_in(targets, command.spec, [&](const InstanceId&, TrackedInstance& instance) {
        // A tag does not reach an instance that has never registered with SSM.
        if (command.spec.instances.empty() && instance.agent == fleet::Agent::absent) return;
        ++instance.attempts;
        instance.last = LastCommand{
            .id = command.id, .at = command.since, .requested = command.requested, .open = true};
        instance.action_result = {};
        instance.verified.reset();
        instance.unclear_since.reset();
        instance.not_before.reset();
        instance.refusals = 0;
    });
}

void apply_invocation(TrackedInstance& instance, const InvocationResult& invocation,
                      Action action) {
    instance.last = instance.last.value_or(LastCommand{});
    instance.last->open = invocation.end == Outcome::pending;
    if (instance.last->open) {
        instance.action_result = {}; // the latest command counts, whatever an earlier one came to
        return;
    }
    instance.not_begun = invocation.detail == not_begun;
    instance.action_result = finding_in(invocation, action);
    const auto& line = invocation.line;
    instance.no_retry = line && instance.action_result.outcome == Outcome::no_worker;
    if (!line) return;
    instance.workers = line->workers;
    instance.workers_before = std::max(instance.workers_before, count_workers(*line));
    confirm_agent(instance);
}

namespace {

// False: it is over, and its list lacks somebody.
bool apply_results_of(State& state, OpenCommand& command, const CommandResults& results, Now now) {
    note_cancel(command, results, now);
    command.not_awaited = 0;
    for (const auto& invocation : results.invocations) {
        const bool awaited = apply_to(state, command, invocation, now);
        if (awaited) settle_doubt(state, command, invocation, now);
        if (!awaited && invocation.end == Outcome::pending) ++command.not_awaited;
    }
    if (command.unknown_since && is_pending_somewhere(results)) { // SSM knows it all the same
        command.unknown_since.reset();
        command.progress.over = false;
    }
    const bool over = command.progress.over;
    // Its counts have grown for long enough: whoever is not listed was not reached.
    const bool grown = now.elapsed >= command.since + list_lag;
    const bool counts = command.progress.targeted > 0 ? over || grown : over && grown;
    if (!counts || !results.known || !is_whole(command, results)) return !over;
    command.list_was_whole = true;
    command.settled = over;
    release_missing(state.targets, command, results);
    return true;
}

} // namespace

bool apply_action_results(State& state, std::vector<CommandResults>& results, Now now) {
    bool complete = true;
    // Whom a tag of ours has reached is ours: only then another command that names its id is known
    // to be about one of ours.
    for (const bool only_ours : {true, false})
        for (auto& one : results) {
            OpenCommand* command = find_command(state.commands, one.id);
            if (command != nullptr && command->only_ours == only_ours)
                complete = apply_results_of(state, *command, one, now) && complete;
        }
    return complete;
}

void release_unreported(State& state, const std::vector<CommandResults>& results) {
    for (const auto& one : results)
        if (OpenCommand* command = find_command(state.commands, one.id);
            command != nullptr && command->progress.over) {
            command->settled = true;
            release_missing(state.targets, *command, one);
        }
}

} // namespace snow_white::drain
