#include "src/drain/next.hpp"

#include "src/drain/findings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

// Source of the first two: the ssm service model (values of a target, instance ids of a command).
constexpr std::size_t environments_an_order = 50;
constexpr std::size_t instances_an_order = 50;
constexpr std::chrono::milliseconds first_pause{1'000};
constexpr std::chrono::milliseconds longest_pause{5'000};
constexpr std::chrono::seconds leaving_interval{60};
constexpr std::chrono::seconds status_patience{60}; // for a sweep: the document itself takes about a second
constexpr int rounds = 5;                           // of the action, newcomers' and relapsed ones' included
constexpr int lost_sends = 3;                       // answers to SendCommand that may get lost

Step want(State state, Want wanted, std::vector<Event> events = {}) {
    return {std::move(state), std::move(wanted), std::move(events)};
}

Step finish(const State& state, Report report) {
    return {state, Finish{report}, {Event{report}}};
}

Step finish(const State& state, Instant now) {
    return finish(state, judge(state, now));
}

Step give_up(const State& state, Verdict verdict, std::string why, Instant now) {
    Report report = judge(state, now);
    report.verdict = verdict;
    report.why = std::move(why);
    return finish(state, std::move(report));
}

Step give_up(const State& state, const Failed& failed, Instant now) {
    switch (failed.kind) {
    case Failed::Kind::denied:
        return give_up(state, Verdict::denied, failed.why, now);
    case Failed::Kind::absent:
    case Failed::Kind::refused:
        return give_up(state, Verdict::refused, failed.why, now);
    case Failed::Kind::unavailable:
    case Failed::Kind::lost:
        break;
    }
    return give_up(state, Verdict::unavailable, failed.why, now);
}

template <class Item, class Make>
void portion(const std::vector<Item>& items, std::size_t size, std::vector<Order>& into, Make make) {
    for (std::size_t begin = 0; begin < items.size(); begin += size) {
        const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
        into.push_back(make(std::vector<Item>(
            first, first + static_cast<std::ptrdiff_t>(std::min(size, items.size() - begin)))));
    }
}

std::vector<Order> orders_by_environment(Errand errand, const State& state) {
    std::vector<Order> orders;
    portion(names_of(state.fleet.environments), environments_an_order, orders,
            [errand](std::vector<std::string> names) {
                return Order{errand, std::move(names), {}};
            });
    return orders;
}

std::vector<Order> orders_by_instance(const std::vector<InstanceId>& ids) {
    std::vector<Order> orders;
    portion(ids, instances_an_order, orders, [](std::vector<InstanceId> some) {
        return Order{Errand::act, {}, std::move(some)};
    });
    return orders;
}

// --- sending

Step send_next(State state, std::vector<Event> events = {}) {
    if (!state.orders.empty()) {
        state.phase = Phase::sending;
        const Order order = state.orders.front();
        return want(std::move(state), Send{order}, std::move(events));
    }
    state.phase = Phase::waiting;
    state.pause = first_pause;
    return want(std::move(state), Pause{first_pause}, std::move(events));
}

Step start(State state, Errand errand, std::vector<Order> orders, std::vector<Event> events = {}) {
    state.errand = errand;
    state.orders = std::move(orders);
    state.commands.clear();
    if (errand == Errand::act) ++state.round;
    return send_next(std::move(state), std::move(events));
}

Step start_sweep(State state, Instant now) {
    if (!state.plan.can_ask || nobody_spoke(state)) {
        state.unverified.push_back(state.plan.can_ask
                                       ? "what each worker does now (no instance told about its workers)"
                                       : "what each worker does now (the stack has no status document)");
        return finish(state, now);
    }
    state.sweep_deadline = now + status_patience;
    auto orders = orders_by_environment(Errand::ask, state);
    return start(std::move(state), Errand::ask, std::move(orders));
}

// --- looking

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

// An order that could not be sent, while others were: its instances failed, the others go on.
void mark_unsent(State& state, const Order& order, const std::string& why) {
    for (auto& [id, report] : state.instances) {
        const bool meant =
            std::ranges::find(order.environments, report.environment) != order.environments.end() ||
            std::ranges::find(order.instances, id) != order.instances.end();
        if (!meant || report.outcome == Outcome::gone || report.outcome == Outcome::off) continue;
        report.outcome = Outcome::failed;
        report.note = "the command could not be sent: " + why;
    }
}

Step on_send_failure(State state, const Failed& failed, Instant now) {
    if (state.errand == Errand::ask) {
        const std::string what = "what each worker does now (" + failed.why + ")";
        (failed.kind == Failed::Kind::absent ? state.unverified : state.doubts).push_back(what);
        return finish(state, now);
    }
    if (failed.kind == Failed::Kind::lost && ++state.lost_sends <= lost_sends) {
        state.phase = Phase::joining; // was it sent after all? SSM knows
        const auto orders = state.orders;
        return want(std::move(state), FindInFlight{orders},
                    {Noted{"the answer to SendCommand was lost; looking whether it was sent"}});
    }
    if (state.commands.empty() && state.orders.size() == 1 && state.round == 1)
        return give_up(state, failed, now);
    mark_unsent(state, state.orders.front(), failed.why);
    state.orders.erase(state.orders.begin());
    return send_next(std::move(state));
}

Step on_sending(State state, const Observation& seen, Instant now) {
    if (const auto* failed = std::get_if<Failed>(&seen))
        return on_send_failure(std::move(state), *failed, now);
    const auto& sent = std::get<Sent>(seen);
    const Order order = state.orders.front();
    state.orders.erase(state.orders.begin());
    state.commands.push_back({sent.id, {}});
    return send_next(std::move(state), {Started{order, sent.id, false}});
}

// --- waiting

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

bool time_is_up(const State& state, Instant now) {
    return now >= (state.errand == Errand::act ? state.plan.deadline : state.sweep_deadline);
}

Step pause(State state, Instant now, std::vector<Event> events = {}) {
    const Instant end = state.errand == Errand::act ? state.plan.deadline : state.sweep_deadline;
    const Duration duration = std::clamp<Duration>(end - now, Duration{0}, state.pause);
    state.pause = std::min<Duration>(longest_pause, state.pause * 3 / 2);
    return want(std::move(state), Pause{duration}, std::move(events));
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

// --- reading

bool waits_for_somebody(const State& state) {
    return std::ranges::any_of(state.instances, [&state](const auto& entry) {
        return entry.second.outcome == Outcome::pending && !state.hopeless.contains(entry.first);
    });
}

bool all_over(const State& state) {
    return std::ranges::all_of(state.commands, [](const Command& command) { return command.progress.over; });
}

Step back_to_waiting(State state, Instant now) {
    state.phase = Phase::waiting;
    return pause(std::move(state), now);
}

Step on_action_results(State state, const Results& results, Instant now) {
    for (const auto& invocation : results.invocations)
        take_in_action(state, invocation);
    if (time_is_up(state, now)) {
        settle_pending(state, true);
        return start_sweep(std::move(state), now); // who is still busy, and with how much
    }
    const bool nothing_to_count =
        state.commands.front().progress.targeted == 0 && results.invocations.empty();
    if (!all_over(state) && (waits_for_somebody(state) || nothing_to_count))
        return back_to_waiting(std::move(state), now);
    return look_again(std::move(state));
}

std::vector<InstanceId> awake_ones(const State& state) {
    std::vector<InstanceId> ids;
    for (const auto& [id, report] : state.instances)
        if (report.outcome == Outcome::awake) ids.push_back(id);
    return ids;
}

Step on_status_results(State state, const Results& results, Instant now) {
    for (const auto& invocation : results.invocations)
        take_in_status(state, invocation);
    doubt_the_silent(state, results.invocations);
    const auto awake = awake_ones(state);
    if (awake.empty() || state.round >= rounds || now >= state.plan.deadline) return finish(state, now);
    return start(std::move(state), Errand::act, orders_by_instance(awake),
                 {Noted{fmt::format("{} took jobs again: telling it once more", awake.front().text)}});
}

Step on_reading(State state, const Observation& seen, Instant now) {
    if (const auto* results = std::get_if<Results>(&seen))
        return state.errand == Errand::act ? on_action_results(std::move(state), *results, now)
                                           : on_status_results(std::move(state), *results, now);
    const auto& failed = std::get<Failed>(seen);
    if (state.errand == Errand::act && failed.kind == Failed::Kind::unavailable && !time_is_up(state, now))
        return back_to_waiting(std::move(state), now);
    if (state.errand == Errand::act) return give_up(state, failed, now);
    state.doubts.push_back("what each worker does now (" + failed.why + ")");
    return finish(state, now);
}

} // namespace

Step begin(Plan plan) {
    return want(State{.plan = plan}, LookAtFleet{});
}

Step next(State state, const Observation& seen, Instant now, bool interrupted) {
    if (interrupted) return give_up(state, Verdict::interrupted, "", now);
    switch (state.phase) {
    case Phase::looking:
        return on_looking(std::move(state), seen, now);
    case Phase::joining:
        return on_joining(std::move(state), seen, now);
    case Phase::sending:
        return on_sending(std::move(state), seen, now);
    case Phase::waiting:
        return on_waiting(std::move(state), seen, now);
    case Phase::reading:
        return on_reading(std::move(state), seen, now);
    }
    return finish(state, now);
}

} // namespace snow_white::drain
