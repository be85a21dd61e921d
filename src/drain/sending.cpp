#include "src/drain/members.hpp"
#include "src/drain/steps.hpp"

namespace snow_white::drain {

namespace {

// An order that could not be sent, while others were: its instances failed, the others go on. It counts as a
// try: what an earlier command says of the same instance, read once more, would have us try without end.
void mark_unsent(State& state, const Order& order, const std::string& why) {
    for_each_meant(state, order, [&why](Member& member) {
        ++member.tries;
        member.acted = {Outcome::failed, "the command could not be sent: " + why};
        member.checked.reset();
        member.final = true;
    });
}

Step on_send_failure(State state, const Failed& failed, Instant now) {
    if (state.errand == Errand::ask) {
        if (failed.kind == Failed::Kind::lost)
            return bear(std::move(state), failed, now); // it changes nothing
        const std::string what = unseen_workers(failed.why);
        (failed.kind == Failed::Kind::absent ? state.unverified : state.doubts).push_back(what);
        return finish(std::move(state), now);
    }
    if (failed.kind == Failed::Kind::lost) {
        state.begun = true; // perhaps
        state.lost_send = now - send_patience;
        if (++state.lost_sends <= lost_sends) {
            state.phase = Phase::joining; // was it sent after all? SSM knows
            return ask_again(std::move(state), now,
                             {Noted{"the answer to SendCommand was lost; looking whether it was sent"}});
        }
    }
    if (state.commands.empty() && state.orders.size() == 1) return give_up(std::move(state), failed, now);
    mark_unsent(state, state.orders.front(), failed.why);
    state.orders.erase(state.orders.begin());
    return send_next(std::move(state), now);
}

} // namespace

Step on_sending(State state, const Observation& seen, Instant now) {
    if (const auto* failed = std::get_if<Failed>(&seen))
        return on_send_failure(std::move(state), *failed, now);
    const auto& sent = std::get<Sent>(seen);
    const Order order = state.orders.front();
    state.orders.erase(state.orders.begin());
    if (state.errand == Errand::act) mark_told(state, order);
    current_commands(state).push_back({sent.id, now, {}});
    state.begun = true;
    state.lost_sends = 0;
    state.lost_send.reset();
    Started started{order, sent.id, false};
    if (state.errand == Errand::ask || !state.orders.empty())
        return send_next(std::move(state), now, {started});
    state.phase = Phase::joining; // somebody else may have sent the same at the same moment
    return ask_again(std::move(state), now, {started});
}

} // namespace snow_white::drain
