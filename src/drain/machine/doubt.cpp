#include "src/drain/machine/doubt.hpp"

#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

// SSM still calls it in progress, and no script of the action runs there: it ended without a word, and so did
// what any other command began there. One that is young may still be delivered.
void forget_lost(State& state, const InstanceId& id, Now now) {
    TrackedInstance& instance = state.targets.instances.at(id);
    for (auto& command : state.commands)
        if (command.id == instance.last->id || now.elapsed >= command.since + command_life)
            command.disregarded.insert(id);
    instance.silent_since.reset();
    instance.last.reset();
    instance.action_result = {};
    add_once(
        state.notices.warnings,
        fmt::format("{} ({}): its script has ended without a word while its SSM agent was away or updated",
                    id.text, instance.environment));
}

} // namespace

bool runs(const InstanceLine& line, Action action) {
    return std::ranges::find(line.scripts, action, &RunningScript::action) != line.scripts.end();
}

void settle_doubt(State& state, const OpenCommand& command, const InvocationResult& invocation, Now now) {
    const auto found = state.targets.instances.find(invocation.id);
    if (found == state.targets.instances.end() || !found->second.last || found->second.last->id != command.id)
        return;
    const Doubt before = std::exchange(found->second.doubt, Doubt::none);
    if (!is_running(invocation)) return; // it has ended, or is still to be delivered
    if (before == Doubt::returned || before == Doubt::open) found->second.doubt = Doubt::open;
    if (before != Doubt::silent) return;
    const auto since = found->second.silent_since;
    if (since && now.elapsed >= *since + changes_interval)
        forget_lost(state, invocation.id, now);
    else
        found->second.doubt = Doubt::returned;
}

void answer_doubt(State& state, const InstanceId& id, TrackedInstance& instance,
                  const InvocationResult& invocation, Now now) {
    const auto& line = invocation.line;
    const bool tells = line && !line->host.empty();
    const bool is_silent = tells && !runs(*line, state.config.action);
    instance.doubt = is_silent ? Doubt::silent : Doubt::none;
    if (!is_silent)
        instance.silent_since.reset();
    else if (!instance.silent_since)
        instance.silent_since = now.elapsed;
    state.verification->not_as_asked[id] = {Outcome::pending, "its command has not ended"};
}

bool any_doubt(const State& state) {
    return std::ranges::any_of(state.targets.instances, [](const auto& entry) {
        return entry.second.doubt == Doubt::returned || entry.second.doubt == Doubt::silent;
    });
}

} // namespace snow_white::drain
