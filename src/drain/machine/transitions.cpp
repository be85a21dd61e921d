#include "src/drain/machine/transitions.hpp"

#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

FindInFlightCommands find_in_flight(const State& state) {
    const auto* lost = lost_send(state);
    return {lost == nullptr ? std::nullopt : std::optional(lost->asked - lookup_margin)};
}

struct EffectOfPhase {
    const State& state;

    Effect operator()(const Discover&) const {
        DiscoverFleet effect{previous_of(state.targets)};
        effect.previous.is_rediscovery = is_under_way(state);
        // An agent that was updated since may have dropped the command that it ran.
        if (!state.watch.refreshes_agents) return effect;
        std::erase_if(effect.previous.agent_confirmed, [this](const InstanceId& id) {
            const auto& last = state.targets.instances.at(id).last;
            return last && last->open;
        });
        return effect;
    }
    Effect operator()(const Adopt& adopt) const {
        if (adopt.unread.empty()) return find_in_flight(state);
        return CollectResults{adopt.unread};
    }
    Effect operator()(const Send& send) const {
        return SendCommand{send.pending.front(),
                           send.purpose == Purpose::act && state.commands_expire};
    }
    Effect operator()(const Wait& wait) const {
        return PollProgress{open_ids(commands_of(state, wait.purpose))};
    }
    Effect operator()(const Collect& collect) const {
        return CollectResults{ids_of(commands_of(state, collect.purpose))};
    }
    Effect operator()(const AwaitPeers& peers) const { return AwaitBarrier{peers.point}; }
};

} // namespace

Next prepend_events(std::vector<Event> events, Next next) {
    events.insert(events.end(), std::make_move_iterator(next.events.begin()),
                  std::make_move_iterator(next.events.end()));
    return {std::move(next.effect), std::move(events)};
}

Effect effect_of(const State& state) {
    return std::visit(EffectOfPhase{state}, state.phase);
}

Next enter(State& state, Phase phase, std::vector<Event> events) {
    state.phase = std::move(phase);
    return {effect_of(state), std::move(events)};
}

Next sleep_for(Duration duration, std::vector<Event> events) {
    return {Sleep{std::max(duration, Duration{0})}, std::move(events)};
}

Next rediscover(State& state, bool peers_ready) {
    return enter(state, Discover{peers_ready});
}

Next rediscover_after(State& state, Duration pause, Now now, std::vector<Event> events) {
    state.phase = Discover{};
    const Duration left = state.config.timeout - now.elapsed;
    return sleep_for(left > Duration{0} ? std::min(pause, left) : pause, std::move(events));
}

Next wait_during_outage(State& state, const Wait& wait, Now now) {
    state.phase = wait;
    const Duration pause = std::min<Duration>(outage_pause, state.config.timeout - now.elapsed);
    return sleep_for(pause);
}

Next wait_on(State& state, Wait wait, Now now, std::vector<Event> events) {
    const Purpose purpose = wait.purpose;
    if (wait.changed_at == Duration{0}) wait.changed_at = now.elapsed;
    state.phase = std::move(wait);
    const Duration left = end_of_waiting(state, purpose) - now.elapsed;
    const Duration pause = std::min(left, poll_interval(state, purpose, now));
    return sleep_for(pause, std::move(events));
}

Next await_peers(State& state, BarrierPoint point) {
    state.reached_barrier = true;
    return enter(state, AwaitPeers{point});
}

Next begin_action(State& state, std::vector<CommandSpec> pending, std::vector<Event> events) {
    std::erase_if(state.commands, &OpenCommand::settled);
    if (state.may_have_sent) state.verify_history.fleet_changed = true;
    state.verify_history.clean_streak = 0;
    state.verify_history.pause = Duration{0};
    // Unclear instances are verified anew after the command: unclear_patience is for answers that
    // follow each other.
    for (auto& [id, instance] : state.targets.instances)
        if (instance.unclear_since) {
            instance.unclear_since.reset();
            instance.verified.reset();
        }
    return enter(state, Adopt{std::move(pending)}, std::move(events));
}

} // namespace snow_white::drain
