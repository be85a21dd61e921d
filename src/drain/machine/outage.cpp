// Outages: AWS does not answer, or denies for now. The call is retried after growing pauses, and
// people are told. In: the failure of one call. Out: the next step, notices.
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

constexpr Duration first_pause = shortest_poll;

// When the run gives up waiting for an answer.
Duration end_of_patience(const State& state) {
    const Duration since = state.outage->since;
    if (!is_under_way(state) && !state.config.multi_region) return since + start_patience;
    if (state.outage->denied_since) return *state.outage->denied_since + denied_patience;
    return std::max<Duration>(state.config.timeout, since + status_patience);
}

// None for a short outage, nor for one before anything was sent: start_patience ends that one.
std::vector<Event> notices_of_outage(State& state, Now now) {
    Outage& outage = *state.outage;
    const Duration lasted = now.elapsed - outage.since;
    if ((!is_under_way(state) && !state.config.multi_region) || lasted < short_outage) return {};
    const bool important = lasted >= important_outage && !outage.reported_as_important;
    if (outage.reported && !important && now.elapsed < state.notices.next_heartbeat) return {};
    outage.reported = true;
    outage.reported_as_important = outage.reported_as_important || important;
    state.notices.next_heartbeat = now.elapsed + heartbeat_interval;
    const std::string_view action = name_of(state.config.action);
    const std::string workers =
        is_send_unknown(state)
            ? fmt::format("still watching, and it is not known whether the {} was sent", action)
        : state.may_have_sent ? fmt::format("still watching, the {} continues", action)
                              : "still trying, nothing has been sent";
    return {Notice{outage_text(outage, now) + "; " + workers, important}};
}

// Instances may have been launched since the discovery before it.
bool is_ageing(const State& state, Now now) {
    const Verification& verification = *state.verification;
    const Duration fresh = is_fleet_wide(verification)
                               ? validity(state.targets.instances.size()) / 3
                               : Duration{changes_interval};
    return now.elapsed >= verification.begun + fresh;
}

// Before anything is sent: the list of commands in flight may name the one that is to be sent. A
// page token may be too old; an AWS that cannot list commands refuses it each time.
bool is_list_refused_for_now(const State& state, Now now) {
    const auto* adopt = std::get_if<Adopt>(&state.phase);
    return adopt != nullptr && adopt->unread.empty() && !is_under_way(state) &&
           (!state.outage || now.elapsed < state.outage->since + short_outage);
}

// A read: a page token may be too old, also that of the first one. Where the run waits for others,
// it is made again with the next verification or discovery.
bool is_refused_for_now(const State& state, Now now) {
    const auto* wait = std::get_if<Wait>(&state.phase);
    const auto* send = std::get_if<Send>(&state.phase);
    const auto* collect = std::get_if<Collect>(&state.phase);
    const bool is_for_action = (wait != nullptr && wait->purpose == Purpose::act) ||
                               (collect != nullptr && collect->purpose == Purpose::act) ||
                               std::holds_alternative<Adopt>(state.phase);
    const bool is_read = !(send != nullptr && send->purpose == Purpose::act) &&
                         !std::holds_alternative<Confirm>(state.phase); // Redis, not AWS
    const bool has_patience = !state.outage || !state.outage->denied_since ||
                              now.elapsed < *state.outage->denied_since + denied_patience;
    return is_read && is_under_way(state) && has_patience &&
           (is_for_action || !any_awaited_in_time(state, now));
}

bool verifies_while_others_go_on(const State& state, Now now) {
    const auto* send = std::get_if<Send>(&state.phase);
    return send != nullptr && send->purpose == Purpose::verify && any_awaited(state, now) &&
           !deadline_passed(state, now);
}

} // namespace

std::string outage_text(const Outage& outage, Now now) {
    return fmt::format("AWS {} for {} s now ({})",
                       outage.denied_since ? "has refused" : "has not answered",
                       (now.elapsed - outage.since) / std::chrono::seconds{1}, outage.why);
}

bool is_send_unknown(const State& state) {
    return state.has_lost_answer && !state.has_commanded;
}

const LostSend* lost_send(const State& state) {
    return state.send_trouble && state.send_trouble->lost ? &*state.send_trouble->lost : nullptr;
}

bool is_current(const Outage& outage, Now now) {
    return now.elapsed <= outage.last_failure + outage_pause * 4;
}

bool is_under_way(const State& state) {
    return state.may_have_sent || state.reached_barrier;
}

// A temporary failure is retried. A denial is retried if the same call was answered before: keys
// are renewed, rights are given back. A denied verification is not retried while commands run: they
// are awaited, and it is sent later. A SendCommand whose answer is lost is looked up instead; a
// status command is sent again, since it changes nothing.
bool is_retryable(const State& state, const CallFailure& failure, std::size_t effect, Now now) {
    const auto* send = std::get_if<Send>(&state.phase);
    switch (failure.kind) {
    case CallFailure::Kind::unavailable: // once something was sent, phase_send.cpp retries
        return send == nullptr || send->purpose == Purpose::verify || !state.has_commanded;
    case CallFailure::Kind::lost:
        return send == nullptr || send->purpose == Purpose::verify;
    case CallFailure::Kind::denied:
        return is_under_way(state) && state.answered.contains(effect) &&
               !verifies_while_others_go_on(state, now);
    case CallFailure::Kind::refused:
        return is_list_refused_for_now(state, now) || is_refused_for_now(state, now);
    default:
        return false;
    }
}

bool continues_without(const State& state, const CallFailure& failure, Now now) {
    if (!state.outage || now.elapsed < state.outage->since + start_patience) return false;
    const bool may_be_answered_later =
        failure.kind == CallFailure::Kind::unavailable && !deadline_passed(state, now);
    const auto* adopt = std::get_if<Adopt>(&state.phase);
    if (adopt != nullptr && !adopt->unread.empty())
        return may_be_answered_later; // the found commands are followed without their results
    if (!state.may_have_sent || failure.kind == CallFailure::Kind::denied) return false;
    const auto* lost = lost_send(state); // only a list tells what became of it
    if (std::holds_alternative<Send>(state.phase)) return verifies_while_others_go_on(state, now);
    if (adopt != nullptr) return lost == nullptr || now.elapsed >= lost->at.elapsed + list_patience;
    const bool awaits =
        std::holds_alternative<Wait>(state.phase) || std::holds_alternative<Collect>(state.phase);
    return awaits && may_be_answered_later;
}

std::vector<Event> extend_outage(State& state, const CallFailure& failure, std::size_t effect,
                                 Now now) {
    // An outage whose latest failure is long ago is over, although no answer ended it. Only an
    // answer to the call that failed first ends it: two calls may fail in turn.
    if (!state.outage || !is_current(*state.outage, now))
        state.outage = Outage{.effect = effect, .since = now.elapsed, .pause = first_pause};
    if (failure.kind != CallFailure::Kind::denied && failure.kind != CallFailure::Kind::refused)
        state.outage->denied_since.reset();
    else if (!state.outage->denied_since)
        state.outage->denied_since = now.elapsed;
    state.outage->why = failure.why;
    state.outage->last_failure = now.elapsed;
    return notices_of_outage(state, now);
}

Next retry_during_outage(State& state, const CallFailure& failure, std::vector<Event> events,
                         Now now) {
    const Duration end = end_of_patience(state);
    if (now.elapsed >= end) return finish_with(state, failure, now);
    const Duration pause = std::min(state.outage->pause, end - now.elapsed);
    state.outage->pause = std::min<Duration>(outage_pause, state.outage->pause * 2);
    // Somebody else may send the same meanwhile.
    if (auto* send = std::get_if<Send>(&state.phase); send && send->purpose == Purpose::act)
        state.phase = Adopt{std::move(send->pending)};
    else if (send && is_ageing(state, now) && !deadline_passed(state, now))
        state.phase = Discover{.peers_ready = is_fleet_wide(*state.verification)};
    return prepend_events(std::move(events), sleep_for(pause));
}

void end_outage(State& state, Now now, std::vector<Event>& events) {
    if (state.outage->reported)
        events.emplace_back(
            Notice{fmt::format("AWS answers again, after {} s",
                               (now.elapsed - state.outage->since) / std::chrono::seconds{1}),
                   state.outage->reported_as_important});
    state.outage.reset();
}

} // namespace snow_white::drain
