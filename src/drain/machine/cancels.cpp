#include "src/drain/machine/cancels.hpp"

namespace snow_white::drain {

namespace {

bool any_cancelled(const OpenCommand& command, const CommandResults& results) {
    return std::ranges::any_of(results.invocations, [&command](const InvocationResult& one) {
        return is_being_cancelled(one) && !command.disregarded.contains(one.id);
    });
}

bool goes_on(const InvocationResult& invocation) {
    return invocation.end == InvocationEnd::pending && !is_being_cancelled(invocation);
}

} // namespace

bool is_being_cancelled(const InvocationResult& invocation) {
    return invocation.end == InvocationEnd::cancelled ||
           invocation.detail == "Cancelling"; // SSM's word
}

bool has_cancelled_for_long(const TrackedInstance& instance, Now now) {
    return instance.last && instance.last->open && instance.last->cancelling_since &&
           now.elapsed >= *instance.last->cancelling_since + lost_patience;
}

// An agent that was started anew or updated may have lost the cancel: SSM calls the command
// Cancelling until it expires, perhaps for days.
bool end_long_cancel(TrackedInstance& instance, const InvocationResult& invocation, Now now) {
    auto& since = instance.last->cancelling_since;
    if (invocation.end != InvocationEnd::pending || !is_being_cancelled(invocation)) {
        since.reset();
        return false;
    }
    if (!since) since = now.elapsed;
    if (!has_cancelled_for_long(instance, now)) return false;
    instance.last->open = false;
    instance.action_result = {Outcome::cancelled,
                              "SSM has called its command Cancelling for minutes"};
    return true;
}

bool is_cancelled(const OpenCommand& command, const CommandResults& results) {
    return any_cancelled(command, results) && std::ranges::none_of(results.invocations, goes_on);
}

// A command that was cancelled for some instances while it ran on others is not cancelled.
void note_cancel(OpenCommand& command, const CommandResults& results, Now now) {
    const bool whole = is_cancelled(command, results);
    if (!whole && !command.in_part_since && any_cancelled(command, results))
        command.in_part_since = now.elapsed;
    // SSM needs some time to cancel it on every instance.
    command.cancelled =
        whole && (!command.in_part_since || now.elapsed < *command.in_part_since + list_lag);
}

// Who cancels the action cancels all of its commands, one after the other. A cancel while another
// command goes on is meant for the instances of that one only.
void decide_cancels(std::vector<OpenCommand>& commands) {
    const bool any_goes_on = std::ranges::any_of(commands, [](const OpenCommand& command) {
        return !command.cancelled && !command.progress.over;
    });
    for (auto& command : commands)
        if (command.cancelled && !command.cancel_ends_action)
            command.cancel_ends_action = !any_goes_on;
}

bool is_cancelled(const State& state) {
    return std::ranges::any_of(state.commands, [](const OpenCommand& command) {
        return command.cancelled && command.cancel_ends_action.value_or(false);
    });
}

} // namespace snow_white::drain
