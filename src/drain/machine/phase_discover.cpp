// The phase Discover. In: a snapshot of the fleet. Out: the decision what is next, for all
// instances.
#include "src/drain/machine/apply_fleet.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

// No instances. EC2's empty list takes the place of a verification. In a run of several regions
// instances may be launched here before the others end.
Next on_empty_fleet(State& state, bool peers_ready, Now now) {
    state.verification = Verification{.begun = now.elapsed, .complete = true};
    if (deadline_passed(state, now)) return finish(state, now);
    // A list may omit instances for a moment, and a deploy may launch some.
    auto& seen_empty = state.watch.seen_empty_since;
    if (!seen_empty) seen_empty = now.elapsed;
    if (now.elapsed < *seen_empty + empty_interval || awaits_deploy(state, now.elapsed))
        return rediscover_after(state, rediscover_pause, now);
    if (!state.config.multi_region) return finish(state, now);
    return await_peers(state, peers_ready ? BarrierPoint::verified : BarrierPoint::ready);
}

// EB's list may omit an environment for a moment. In a run of one region the operator sees that at
// once, and repeats the command. In a run of several it would show hours later.
bool may_be_left_out(State& state, Now now) {
    auto& since = state.watch.unmatched_since;
    if (!since) since = now.elapsed;
    return state.config.multi_region && now.elapsed < *since + empty_interval;
}

// An agent that is lost at the start may have been so for long.
void expire_lost_agents(State& state, Now now) {
    for (auto& [id, instance] : state.targets.instances)
        if (instance.agent_lost_at) instance.agent_lost_at = now.elapsed - lost_patience;
}

Next first_discovery(State& state, bool peers_ready, bool is_empty, Now now) {
    expire_lost_agents(state, now);
    if (state.targets.environments.empty())
        return may_be_left_out(state, now) ? rediscover_after(state, rediscover_pause, now)
                                           : finish_with(state, Verdict::nothing_matched, "", now);
    if (is_empty) return on_empty_fleet(state, peers_ready, now);
    return begin_action(state, specs_by_environment(Purpose::act, names_in_scope(state.targets)));
}

// While no command is in flight: an agent that may register or come back, a SendCommand that is
// retried, or a deploy.
bool awaits_something(const State& state, Now now) {
    return any_needs(state, Need::wait, now) || any_needs(state, Need::act, now) ||
           awaits_deploy(state, now.elapsed);
}

// The results of a command that is over, or that may have reached an instance that needs it.
bool awaits_results(const State& state, Now now) {
    const bool any_unread = std::ranges::any_of(state.commands, [](const OpenCommand& command) {
        return command.progress.over && !command.settled;
    });
    return any_unread ||
           (!open_ids(state.commands).empty() && results_may_name_instances(state, now));
}

Next later_discovery(State& state, const Discover& discover, Now now) {
    if (!deadline_passed(state, now)) {
        if (awaits_results(state, now)) return enter(state, Collect{.purpose = Purpose::act});
        if (const auto ids = instances_to_act_on(state, now); !ids.empty())
            return begin_action(state, specs_by_instance(Purpose::act, ids));
        if (any_awaited(state, now) || results_are_missing(state, now))
            return wait_on(state, discover.back.value_or(Wait{}), now);
        if (!is_cancelled(state) && awaits_something(state, now)) {
            state.verify_history.clean_streak = 0;
            return rediscover_after(state, rediscover_pause, now);
        }
    }
    // There were no instances, and there are none now.
    if (state.targets.sees_instances && state.targets.instances.empty() &&
        state.targets.unproven.empty())
        return on_empty_fleet(state, discover.peers_ready, now);
    return begin_verification(state, discover.peers_ready, now);
}

} // namespace

Next handle(State& state, Answered<DiscoverFleet> response, Now now) {
    auto discover = std::get<Discover>(state.phase);
    // The monitor was suspended meanwhile, or AWS was slow: the first of the answers is old.
    const Duration took = now.elapsed - discover.begun;
    const bool is_old = took >= validity(state.targets.instances.size());
    if (is_old && !std::exchange(discover.again, true)) return enter(state, std::move(discover));
    if (!response.answer) {
        if (!state.may_have_sent) return finish_with(state, response.answer.error(), now);
        state.targets.unproven = {"whether instances were launched meanwhile (" +
                                  response.answer.error().why + ")"};
        if (any_awaited_in_time(state, now))
            return wait_on(state, discover.back.value_or(Wait{}), now);
        return begin_verification(state, discover.peers_ready, now);
    }
    auto events = apply_fleet(state, *response.answer, now);
    state.targets.listed_late = is_old;
    if (is_old)
        state.targets.unproven.push_back(
            fmt::format("which instances there are by now (listing them took {} s)",
                        took / std::chrono::seconds{1}));
    if (state.may_have_sent)
        return prepend_events(std::move(events), later_discovery(state, discover, now));
    const auto& instances = response.answer->instances;
    const bool is_empty = instances && state.targets.instances.empty();
    const bool was_reported =
        is_under_way(state) || state.watch.seen_empty_since || state.watch.unmatched_since;
    if (!is_empty || !was_reported)
        events.insert(events.begin(),
                      FleetDiscovered{response.answer->environments,
                                      instances ? std::optional(instances->size()) : std::nullopt});
    return prepend_events(std::move(events),
                          first_discovery(state, discover.peers_ready, is_empty, now));
}

} // namespace snow_white::drain
