#include "src/drain/machine/transitions.hpp"

#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

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
        if (!adopt.unread.empty()) return CollectResults{adopt.unread};
        const auto* lost = lost_send(state);
        return FindInFlightCommands{lost == nullptr ? std::nullopt
                                                    : std::optional(lost->asked - lookup_margin)};
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
    Effect operator()(const Confirm&) const { return ReadSidekiq{}; }
};

} // namespace

Next prepend_events(std::vector<Event> events, Next next) {
    std::ranges::move(next.events, std::back_inserter(events));
    return {std::move(next.effect), std::move(events)};
}

Effect effect_of(const State& state) {
    return std::visit(EffectOfPhase{state}, state.phase);
}

Next enter(State& state, Phase phase) {
    state.phase = std::move(phase);
    return {effect_of(state)};
}

Next sleep_for(Duration duration) {
    return {Sleep{std::max(duration, Duration{0})}};
}

Next rediscover(State& state, bool peers_ready) {
    return enter(state, Discover{peers_ready});
}

Next rediscover_after(State& state, Duration pause, Now now) {
    state.phase = Discover{};
    const Duration left = state.config.timeout - now.elapsed;
    return sleep_for(left > Duration{0} ? std::min(pause, left) : pause);
}

Next wait_during_outage(State& state, const Wait& wait, Now now) {
    state.phase = wait;
    return sleep_for(std::min<Duration>(outage_pause, state.config.timeout - now.elapsed));
}

Next wait_on(State& state, Wait wait, Now now) {
    if (wait.changed_at == Duration{0}) wait.changed_at = now.elapsed;
    // What interrupted the wait does not put the count off.
    const Duration next = now.elapsed + poll_interval(state, wait.purpose, now);
    if (wait.next_count <= now.elapsed || wait.next_count > next) wait.next_count = next;
    state.phase = std::move(wait);
    return keep_waiting(state, now);
}

Next keep_waiting(State& state, Now now) {
    const auto& wait = std::get<Wait>(state.phase);
    Duration until = std::min(end_of_waiting(state, wait.purpose), wait.next_count);
    // With many open commands the counts are read seldom, and EC2 is asked as often as ever.
    if (wait.purpose == Purpose::act) until = std::min(until, state.watch.next_poll);
    return sleep_for(until - now.elapsed);
}

Next await_peers(State& state, BarrierPoint point) {
    state.reached_barrier = true;
    return enter(state, AwaitPeers{point});
}

void verify_unclear_anew(State& state, const std::vector<CommandSpec>& pending) {
    for (auto& entry : state.targets.instances) {
        TrackedInstance& instance = entry.second;
        const bool was_unclear = instance.unclear_since.has_value();
        const bool gets_it = std::ranges::any_of(pending, [&entry](const CommandSpec& spec) {
            return addresses(spec, entry.first, entry.second);
        });
        if (!was_unclear || gets_it) continue;
        forget_patience(instance);
        instance.verified.reset();
    }
}

Next begin_action(State& state, std::vector<CommandSpec> pending) {
    std::erase_if(state.commands, &OpenCommand::settled);
    if (state.may_have_sent) state.verify_history.fleet_changed = true;
    state.verify_history.clean_streak = 0;
    state.verify_history.pause = Duration{0};
    return enter(state, Adopt{std::move(pending)});
}

} // namespace snow_white::drain
