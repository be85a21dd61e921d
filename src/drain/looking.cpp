#include "src/drain/findings.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

// What the action has not reached, and can: launched meanwhile, or seen awake again.
std::vector<InstanceId> still_to_act_on(const State& state) {
    std::vector<InstanceId> ids;
    if (state.plan.action == Action::wake || state.round >= rounds || !state.fleet.instances) return ids;
    for (const auto& instance : *state.fleet.instances) {
        const auto outcome = state.instances.at(instance.id).outcome;
        if (instance.agent == fleet::Agent::online &&
            (outcome == Outcome::pending || outcome == Outcome::awake))
            ids.push_back(instance.id);
    }
    return ids;
}

void warn_of_deploys(State& state) {
    for (const auto& environment : state.fleet.environments)
        if (environment.status != "Ready")
            state.warnings.push_back(
                fmt::format("environment {} is {}: its instances may change under the command",
                            environment.name, environment.status));
}

Step first_look(State state, Instant now) {
    warn_of_deploys(state);
    std::vector<Event> events{
        Matched{state.fleet.environments,
                state.fleet.instances ? std::optional(state.fleet.instances->size()) : std::nullopt}};
    if (state.fleet.environments.empty()) return give_up(state, Verdict::nothing_matched, "", now);
    if (state.fleet.instances && state.fleet.instances->empty()) {
        auto step = finish(state, now);
        step.events.insert(step.events.begin(), events.front());
        return step;
    }
    state.phase = Phase::joining;
    state.next_leaving_look = now + leaving_interval;
    state.orders = orders_by_environment(Errand::act, state);
    const auto orders = state.orders;
    return want(std::move(state), FindInFlight{orders}, std::move(events));
}

Step later_look(State state, Instant now) {
    const auto ids = still_to_act_on(state);
    if (ids.empty()) {
        settle_pending(state, false);
        return start_sweep(std::move(state), now);
    }
    Noted note{fmt::format("{} instance{} launched or awake since: telling {} too", ids.size(),
                           ids.size() == 1 ? "" : "s", ids.size() == 1 ? "it" : "them")};
    return start(std::move(state), Errand::act, orders_by_instance(ids), {note});
}

} // namespace

Step look_again(State state) {
    state.phase = Phase::looking;
    return want(std::move(state), LookAtFleet{});
}

Step on_looking(State state, const Observation& seen, Instant now) {
    if (const auto* failed = std::get_if<Failed>(&seen)) {
        if (state.round == 0) return give_up(state, *failed, now);
        state.doubts.push_back("whether instances were launched meanwhile (" + failed->why + ")");
        settle_pending(state, false);
        return start_sweep(std::move(state), now);
    }
    take_in_fleet(state, std::get<fleet::FleetSnapshot>(seen));
    return state.round == 0 ? first_look(std::move(state), now) : later_look(std::move(state), now);
}

Step on_joining(State state, const Observation& seen, Instant now) {
    std::vector<Event> events;
    if (const auto* failed = std::get_if<Failed>(&seen)) {
        // Unable to see whether a command is in flight: a second quiet or stop does no harm, a lost one
        // would.
        if (failed->kind == Failed::Kind::unavailable && state.round == 0)
            return give_up(state, *failed, now);
        state.unverified.push_back("whether the same command was in flight already (" + failed->why + ")");
    } else {
        const auto& found = std::get<InFlight>(seen).commands;
        std::vector<Order> remaining;
        for (std::size_t i = 0; i < state.orders.size(); ++i) {
            if (i < found.size() && found[i]) {
                state.commands.push_back({*found[i], {}});
                events.push_back(Started{state.orders[i], *found[i], true});
            } else {
                remaining.push_back(state.orders[i]);
            }
        }
        state.orders = std::move(remaining);
    }
    if (state.round == 0) state.round = 1;
    return send_next(std::move(state), std::move(events));
}

} // namespace snow_white::drain
