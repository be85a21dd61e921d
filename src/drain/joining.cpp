#include "src/drain/members.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::drain {

namespace {

template <class Item> bool among(const std::vector<Item>& list, const Item& item) {
    return std::ranges::find(list, item) != list.end();
}

bool concerns_us(const State& state, const Ongoing& command) {
    const auto names = known_environments(state);
    return std::ranges::any_of(command.environments,
                               [&names](const auto& name) { return among(names, name); }) ||
           std::ranges::any_of(command.instances,
                               [&state](const auto& id) { return state.members.contains(id); });
}

bool is_followed(const State& state, const CommandId& id) {
    return std::ranges::any_of(state.commands, [&id](const auto& command) { return command.id == id; });
}

// What a command in flight does already needs no order of ours. By environment it reaches those that were
// there when it was sent: an order to instances is for those that it did not reach.
void take_off(std::vector<Order>& orders, const Ongoing& command) {
    for (auto& order : orders) {
        std::erase_if(order.environments,
                      [&](const auto& name) { return among(command.environments, name); });
        std::erase_if(order.instances, [&](const auto& id) { return among(command.instances, id); });
    }
    std::erase_if(orders,
                  [](const auto& order) { return order.environments.empty() && order.instances.empty(); });
}

// A tag would reach those, too, who have been told by their ids: then the others are told by theirs.
void spare_the_told(State& state) {
    std::vector<InstanceId> untold;
    bool some_told = false;
    for (const auto& order : state.orders)
        for (const auto& [id, member] : state.members)
            if (among(order.environments, member.environment)) {
                some_told = some_told || member.in_command;
                if (!member.in_command) untold.push_back(id);
            }
    if (some_told) state.orders = orders_by_instance(untold);
}

void follow(State& state, const Ongoing& command, Instant now, std::vector<Event>& events) {
    take_off(state.orders, command);
    if (is_followed(state, command.id)) return;
    state.commands.push_back({command.id, now, {}});
    state.begun = true;
    state.must_read = true;
    const Order order{Errand::act, command.environments, command.instances};
    mark_told(state, order); // as far as can be told before its results are read
    events.emplace_back(Started{order, command.id, true});
}

// Two who looked at the same moment have both sent: neither saw the other's. Both commands are awaited.
void share(State& state, const Ongoing& command, Instant now, std::vector<Event>& events) {
    if (is_followed(state, command.id)) return;
    state.commands.push_back({command.id, now, {}});
    state.must_read = true;
    const std::string sentence =
        fmt::format("somebody else has sent the same {} meanwhile (command {}): both are awaited",
                    name_of(command.action), command.id.text);
    add_once(state.warnings, sentence);
    events.emplace_back(Noted{sentence});
}

std::string word_of(const Ongoing& other, Action ours) {
    return fmt::format("a {} (command {}) is in flight for some of these; this {} goes on beside it, each "
                       "instance answers for itself",
                       name_of(other.action), other.id.text, name_of(ours));
}

} // namespace

Step on_joining(State state, const Observation& seen, Instant now) {
    std::vector<Event> events;
    const bool has_sent = state.orders.empty(); // it looks whether somebody else did so, too
    if (has_sent && std::holds_alternative<Failed>(seen)) return send_next(std::move(state), now);
    if (const auto* failed = std::get_if<Failed>(&seen)) {
        if (failed->kind == Failed::Kind::denied) return give_up(std::move(state), *failed, now);
        // This AWS cannot list them: a second quiet or stop does no harm, none would.
        state.unverified.push_back("whether the same command was in flight already (" + failed->why + ")");
        return send_next(std::move(state), now);
    }
    for (const auto& command : std::get<InFlight>(seen).commands) {
        if (!concerns_us(state, command)) continue;
        if (has_sent && command.action == state.plan.action) {
            share(state, command, now, events);
        } else if (command.action == state.plan.action) {
            follow(state, command, now, events);
        } else if (const auto sentence = word_of(command, state.plan.action);
                   add_once(state.warnings, sentence)) {
            events.emplace_back(Noted{sentence});
        }
    }
    if (state.orders.empty()) state.lost_send.reset();
    spare_the_told(state);
    return send_next(std::move(state), now, std::move(events));
}

} // namespace snow_white::drain
