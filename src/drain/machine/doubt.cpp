#include "src/drain/machine/doubt.hpp"

#include "src/drain/machine/transitions.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

// SSM calls the command in progress, and no script of the action runs there: it ended without a
// result, and so did older commands. A young command may still be delivered.
void forget_lost_command(State& state, const InstanceId& id, Now now) {
    TrackedInstance& instance = state.targets.instances.at(id);
    for (auto& command : state.commands)
        if (command.id == instance.last->id || now.elapsed >= command.since + command_life)
            command.disregarded.insert(id);
    instance.last.reset();
    instance.lost_script = true;
    instance.action_result = {};
    const std::string label = label_of(id, instance);
    add_once(
        state.notices.warnings,
        label +
            ": its script ended without a result while its SSM agent was disconnected or updated");
}

} // namespace

bool runs(const InstanceLine& line, Action action) {
    return contains(line.scripts, action, &RunningScript::action);
}

void settle_doubt(State& state, const OpenCommand& command, const InvocationResult& invocation,
                  Now now) {
    auto* instance = find_instance(state.targets, invocation.id);
    if (instance == nullptr || !instance->last || instance->last->id != command.id) return;
    LastCommand& last = *instance->last;
    const Doubt before = std::exchange(last.doubt, Doubt::none);
    if (!is_running(invocation)) return; // it has ended, or SSM has not delivered it yet
    if (before == Doubt::read_results || before == Doubt::ask) last.doubt = Doubt::ask;
    if (before == Doubt::ask_later) last.doubt = before;
    if (before != Doubt::read_again) return;
    if (last.silent_twice) return forget_lost_command(state, invocation.id, now);
    const bool is_due = now.elapsed >= *last.silent_since + changes_interval;
    last.doubt = is_due ? Doubt::read_results : Doubt::read_again;
}

void answer_doubt(State& state, const InstanceId& id, TrackedInstance& instance,
                  const InvocationResult& invocation, Now now) {
    const auto& line = invocation.line;
    const bool tells = line && is_answer_to(*line, status_word) && !line->host.empty();
    const bool is_silent = tells && !runs(*line, state.config.action);
    LastCommand& last = *instance.last;
    const bool is_of_older_script = line && !tells;
    last.doubt = is_silent            ? Doubt::read_again
                 : is_of_older_script ? Doubt::none
                                      : Doubt::ask_later;
    if (!is_silent) last.silent_since.reset();
    last.silent_twice = last.silent_since && now.elapsed >= *last.silent_since + changes_interval;
    if (is_silent && !last.silent_since) last.silent_since = now.elapsed;
    state.verification->not_as_asked[id] = {Outcome::pending, "its command has not ended"};
}

void renew_doubts(State& state) {
    for (auto& [id, instance] : state.targets.instances)
        if (doubt_of(instance) == Doubt::ask_later) instance.last->doubt = Doubt::read_results;
}

bool any_doubt(const State& state) {
    return any_instance(state.targets, [](const TrackedInstance& instance) {
        const Doubt doubt = doubt_of(instance);
        return doubt == Doubt::read_results || doubt == Doubt::read_again;
    });
}

} // namespace snow_white::drain
