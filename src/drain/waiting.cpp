#include "src/drain/findings.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>

namespace snow_white::drain {

namespace {

constexpr std::chrono::milliseconds longest_pause{5'000};

std::vector<CommandId> ids_of(const std::vector<Command>& commands) {
    std::vector<CommandId> ids;
    for (const auto& command : commands)
        ids.push_back(command.id);
    return ids;
}

Step read_results(State state, std::vector<Event> events = {}) {
    state.phase = Phase::reading;
    const auto ids = ids_of(state.commands);
    return want(std::move(state), ReadResults{ids}, std::move(events));
}

Step ask_progress(State state) {
    state.asked_for_leaving = false;
    const auto ids = ids_of(state.commands);
    return want(std::move(state), AskProgress{ids});
}

std::ptrdiff_t hopeless_ones(const State& state) {
    return std::ranges::count_if(state.hopeless, [&state](const InstanceId& id) {
        const auto found = state.instances.find(id);
        return found != state.instances.end() && found->second.outcome == Outcome::pending;
    });
}

Step on_progress(State state, const Progress& progress, Instant now) {
    Advanced before{state.errand};
    Advanced after{state.errand};
    bool over = true;
    for (std::size_t i = 0; i < state.commands.size() && i < progress.commands.size(); ++i) {
        before.completed += state.commands[i].progress.completed;
        before.targeted += state.commands[i].progress.targeted;
        state.commands[i].progress = progress.commands[i];
        after.completed += progress.commands[i].completed;
        after.targeted += progress.commands[i].targeted;
        over = over && progress.commands[i].over;
    }
    std::vector<Event> events;
    if (before.completed != after.completed || before.targeted != after.targeted) events.push_back(after);
    const int open = after.targeted - after.completed;
    const bool only_hopeless = after.targeted > 0 && open <= hopeless_ones(state);
    if (over || only_hopeless) return read_results(std::move(state), std::move(events));
    return pause(std::move(state), now, std::move(events));
}

} // namespace

bool time_is_up(const State& state, Instant now) {
    return now >= (state.errand == Errand::act ? state.plan.deadline : state.sweep_deadline);
}

Step pause(State state, Instant now, std::vector<Event> events) {
    const Instant end = state.errand == Errand::act ? state.plan.deadline : state.sweep_deadline;
    const Duration duration = std::clamp<Duration>(end - now, Duration{0}, state.pause);
    state.pause = std::min<Duration>(longest_pause, state.pause * 3 / 2);
    return want(std::move(state), Pause{duration}, std::move(events));
}

Step on_waiting(State state, const Observation& seen, Instant now) {
    if (const auto* progress = std::get_if<Progress>(&seen))
        return on_progress(std::move(state), *progress, now);
    if (const auto* leaving = std::get_if<Leaving>(&seen)) {
        take_in_leaving(state, leaving->instances);
        return ask_progress(std::move(state));
    }
    if (const auto* failed = std::get_if<Failed>(&seen)) {
        if (state.asked_for_leaving) {
            state.looks_for_leaving = failed->kind == Failed::Kind::unavailable;
            return ask_progress(std::move(state));
        }
        if (failed->kind == Failed::Kind::denied) return give_up(state, *failed, now);
        if (failed->kind == Failed::Kind::absent) return read_results(std::move(state));
        return time_is_up(state, now) ? read_results(std::move(state)) : pause(std::move(state), now);
    }
    if (time_is_up(state, now)) return read_results(std::move(state));
    if (state.errand == Errand::act && state.looks_for_leaving && now >= state.next_leaving_look) {
        state.next_leaving_look = now + leaving_interval;
        state.asked_for_leaving = true;
        const auto names = names_of(state.fleet.environments);
        return want(std::move(state), FindLeaving{names});
    }
    return ask_progress(std::move(state));
}

} // namespace snow_white::drain
