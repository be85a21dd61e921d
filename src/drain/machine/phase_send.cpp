// The phase Send: one SendCommand after the other. In: the answer to one. Out: the next one, or the
// wait. A failed send does not end a run that has sent others.
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

constexpr Duration first_send_pause = list_pause;

// These instances get the command again later. After most_refusals in a row nothing waits for them
// any more.
void mark_refused(State& state, const CommandSpec& spec, const CallFailure& failure, Now now) {
    for_each_in(state.targets, spec, [&](const InstanceId&, TrackedInstance& instance) {
        ++instance.refusals;
        instance.unsent = true;
        forget_patience(instance);
        const bool is_final =
            instance.refusals >= most_refusals && now.elapsed >= instance.boot_deadline;
        instance.not_before =
            now.elapsed + (is_final ? Duration{refused_again_pause} : refused_pause);
        instance.action_result = {Outcome::failed, "the command could not be sent: " + failure.why};
        instance.verified.reset();
    });
}

CommandSpec take_next(Send& send) {
    CommandSpec spec = std::move(send.pending.front());
    send.pending.erase(send.pending.begin());
    return spec;
}

Next on_refused(State& state, Send send, const CallFailure& failure, Now now) {
    const CommandSpec spec = take_next(send);
    const bool is_alone = send.pending.empty() && !state.has_commanded;
    if (is_alone && failure.kind != CallFailure::Kind::invalid_target)
        return finish_with(state, failure, now);
    mark_refused(state, spec, failure, now);
    return send_next(state, std::move(send), now);
}

SendTrouble& renew_trouble(State& state, const CallFailure& failure, Instant asked, Now now) {
    // The previous trouble is over when no send has failed for minutes.
    const bool is_new =
        !state.send_trouble || now.elapsed > state.send_trouble->not_before + start_patience;
    if (is_new) state.send_trouble = SendTrouble{.since = now.elapsed, .pause = first_send_pause};
    SendTrouble& trouble = *state.send_trouble;
    if (failure.kind == CallFailure::Kind::lost) {
        state.may_have_sent = true;
        state.has_lost_answer = true;
        trouble.lost = LostSend{now, asked}; // SSM lists it later if it has taken it
    }
    trouble.not_before = now.elapsed + trouble.pause;
    trouble.pause = std::min<Duration>(trouble.pause * 2, longest_send_pause);
    return trouble;
}

std::vector<Event> notice_of(const SendTrouble& trouble, const CallFailure& failure, Now now) {
    if (trouble.since != now.elapsed) return {};
    if (failure.kind == CallFailure::Kind::lost)
        return {Notice{"the answer to SendCommand was lost; looking for the command"}};
    return {Notice{"SendCommand fails (" + failure.why + "); trying again"}};
}

// The send is retried after growing pauses: until the deadline once a command was sent. The run
// waits for its other commands meanwhile, since instances without the command stay in need of it.
Next on_not_sent(State& state, Send send, const CallFailure& failure, Now now) {
    const SendTrouble trouble = renew_trouble(state, failure, send.asked, now);
    const bool long_since = now.elapsed >= trouble.since + start_patience;
    if (!state.has_commanded && !state.config.multi_region && long_since)
        return finish_with(state, failure, now);
    if (deadline_passed(state, now)) return rediscover(state);
    for (const auto& spec : send.pending)
        for_each_in(state.targets, spec, [](const InstanceId&, TrackedInstance& instance) {
            instance.unsent = true;
            forget_patience(instance);
        });
    auto events = notice_of(trouble, failure, now);
    const Duration pause = trouble.not_before - now.elapsed;
    if (state.targets.sees_instances && !open_ids(state.commands).empty())
        return prepend_events(std::move(events), wait_on(state, Wait{}, now));
    if (state.targets.sees_instances && state.may_have_sent && (state.has_commanded || long_since))
        return prepend_events(std::move(events), rediscover_after(state, pause, now));
    state.phase = Adopt{std::move(send.pending)};
    return prepend_events(std::move(events), sleep_for(pause));
}

Next on_verify_failure(State& state, const CallFailure& failure, Now now) {
    // An update of the stack replaces the document, which takes a moment.
    auto& absent_since = state.verify_history.document_absent_since;
    if (failure.kind != CallFailure::Kind::absent)
        absent_since.reset();
    else if (!absent_since)
        absent_since = now.elapsed;
    const bool may_come = absent_since && now.elapsed < *absent_since + absent_patience;
    // A verification by ids is repeated later: commands may still run elsewhere.
    const bool others_go_on = any_awaited(state, now) || state.config.multi_region;
    const bool by_id =
        state.verification->scope != Verification::Scope::fleet && (!absent_since || others_go_on);
    if ((may_come || by_id) && !deadline_passed(state, now)) {
        if (!may_come) absent_since.reset(); // the verification of all has its own patience
        std::vector<Event> events;
        if (!std::exchange(state.notices.reported_failed_verification, true))
            events.emplace_back(Notice{fmt::format(
                "the status command could not be sent ({}); trying again", failure.why)});
        state.watch.next_partial_verification = now.elapsed + changes_interval;
        return prepend_events(std::move(events), verify_again_later(state, now));
    }
    return finish_unverified(state, failure, now);
}

// SSM refuses a whole command for one id that it does not know: both halves are tried.
Next send_halves(State& state, Send send, Now now) {
    CommandSpec first = take_next(send);
    const auto middle =
        first.instances.begin() + static_cast<std::ptrdiff_t>(first.instances.size() / 2);
    const CommandSpec second{first.purpose, {}, {middle, first.instances.end()}};
    first.instances.erase(middle, first.instances.end());
    send.pending.insert(send.pending.begin(), {std::move(first), second});
    return send_next(state, std::move(send), now);
}

// In a verification an instance that SSM does not know counts as not reached.
Next leave_out(State& state, Send send, Now now) {
    const CommandSpec spec = take_next(send);
    state.verification->refused.insert(spec.instances.begin(), spec.instances.end());
    return send_next(state, std::move(send), now);
}

// A stack of an earlier version: an instance that fetches the command late also runs it late.
Next send_without_expiry(State& state, Send send, Now now) {
    const std::string sentence =
        "the stack's documents have no parameter ExpiresAt: an instance that SSM does not reach "
        "now may begin this command minutes later, after another one; update the stack";
    state.commands_expire = false;
    add_once(state.notices.warnings, sentence);
    return prepend_events({Notice{sentence}}, send_next(state, std::move(send), now));
}

Next on_send_failure(State& state, Send send, const CallFailure& failure, Now now) {
    if (failure.kind == CallFailure::Kind::unknown_expiry)
        return send_without_expiry(state, std::move(send), now);
    if (failure.kind == CallFailure::Kind::invalid_target &&
        send.pending.front().instances.size() > 1)
        return send_halves(state, std::move(send), now);
    if (failure.kind == CallFailure::Kind::invalid_target && send.purpose == Purpose::verify)
        return leave_out(state, std::move(send), now);
    if (send.purpose == Purpose::verify) return on_verify_failure(state, failure, now);
    if (failure.kind == CallFailure::Kind::lost || failure.kind == CallFailure::Kind::unavailable)
        return on_not_sent(state, std::move(send), failure, now);
    return on_refused(state, std::move(send), failure, now);
}

} // namespace

Next handle(State& state, Answered<SendCommand> response, Now now) {
    auto send = std::get<Send>(state.phase);
    if (!response.answer)
        return on_send_failure(state, std::move(send), response.answer.error(), now);
    OpenCommand command{
        .id = *response.answer, .spec = take_next(send), .since = now.elapsed, .ours = true};
    CommandStarted started{command.spec, command.id, false};
    state.may_have_sent = true;
    if (send.purpose == Purpose::act) {
        mark_commanded(state.targets, command);
        verify_unclear_anew(state, send.pending);
        state.followed.insert(command.id);
        state.has_commanded = true;
        state.send_trouble.reset();
    } else {
        state.verify_history.document_absent_since.reset();
        state.notices.reported_failed_verification = false;
    }
    commands_of(state, send.purpose).push_back(std::move(command));
    const bool looks_for_others = send.purpose == Purpose::act && send.pending.empty();
    return prepend_events({started}, looks_for_others ? enter(state, Adopt{})
                                                      : send_next(state, std::move(send), now));
}

Next send_next(State& state, Send send, Now now) {
    // The monitor was suspended, or AWS was slow: after the deadline nothing acts any more.
    if (send.purpose == Purpose::act && !send.pending.empty() && deadline_passed(state, now))
        return state.may_have_sent ? rediscover(state)
                                   : finish_with(state, Verdict::timed_out, "", now);
    // A verification of some instances is not worth more time then: that of all comes next.
    if (send.purpose == Purpose::verify && !send.pending.empty() && deadline_passed(state, now) &&
        state.verification->scope != Verification::Scope::fleet)
        return rediscover(state);
    if (!send.pending.empty()) return enter(state, std::move(send));
    if (send.purpose == Purpose::act && needs_partial_verification(state, now))
        return begin_partial_verification(state, now);
    return wait_on(state, Wait{send.purpose}, now);
}

} // namespace snow_white::drain
