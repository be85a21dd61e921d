#include "src/drain/steps.hpp"

#include <algorithm>

namespace snow_white::drain {

namespace {

constexpr int lost_sends = 3; // answers to SendCommand that may get lost

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

} // namespace

Step on_sending(State state, const Observation& seen, Instant now) {
    if (const auto* failed = std::get_if<Failed>(&seen))
        return on_send_failure(std::move(state), *failed, now);
    const auto& sent = std::get<Sent>(seen);
    const Order order = state.orders.front();
    state.orders.erase(state.orders.begin());
    state.commands.push_back({sent.id, {}});
    return send_next(std::move(state), {Started{order, sent.id, false}});
}

} // namespace snow_white::drain
