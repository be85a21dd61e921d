// How often AWS is asked for the progress: seldom after a long wait, more often near the end, and
// within a budget of calls that does not grow with the fleet.
#include "src/drain/machine/transitions.hpp"

namespace snow_white::drain {

namespace {

// The next end may well be the last one.
bool nearly_done(const std::vector<OpenCommand>& commands) {
    const auto sum = sum_of(commands);
    return sum.targeted - sum.completed <= std::max(1, sum.targeted / 20);
}

// One call in four seconds makes so many in two hours, or in the time that it has lasted. Of them
// the rest of the way needs what its longest pauses leave room for; the others may be made where
// they are worth most.
bool within_call_budget(const State& state, Now now) {
    const Duration pluralize = std::max<Duration>(now.elapsed, time_of_the_average);
    const Duration rest = pluralize - now.elapsed;
    const auto needed = rest / longest_poll + calls_for_changes * (rest / changes_interval);
    return state.calls_while_waiting + needed + calls_around_a_drain < pluralize / time_a_call;
}

} // namespace

const std::vector<OpenCommand>& commands_of(const State& state, Purpose purpose) {
    return purpose == Purpose::act ? state.commands : state.verification->commands;
}

std::vector<OpenCommand>& commands_of(State& state, Purpose purpose) {
    return purpose == Purpose::act ? state.commands : state.verification->commands;
}

CommandProgress sum_of(const std::vector<OpenCommand>& commands) {
    CommandProgress sum{.over = true};
    for (const auto& command : commands) {
        const int before = std::min(command.ended_before, command.progress.completed);
        sum.targeted += command.progress.targeted - before;
        sum.completed += command.progress.completed - before;
        sum.over = sum.over && command.progress.over;
    }
    return sum;
}

std::vector<CommandId> open_ids(const std::vector<OpenCommand>& commands) {
    std::vector<CommandId> ids;
    for (const auto& command : commands)
        if (!command.progress.over) ids.push_back(command.id);
    return ids;
}

std::vector<CommandId> ids_of(const std::vector<OpenCommand>& commands) {
    std::vector<CommandId> ids;
    for (const auto& command : commands)
        ids.push_back(command.id);
    return ids;
}

Duration end_of_waiting(const State& state, Purpose purpose) {
    if (purpose == Purpose::act) return state.config.timeout;
    const Verification& verification =
        *state.verification; // its SendCommand may have taken minutes
    return (verification.commands.empty() ? verification.begun
                                          : verification.commands.back().since) +
           status_patience;
}

// A share of the time that has been waited so far: who has waited for long is likely to wait for
// long. One question for each open command: the more there are, the slower they are asked.
Duration poll_interval(const State& state, Purpose purpose, Now now) {
    const auto& commands = commands_of(state, purpose);
    const Duration waited = commands.empty() ? Duration{0} : now.elapsed - commands.front().since;
    const auto open =
        static_cast<Duration::rep>(std::max<std::size_t>(1, open_ids(commands).size()));
    if (purpose == Purpose::verify)
        return open * std::clamp<Duration>(waited / 2, shortest_poll_of_verification, longest_poll);
    const Duration by_age = std::clamp<Duration>(waited / 120, shortest_poll, longest_poll);
    return open * (nearly_done(commands) && within_call_budget(state, now)
                       ? std::min<Duration>(by_age, poll_near_the_end)
                       : by_age);
}

} // namespace snow_white::drain
