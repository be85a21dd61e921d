#include "src/drain/machine/reducer.hpp"

#include "src/drain/machine/transitions.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

const CallFailure* failure_in(const Response& response) {
    const auto failure = [](const auto& one) { return one.answer ? nullptr : &one.answer.error(); };
    return std::visit(failure, response);
}

bool is_call(const Response& response) {
    return !std::holds_alternative<Answered<Sleep>>(response) &&
           !std::holds_alternative<Answered<AwaitBarrier>>(response);
}

// After a sleep the phase's own effect follows. Only Wait decides then what is due.
bool asks_again(const State& state, const Response& response) {
    return std::holds_alternative<Answered<Sleep>>(response) &&
           !std::holds_alternative<Wait>(state.phase);
}

Next apply(State& state, Response response, Now now) {
    const std::size_t effect = response.index(); // Response and Effect have the same order
    std::vector<Event> events;
    if (const auto* failure = failure_in(response);
        failure && is_retryable(state, *failure, effect, now)) {
        events = extend_outage(state, *failure, effect, now);
        if (!continues_without(state, *failure, now))
            return retry_during_outage(state, *failure, std::move(events), now);
    }
    if (asks_again(state, response)) return {effect_of(state)};
    if (is_call(response) && failure_in(response) == nullptr) {
        state.answered.insert(effect);
        if (state.outage && state.outage->effect == effect) end_outage(state, now, events);
    }
    const auto handle_it = [&](auto& one) { return handle(state, std::move(one), now); };
    return prepend_events(std::move(events), std::visit(handle_it, response));
}

template <std::size_t... places> constexpr bool is_ordered(std::index_sequence<places...>) {
    return (std::is_same_v<std::variant_alternative_t<places, Response>,
                           Answered<std::variant_alternative_t<places, Effect>>> &&
            ...);
}
static_assert(is_ordered(std::make_index_sequence<std::variant_size_v<Response>>{}));

} // namespace

Step initial_step(Config config) {
    State state{.config = config, .phase = Discover{}};
    state.watch.next_poll = changes_interval;
    state.watch.next_discovery = changes_interval;
    state.notices.next_heartbeat = heartbeat_interval;
    Next next = rediscover(state);
    return {std::move(state), std::move(next.effect), std::move(next.events)};
}

Step reduce(State state, Response response, Now now, bool interrupted) {
    Next next = apply(state, std::move(response), now);
    if (std::holds_alternative<DiscoverFleet>(next.effect))
        std::get<Discover>(state.phase).begun = now.elapsed;
    if (std::holds_alternative<FindInFlightCommands>(next.effect))
        std::get<Adopt>(state.phase).begun = now.elapsed;
    if (std::holds_alternative<SendCommand>(next.effect))
        std::get<Send>(state.phase).asked = now.wall;
    // The response counts nevertheless: a command may just have been sent.
    if (interrupted && !std::holds_alternative<Finish>(next.effect))
        next = prepend_events(std::move(next.events),
                              finish_with(state, Verdict::interrupted, "", now));
    add_heartbeat(state, next, now);
    return {std::move(state), std::move(next.effect), std::move(next.events)};
}

void note_job_counts(State& state, const std::map<InstanceId, JobCount>& last_count) {
    for (const auto& [id, count] : last_count) {
        auto* instance = find_instance(state.targets, id);
        if (instance == nullptr) continue;
        auto& known = instance->last_count;
        if (!known || known->at < count.at) known = count;
    }
}

} // namespace snow_white::drain
