#include "src/drain/steps.hpp"

#include "src/drain/members.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

Step finish(Report report) {
    Step step{{}, Finish{}, {}};
    step.events.emplace_back(std::move(report)); // a list in braces would copy it
    return step;
}

template <class Item, class Make>
void portion(const std::vector<Item>& items, std::size_t size, std::vector<Order>& into, Make make) {
    for (std::size_t begin = 0; begin < items.size(); begin += size) {
        const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
        into.push_back(make(std::vector<Item>(
            first, first + static_cast<std::ptrdiff_t>(std::min(size, items.size() - begin)))));
    }
}

// When the moment allows no more waiting for an AWS that does not answer.
Instant patience_ends(const State& state, const Failed& failed) {
    if (!is_under_way(state)) return state.outage->since + start_patience;
    if (failed.kind == Failed::Kind::denied) return state.outage->since + denied_patience;
    return std::max<Instant>(state.plan.deadline, state.outage->since + status_patience);
}

// Nothing of one that is short, or that began before anything was sent: that ends soon, one way or the other.
std::vector<Event> words_of_outage(State& state, const Failed& failed, Instant now) {
    Outage& outage = *state.outage;
    const Duration lasted = now - outage.since;
    if (!is_under_way(state) || lasted < short_outage) return {};
    const std::string word =
        fmt::format("AWS {} for {} s now ({}); still watching, the workers go on as told",
                    failed.kind == Failed::Kind::denied ? "has refused" : "has not answered",
                    std::chrono::duration_cast<std::chrono::seconds>(lasted).count(), failed.why);
    const bool loud = lasted >= quiet_outage && !outage.told_loudly;
    if (outage.told && !loud && now < state.next_heartbeat) return {};
    outage.told = true;
    outage.told_loudly = outage.told_loudly || loud;
    state.next_heartbeat = now + heartbeat_interval;
    return {Noted{word, loud}};
}

Instant end_of_errand(const State& state) {
    return state.errand == Errand::act ? state.plan.deadline : state.sweep_begun + status_patience;
}

std::vector<CommandId> open_ones(const std::vector<Command>& commands) {
    std::vector<CommandId> ids;
    for (const auto& command : commands)
        if (!command.progress.over) ids.push_back(command.id);
    return ids;
}

// The next end may well be the last one.
bool few_are_left(const std::vector<Command>& commands) {
    const auto sum = sum_of(commands);
    return sum.targeted - sum.completed <= std::max(1, sum.targeted / 20);
}

// One call in four seconds makes so many in two hours, or in the time that it has lasted. Of them the rest of
// the way needs what its longest pauses leave room for; the others may be made where they are worth most.
bool has_calls_to_spare(const State& state, Instant now) {
    const Duration lasted = now - state.plan.started;
    const Duration counted = std::max<Duration>(lasted, time_of_the_average);
    const Duration rest = counted - lasted;
    const auto needed = rest / longest_pause + calls_for_changes * (rest / changes_interval);
    return state.asked + needed + calls_around_a_drain < counted / time_a_call;
}

// A share of the time that the errand has taken so far: who has waited for long is likely to wait for long.
Duration between_questions(State& state, Instant now) {
    const auto& commands = current_commands(state);
    const Duration waited = commands.empty() ? Duration{0} : now - commands.front().sent;
    if (state.errand == Errand::ask)
        return std::clamp<Duration>(waited / 2, first_pause_of_sweep, longest_pause);
    const Duration by_age = std::clamp<Duration>(waited / 120, first_pause, longest_pause);
    return few_are_left(commands) && has_calls_to_spare(state, now)
               ? std::min<Duration>(by_age, pause_near_the_end)
               : by_age;
}

} // namespace

CommandProgress sum_of(const std::vector<CommandProgress>& parts) {
    CommandProgress sum{.over = true};
    for (const auto& part : parts) {
        sum.targeted += part.targeted;
        sum.completed += part.completed;
        sum.over = sum.over && part.over;
    }
    return sum;
}

CommandProgress sum_of(const std::vector<Command>& commands) {
    std::vector<CommandProgress> parts;
    for (const auto& command : commands)
        parts.push_back(command.progress);
    return sum_of(parts);
}

std::vector<CommandId> ids_of(const std::vector<Command>& commands) {
    std::vector<CommandId> ids;
    for (const auto& command : commands)
        ids.push_back(command.id);
    return ids;
}

Step want(State state, Want wanted, std::vector<Event> events) {
    return {std::move(state), std::move(wanted), std::move(events)};
}

Step preceded_by(std::vector<Event> events, Step step) {
    events.insert(events.end(), std::make_move_iterator(step.events.begin()),
                  std::make_move_iterator(step.events.end()));
    step.events = std::move(events);
    return step;
}

Step ask_again(State state, Instant now, std::vector<Event> events) {
    switch (state.phase) {
    case Phase::looking: {
        LookAtFleet look{known(state)};
        return want(std::move(state), std::move(look), std::move(events));
    }
    case Phase::joining: {
        FindInFlight find{state.lost_send};
        return want(std::move(state), find, std::move(events));
    }
    case Phase::sending: {
        const Order order = state.orders.front();
        return want(std::move(state), Send{order}, std::move(events));
    }
    case Phase::waiting: {
        state.aside = Aside::none;
        AskProgress ask{open_ones(current_commands(state))};
        if (state.errand == Errand::act) state.asked += static_cast<int>(ask.commands.size());
        return want(std::move(state), std::move(ask), std::move(events));
    }
    case Phase::reading: {
        ReadResults read{ids_of(current_commands(state))};
        return want(std::move(state), std::move(read), std::move(events));
    }
    case Phase::meeting: {
        const Meet meet{state.meets_clean};
        return want(std::move(state), meet, std::move(events));
    }
    }
    return finish(std::move(state), now);
}

Step bear(State state, const Failed& failed, Instant now) {
    if (!state.outage) {
        state.outage = Outage{now};
        state.pause = first_pause;
    }
    const Instant end = patience_ends(state, failed);
    if (now >= end) return give_up(std::move(state), failed, now);
    auto events = words_of_outage(state, failed, now);
    const Duration duration = std::min<Duration>(state.pause, end - now);
    state.pause = std::min<Duration>(outage_pause, state.pause * 2);
    return want(std::move(state), Pause{duration}, std::move(events));
}

Step finish(State state, Instant now) {
    return finish(judge(std::move(state), now));
}

Step give_up(State state, Verdict verdict, std::string why, Instant now) {
    Report report = judge(std::move(state), now);
    report.verdict = verdict;
    report.why = std::move(why);
    return finish(std::move(report));
}

Verdict verdict_of(Failed::Kind kind) {
    switch (kind) {
    case Failed::Kind::denied:
        return Verdict::denied;
    case Failed::Kind::absent:
    case Failed::Kind::refused:
        return Verdict::refused;
    case Failed::Kind::unavailable:
    case Failed::Kind::lost:
        break;
    }
    return Verdict::unavailable;
}

Step give_up(State state, const Failed& failed, Instant now) {
    return give_up(std::move(state), verdict_of(failed.kind), failed.why, now);
}

std::vector<Order> orders_by_environment(Errand errand, const std::vector<std::string>& environments) {
    std::vector<Order> orders;
    portion(environments, aws::values_a_target, orders, [errand](std::vector<std::string> names) {
        return Order{errand, std::move(names), {}};
    });
    return orders;
}

std::vector<Order> orders_by_instance(const std::vector<InstanceId>& ids) {
    std::vector<Order> orders;
    portion(ids, aws::ids_a_command, orders, [](std::vector<InstanceId> some) {
        return Order{Errand::act, {}, std::move(some)};
    });
    return orders;
}

std::vector<std::string> known_environments(const State& state) {
    return fleet::names_of(state.environments);
}

Step act_on(State state, const std::vector<InstanceId>& ids, Instant now, std::vector<Event> events) {
    events.emplace_back(
        Noted{fmt::format("{} instance{} not as asked yet: telling {}", ids.size(),
                          ids.size() == 1 ? " is" : "s are", ids.size() == 1 ? "it" : "them")});
    std::erase_if(state.commands, [](const Command& command) { return command.progress.over; });
    state.errand = Errand::act;
    state.restless = true;
    state.may_sweep = false;
    state.vain_sweeps = 0;
    state.clean_sweeps = 0;
    state.orders = orders_by_instance(ids);
    state.phase = Phase::joining;
    return ask_again(std::move(state), now, std::move(events));
}

Step send_next(State state, Instant now, std::vector<Event> events) {
    if (!state.orders.empty()) {
        state.phase = Phase::sending;
        const Order order = state.orders.front();
        return want(std::move(state), Send{order}, std::move(events));
    }
    state.phase = Phase::waiting;
    state.read_at = {-1, -1};
    return pause(std::move(state), now, std::move(events));
}

bool is_under_way(const State& state) {
    return state.begun || state.answered.contains(Phase::meeting);
}

std::string unseen_workers(const std::string& why) {
    return "what each worker does now (" + why + ")";
}

Step start_sweep(State state, Instant now) {
    if (!state.plan.can_ask || nobody_spoke(state)) {
        state.unverified.push_back(unseen_workers(state.plan.can_ask ? "no instance told about its workers"
                                                                     : "the stack has no status document"));
        return finish(std::move(state), now);
    }
    if (state.plan.in_company && now < state.plan.deadline && !std::exchange(state.may_sweep, false))
        return meet(std::move(state), false, now);
    state.errand = Errand::ask;
    state.sweep.clear();
    state.sweep_begun = now;
    state.orders = orders_by_environment(Errand::ask, known_environments(state));
    return send_next(std::move(state), now);
}

Step look_again(State state) {
    state.phase = Phase::looking;
    return ask_again(std::move(state), {});
}

Step look_later(State state, std::vector<Event> events) {
    state.phase = Phase::looking;
    return want(std::move(state), Pause{look_pause}, std::move(events));
}

std::vector<Command>& current_commands(State& state) {
    return state.errand == Errand::act ? state.commands : state.sweep;
}

bool time_is_up(const State& state, Instant now) {
    return now >= end_of_errand(state);
}

Step pause(State state, Instant now, std::vector<Event> events) {
    // One question for each open command: the more there are, the slower they are asked.
    const auto open =
        static_cast<Duration::rep>(std::max<std::size_t>(1, open_ones(current_commands(state)).size()));
    const Duration duration =
        std::clamp<Duration>(end_of_errand(state) - now, Duration{0}, between_questions(state, now) * open);
    return want(std::move(state), Pause{duration}, std::move(events));
}

} // namespace snow_white::drain
