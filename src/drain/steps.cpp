#include "src/drain/steps.hpp"

#include "src/drain/findings.hpp"

#include <algorithm>

namespace snow_white::drain {

namespace {

// Source of the first two: the ssm service model (values of a target, instance ids of a command).
constexpr std::size_t environments_an_order = 50;
constexpr std::size_t instances_an_order = 50;
constexpr std::chrono::milliseconds first_pause{1'000};
constexpr std::chrono::seconds status_patience{60}; // for a sweep: the document itself takes about a second

Step finish(const State& state, Report report) {
    return {state, Finish{report}, {Event{report}}};
}

template <class Item, class Make>
void portion(const std::vector<Item>& items, std::size_t size, std::vector<Order>& into, Make make) {
    for (std::size_t begin = 0; begin < items.size(); begin += size) {
        const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
        into.push_back(make(std::vector<Item>(
            first, first + static_cast<std::ptrdiff_t>(std::min(size, items.size() - begin)))));
    }
}

} // namespace

Step want(State state, Want wanted, std::vector<Event> events) {
    return {std::move(state), std::move(wanted), std::move(events)};
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

Step send_next(State state, std::vector<Event> events) {
    if (!state.orders.empty()) {
        state.phase = Phase::sending;
        const Order order = state.orders.front();
        return want(std::move(state), Send{order}, std::move(events));
    }
    state.phase = Phase::waiting;
    state.pause = first_pause;
    return want(std::move(state), Pause{first_pause}, std::move(events));
}

Step start(State state, Errand errand, std::vector<Order> orders, std::vector<Event> events) {
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

} // namespace snow_white::drain
