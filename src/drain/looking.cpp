#include "src/drain/members.hpp"
#include "src/drain/news.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

// Nobody to tell, and nobody to sweep: where other places are in the run somebody may come before they are
// through, and a look takes the sweep's place.
Step nobody_there(State state, Instant now) {
    if (!state.plan.in_company || now >= state.plan.deadline) return finish(std::move(state), now);
    const bool swept = std::exchange(state.may_sweep, false);
    state.sweep_begun = now;
    return meet(std::move(state), swept, now);
}

Step first_look(State state, std::vector<Event> events, const fleet::FleetSnapshot& fleet, Instant now) {
    const bool empty = fleet.instances && fleet.instances->empty();
    if (!empty || !is_under_way(state))
        events.insert(events.begin(),
                      Matched{fleet.environments,
                              fleet.instances ? std::optional(fleet.instances->size()) : std::nullopt});
    // Silent from the start: there is no telling for how long already.
    for (auto& [id, member] : state.members)
        if (member.lost_since) member.lost_since = now - lost_patience;
    if (state.environments.empty() || empty) {
        auto step = state.environments.empty() ? give_up(std::move(state), Verdict::nothing_matched, "", now)
                                               : nobody_there(std::move(state), now);
        return preceded_by(std::move(events), std::move(step));
    }
    state.orders = orders_by_environment(Errand::act, known_environments(state));
    state.phase = Phase::joining;
    return ask_again(std::move(state), now, std::move(events));
}

bool somebody_may_come(const State& state, Instant now) {
    return std::ranges::any_of(state.members,
                               [now](const auto& entry) { return may_still_come(entry.second, now); });
}

// Reached by a tag, and seen by the look only now.
bool somebody_is_at_it(const State& state, Instant now) {
    return state.errand == Errand::act && std::ranges::any_of(state.members, [now](const auto& entry) {
               return entry.second.in_command && !is_hopeless(entry.second, now);
           });
}

Step later_look(State state, std::vector<Event> events, Instant now) {
    if (now < state.plan.deadline) {
        const auto ids = to_act_on(state);
        if (!ids.empty()) return act_on(std::move(state), ids, now, std::move(events));
        if (somebody_is_at_it(state, now)) {
            state.phase = Phase::waiting;
            return pause(std::move(state), now, std::move(events));
        }
        if (somebody_may_come(state, now)) {
            state.clean_sweeps = 0;
            state.may_sweep = false;
            return look_later(std::move(state), std::move(events));
        }
    }
    return preceded_by(std::move(events), start_sweep(std::move(state), now));
}

} // namespace

Step on_looking(State state, const Observation& seen, Instant now) {
    if (const auto* failed = std::get_if<Failed>(&seen)) {
        if (!state.begun) return give_up(std::move(state), *failed, now);
        state.doubts.push_back("whether instances were launched meanwhile (" + failed->why + ")");
        return start_sweep(std::move(state), now);
    }
    const auto& fleet = std::get<fleet::FleetSnapshot>(seen);
    if (state.sees_instances && !fleet.instances)
        add_once(state.doubts, "which instances there are by now (AWS said so before)");
    auto events = take_in_fleet(state, fleet, now);
    return state.begun ? later_look(std::move(state), std::move(events), now)
                       : first_look(std::move(state), std::move(events), fleet, now);
}

} // namespace snow_white::drain
