#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"

#include "src/drain/machine/doubt.hpp"

namespace snow_white::drain {

namespace {

// Whether no later command to the instance is known. SSM's stamps decide where both commands have
// one. Otherwise the command that was found or sent later is the later one.
bool is_latest(const TrackedInstance& instance, const OpenCommand& command,
               const InvocationResult& invocation) {
    const bool is_its_last = instance.last && instance.last->id == command.id;
    // A command from before EC2 started it anew says nothing about its new workers.
    const bool is_of_before =
        (instance.started_anew_at && command.since < *instance.started_anew_at) ||
        (invocation.end != InvocationEnd::pending && is_younger(instance, command));
    if (!is_its_last && is_of_before) return false;
    if (is_its_last || !instance.last) return true;
    const auto requested = invocation.requested ? invocation.requested : command.requested;
    if (requested && instance.last->requested) return *requested > *instance.last->requested;
    return command.since > instance.last->at; // of two of the same moment one stays the last
}

// None: somebody else's instance, which the command also addresses.
TrackedInstance* tracked(State& state, const OpenCommand& command,
                         const InvocationResult& invocation, Now now) {
    auto* instance = find_instance(state.targets, invocation.id);
    if (instance == nullptr) {
        if (state.targets.sees_instances && !command.only_ours) return nullptr;
        instance = &track_unlisted(state, command, invocation.id, now);
        instance->confirmed = !state.targets.sees_instances;
    }
    // The instance answers, or its agent has taken the command.
    const bool undelivered = invocation.end == InvocationEnd::undelivered;
    if (!undelivered && (invocation.end != InvocationEnd::pending || is_running(invocation)))
        instance->confirmed = true;
    return instance;
}

// What has ended stays ended: a result that says otherwise is an older one.
bool has_ended(const TrackedInstance& instance, const OpenCommand& command) {
    return instance.last && instance.last->id == command.id && !instance.last->open &&
           instance.action_result.outcome != Outcome::pending;
}

// Another's command by batches, which this run follows, has stopped before the instance's turn. A
// wake stops there on purpose; a quiet or a stop of ours knows no batches.
bool is_left_out_by_another(const State& state, const OpenCommand& command,
                            const InvocationResult& invocation) {
    return !command.ours && state.config.action != Action::wake &&
           invocation.end == InvocationEnd::not_begun;
}

// Whether the run still waits for the instance because of this command.
bool apply_to_instance(State& state, OpenCommand& command, const InvocationResult& invocation,
                       Now now) {
    if (command.disregarded.contains(invocation.id)) return false;
    TrackedInstance* instance = tracked(state, command, invocation, now);
    if (instance == nullptr || !is_latest(*instance, command, invocation)) return false;
    if (invocation.end == InvocationEnd::pending && has_ended(*instance, command)) return false;
    if (is_left_out_by_another(state, command, invocation)) {
        command.disregarded.insert(invocation.id);
        if (instance->last && instance->last->id == command.id) instance->last.reset();
        return false;
    }
    if (!instance->last || instance->last->id != command.id) {
        instance->last = LastCommand{.id = command.id, .at = command.since};
        if (instance->lost_script && is_running(invocation))
            instance->last->doubt = Doubt::read_results;
        ++instance->attempts;
        instance->refusals = 0;
        instance->unsent = false;
        instance->verified.reset();
    }
    instance->last->requested = invocation.requested ? invocation.requested : command.requested;
    const bool is_news = instance->last->open; // an answer that was read before is of long ago
    if (end_long_cancel(*instance, invocation, now)) return false;
    apply_invocation(*instance, invocation, state.config.action);
    if (is_news && invocation.line)
        instance->last_count = JobCount{count_jobs(invocation.line->workers), now.wall};
    // SSM delivered it after EC2 started the instance anew: it acts on the new workers. SSM may
    // also call it in progress for ever although nothing of it runs there any more.
    const bool waited_long =
        instance->started_anew_at && now.elapsed >= *instance->started_anew_at + delivery_patience;
    if (waited_long && is_running(invocation)) {
        instance->started_anew_at.reset();
        instance->last->doubt = Doubt::read_results;
    }
    return instance->confirmed;
}

bool is_pending(const InvocationResult& invocation) {
    return invocation.end == InvocationEnd::pending;
}

// The command will not reach instances that its results lack. When it is over, it has not reached
// instances that are still pending either.
void release_missing(Targets& targets, const OpenCommand& command, const CommandResults& results) {
    std::set<InstanceId> reached;
    for (const auto& invocation : results.invocations)
        if (!command.progress.over || !is_pending(invocation)) reached.insert(invocation.id);
    for (auto& [id, instance] : targets.instances)
        if (instance.last && instance.last->id == command.id && instance.last->open &&
            !reached.contains(id))
            instance.last.reset();
}

// False: it is over, and its list lacks somebody.
bool apply_results_of(State& state, OpenCommand& command, const CommandResults& results, Now now) {
    note_cancel(command, results, now);
    command.not_awaited = 0;
    for (const auto& invocation : results.invocations) {
        if (!command.requested) command.requested = invocation.requested;
        const bool awaited = apply_to_instance(state, command, invocation, now);
        if (awaited) settle_doubt(state, command, invocation, now);
        if (!awaited && is_pending(invocation)) ++command.not_awaited;
    }
    // SSM said that it does not know the command, and lists its invocations.
    if (command.unknown_since && std::ranges::any_of(results.invocations, is_pending)) {
        command.unknown_since.reset();
        command.progress.over = false;
    }
    const bool over = command.progress.over;
    // SSM's counts grow at first: until then an instance that is not listed may still be reached.
    const bool grown = now.elapsed >= command.since + list_lag;
    const bool counts = command.progress.targeted > 0 ? over || grown : over && grown;
    if (!counts || !results.known || !is_whole(command, results)) return !over;
    command.list_was_whole = true;
    command.settled = over;
    release_missing(state.targets, command, results);
    return true;
}

} // namespace

int count_listed(const CommandResults& results) {
    std::set<InstanceId> ids; // pages that change meanwhile may show an instance twice
    for (const auto& invocation : results.invocations)
        ids.insert(invocation.id);
    return static_cast<int>(ids.size());
}

bool is_whole(const OpenCommand& command, const CommandResults& results) {
    const auto listed = count_listed(results);
    const auto ended = static_cast<int>(std::ranges::count_if(
        results.invocations, [](const auto& one) { return !is_pending(one); }));
    return listed >= command.progress.targeted && ended >= command.progress.completed &&
           (ended == listed || !command.progress.over);
}

TrackedInstance& track_unlisted(State& state, const OpenCommand& command, const InstanceId& id,
                                Now now) {
    TrackedInstance& instance = state.targets.instances[id];
    if (command.spec.environments.size() == 1)
        instance.environment = command.spec.environments.front();
    if (state.targets.sees_instances) instance.unlisted_since = now.elapsed;
    state.verify_history.fleet_changed = true;
    return instance;
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
        forget_patience(instance);
        instance.not_before.reset();
        instance.refusals = 0;
        instance.unsent = false;
    });
}

bool apply_action_results(State& state, std::vector<CommandResults>& results, Now now) {
    bool complete = true;
    // A tag of ours shows which instances are ours. Only then it is known whether another command,
    // which addresses ids, is about one of ours.
    for (const bool only_ours : {true, false})
        for (auto& one : results) {
            OpenCommand* command = find_command(state.commands, one.id);
            if (command != nullptr && command->only_ours == only_ours)
                complete = apply_results_of(state, *command, one, now) && complete;
        }
    decide_cancels(state.commands);
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
