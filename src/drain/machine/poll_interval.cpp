// How often the progress is polled. In: how long the commands have run, their counts, the calls so
// far. Out: the interval: long after a long wait, short near the end, and within a budget of calls
// that does not grow with the fleet.
#include "src/drain/machine/transitions.hpp"

namespace snow_white::drain {

namespace {

// The next instance that finishes may be the last one.
bool nearly_done(const std::vector<OpenCommand>& commands) {
    const auto sum = sum_of(commands);
    return sum.targeted - sum.completed <= std::max(1, sum.targeted / 20);
}

// The budget is one call in average_call_interval over call_budget_period, or over the time so far
// if that is longer. Polls at the longest interval until then are set aside; the other calls can be
// spent now.
bool within_call_budget(const State& state, Now now) {
    const Duration span = std::max<Duration>(now.elapsed, call_budget_period);
    const Duration rest = span - now.elapsed;
    const auto needed = rest / longest_poll + calls_for_changes * (rest / changes_interval);
    return state.calls_while_waiting + needed + calls_outside_waiting <
           span / average_call_interval;
}

} // namespace

std::optional<Purpose> purpose_of(const Phase& phase) {
    if (const auto* send = std::get_if<Send>(&phase)) return send->purpose;
    if (const auto* wait = std::get_if<Wait>(&phase)) return wait->purpose;
    if (const auto* collect = std::get_if<Collect>(&phase)) return collect->purpose;
    return std::nullopt;
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
    const auto& commands = state.verification->commands; // to send them may have taken minutes
    return (commands.empty() ? state.verification->begun : commands.back().since) + status_patience;
}

// A share of the time so far, since a long wait is likely to go on for long. Each open command
// costs a call: the more there are, the longer the interval.
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
