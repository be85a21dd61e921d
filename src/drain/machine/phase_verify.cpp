// Verifications. In: the state, or a complete verification. Out: which verification begins, what
// follows one, and when a region awaits the others.
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

Next send_verification(State& state, Verification::Scope scope, std::vector<CommandSpec> specs,
                       Now now) {
    state.verification = Verification{.scope = scope, .begun = now.elapsed};
    return send_next(state, Send{Purpose::verify, std::move(specs)}, now);
}

// No status document can be used: the results of the action stand, and the report says that nothing
// was verified.
Next verify_by_results(State& state, Now now) {
    const std::string why =
        unproven_workers(state.config.has_status_document ? "no instance reported its workers"
                                                          : "the stack has no status document");
    state.verification = Verification{
        .evidence = Verification::Evidence::action_results, .begun = now.elapsed, .complete = true};
    // The other regions may take hours: old results of this one prove nothing then.
    if (state.config.multi_region)
        state.verification->unproven.push_back(why);
    else
        add_once(state.notices.unverified, why);
    return conclude_verification(state, now);
}

// Until the first patience with an unclear instance ends.
Duration patience_left(const State& state, Now now) {
    Duration left = longest_verify_pause;
    for (const auto& [id, one] : state.targets.instances)
        if (one.verified && one.unclear_since && !one.answers_though_gone &&
            need_of(state, one, now) == Need::verify)
            left = std::min(left, end_of_patience(state.config.action, one) - now.elapsed);
    return std::max<Duration>(left, first_verify_pause);
}

Duration next_pause(State& state, Now now) {
    VerifyHistory& history = state.verify_history;
    history.pause = history.pause == Duration{0}
                        ? Duration{first_verify_pause}
                        : std::min<Duration>(history.pause * 2, longest_verify_pause);
    return std::min(history.pause, patience_left(state, now));
}

// Whether AWS may still answer whole and in time. A trouble of long ago is over.
bool bears_incomplete_answers(State& state, Now now) {
    auto& incomplete = state.verify_history.incomplete;
    const Duration begun = state.verification->begun;
    if (!incomplete || begun >= incomplete->latest + unclear_patience)
        incomplete = IncompleteAnswers{.since = now.elapsed};
    incomplete->latest = now.elapsed;
    return now.elapsed < incomplete->since + unclear_patience;
}

// AWS answered so late that the workers may have been started anew since.
Next on_expired(State& state, Now now) {
    VerifyHistory& history = state.verify_history;
    history.clean_streak = 0;
    const bool may_be_in_time = bears_incomplete_answers(state, now);
    if (may_be_in_time && !deadline_passed(state, now)) return rediscover(state);
    state.verification->unproven.push_back(unproven_workers(
        fmt::format("the latest answers are {} s old",
                    (now.elapsed - state.verification->begun) / std::chrono::seconds{1})));
    return finish(state, now);
}

Next on_clean(State& state, Now now) {
    VerifyHistory& history = state.verify_history;
    history.pause = Duration{0};
    history.incomplete.reset();
    ++history.clean_streak;
    // A fleet that has changed may change again between two answers: it takes two clean
    // verifications in a row, with a discovery between them.
    if (history.clean_streak < (history.fleet_changed ? 2 : 1) && !deadline_passed(state, now))
        return rediscover(state);
    return finish_with_peers(state, now);
}

bool is_fleet_wide(const State& state) {
    return is_fleet_wide(*state.verification);
}

// Who was not asked yet is no reason to wait: a verification of the whole fleet asks it.
bool any_unclear(const State& state, Now now) {
    return any_instance(state.targets, [&](const TrackedInstance& instance) {
        return instance.verified && need_of(state, instance, now) == Need::verify;
    });
}

Next on_unclean(State& state, Now now) {
    const bool asks = state.verification->evidence == Verification::Evidence::status_document;
    const bool not_whole = asks && (!state.verification->unproven.empty() ||
                                    state.targets.contradictory || state.targets.listed_late);
    const bool is_valid_now =
        is_valid(*state.verification, state.targets.instances.size(), now.elapsed);
    if (asks && is_fleet_wide(state) && !not_whole && is_valid_now)
        state.verify_history.incomplete.reset();
    const bool may_be_whole = not_whole && bears_incomplete_answers(state, now);
    const bool may_change = may_be_whole || state.targets.discovery_failed ||
                            any_needs(state, Need::act, now) || any_needs(state, Need::wait, now) ||
                            (asks && any_unclear(state, now));
    if (may_change) return verify_again_later(state, now);
    // Nothing can improve any more. The report says what all workers do now, not what they did
    // before.
    if (!is_fleet_wide(state)) return rediscover(state);
    if (!is_valid_now) return on_expired(state, now);
    return finish_with_peers(state, now);
}

// The run acts on others first, and waits for them.
void ask_unclear_later(State& state, Now now) {
    for (const auto& id : instances_to_verify_again(state, now))
        state.finished_to_verify.insert(id);
    state.watch.next_partial_verification =
        std::max<Duration>(state.watch.next_partial_verification, now.elapsed + changes_interval);
}

// The monitor was suspended beyond the deadline: the verification is from long before, and is
// repeated once.
bool was_suspended_beyond_the_deadline(const State& state, Now now) {
    const Verification& verification = *state.verification;
    return deadline_passed(state, now) && verification.begun < state.config.timeout &&
           !is_valid(verification, state.targets.instances.size(), now.elapsed);
}

} // namespace

Next verify_again_later(State& state, Now now) {
    // The trouble goes on as long as the run waits for nothing else.
    auto& incomplete = state.verify_history.incomplete;
    if (incomplete && !any_awaited(state, now)) incomplete->latest = now.elapsed;
    const Duration pause = next_pause(state, now);
    // A verification whose answers could not be read is not repeated at once.
    if (!state.verification->complete)
        state.watch.next_partial_verification = std::max<Duration>(
            state.watch.next_partial_verification, now.elapsed + changes_interval);
    if (any_awaited(state, now) &&
        !deadline_passed(state, now)) { // the run waits for them meanwhile
        Duration& next = state.watch.next_recheck;
        const bool is_unclear =
            !state.verification->complete || !instances_to_verify_again(state, now).empty();
        if (is_unclear)
            next =
                std::min<Duration>(next, now.elapsed + std::max<Duration>(pause, changes_interval));
        return rediscover(state);
    }
    return rediscover_after(state, pause, now);
}

bool needs_partial_verification(const State& state, Now now) {
    return has_status_document(state) && !deadline_passed(state, now) &&
           now.elapsed >= state.watch.next_partial_verification &&
           !ids_of_partial_verification(state, now).empty();
}

void set_next_recheck(State& state, Now now) {
    const auto parts = 1 + state.targets.instances.size() / rechecked_each_interval;
    state.watch.next_recheck = now.elapsed + recheck_interval * parts;
}

Next begin_partial_verification(State& state, Now now) {
    const auto ids = ids_of_partial_verification(state, now);
    for (const auto& id : ids) // the others' agents are away
        state.finished_to_verify.erase(id);
    return send_verification(state, Verification::Scope::unclear_instances,
                             specs_by_instance(Purpose::verify, ids), now);
}

Next begin_verification(State& state, bool peers_ready, Now now) {
    const bool last = deadline_passed(state, now);
    const bool asks_all = last || is_cancelled(state);
    const auto unclear =
        asks_all ? std::vector<InstanceId>{} : instances_to_verify_again(state, now);
    if (!unclear.empty() && has_status_document(state))
        return send_verification(state, Verification::Scope::unclear_instances,
                                 specs_by_instance(Purpose::verify, unclear), now);
    if (state.config.multi_region && !last && !peers_ready) {
        if (now.elapsed >= state.watch.next_recheck) { // the other regions may take hours
            set_next_recheck(state, now);
            note_finished(state);
        }
        if (needs_partial_verification(state, now)) return begin_partial_verification(state, now);
        return await_peers(state, BarrierPoint::ready);
    }
    if (!has_status_document(state)) return verify_by_results(state, now);
    state.finished_to_verify.clear(); // all are asked
    auto specs = specs_by_environment(Purpose::verify, names_in_scope(state.targets));
    std::ranges::move(specs_by_instance(Purpose::verify, missed_by_tag(state, now)),
                      std::back_inserter(specs));
    return send_verification(state, Verification::Scope::fleet, std::move(specs), now);
}

Next conclude_verification(State& state, Now now) {
    const Verification& verification = *state.verification;
    if (proves_success(verification, state.targets, now.elapsed)) {
        if (state.config.reads_sidekiq && !verification.confirmed) return enter(state, Confirm{});
        return on_clean(state, now);
    }
    if (was_suspended_beyond_the_deadline(state, now)) return rediscover(state);
    if (proves_success(verification, state.targets, verification.begun))
        return on_expired(state, now);
    state.verify_history.clean_streak = 0;
    // A verification of some instances proves nothing of the others: all are asked once more.
    if (deadline_passed(state, now))
        return is_fleet_wide(state) ? finish(state, now) : rediscover(state);
    // Only a verification of the whole fleet ends a run, also one that somebody has cancelled.
    if (!is_fleet_wide(state) && (verification.not_as_asked.empty() || is_cancelled(state)))
        return rediscover(state);
    if (is_cancelled(state)) return finish_with_peers(state, now);
    if (const auto ids = instances_to_act_on(state, now); !ids.empty()) {
        ask_unclear_later(state, now);
        auto events = notices_of_contradictions(state, ids);
        return prepend_events(std::move(events),
                              begin_action(state, specs_by_instance(Purpose::act, ids)));
    }
    return on_unclean(state, now);
}

Next handle(State& state, Answered<AwaitBarrier> response, Now now) {
    const auto point = std::get<AwaitPeers>(state.phase).point;
    const bool released = response.answer && *response.answer == AwaitBarrier::Answer::released;
    if (!released) return rediscover(state);
    if (point == BarrierPoint::verified) {
        if (state.verification) state.verification->released = now.elapsed;
        return finish(state, now);
    }
    // Instances that were launched while the others were awaited come first.
    return rediscover(state, true);
}

} // namespace snow_white::drain
