// The phase Wait, while commands run. In: their counts, and changes of the fleet. Out: when results
// are collected, when the fleet is discovered again, and reminders of unfinished instances.
#include "src/drain/machine/apply_fleet.hpp"
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/doubt.hpp"
#include "src/drain/machine/transitions.hpp"

#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

constexpr std::chrono::seconds plateau{30};
constexpr std::chrono::seconds plateau_of_verification{3};
constexpr std::chrono::minutes page_interval{1}; // on average, where a list has several pages
// A quiet whose workers run no job ends long before that.
constexpr std::chrono::minutes time_of_idle_workers{10};

// Instances that will never finish: unreachable, or outside of our environments.
int count_unreachable(const State& state, Purpose purpose, Now now) {
    int count = 0;
    if (purpose == Purpose::act)
        for (const auto& command : state.commands)
            count += command.not_awaited;
    for (const auto& [id, instance] : state.targets.instances)
        if (instance.confirmed &&
            (purpose == Purpose::verify
                 ? !addressable(instance, now.elapsed)
                 : instance.last && instance.last->open && is_unreachable(instance, now.elapsed)))
            ++count;
    return count;
}

// The counts have not changed for a while: the results would name the instances that are left. A
// list has a page for each fifty instances, so that a large fleet's is read less often. It is read
// once in any case: the tag may still have targets that were terminated long ago and that EC2 does
// not list.
bool is_plateau(const Wait& wait, const CommandProgress& sum, Now now) {
    const bool verifies = wait.purpose == Purpose::verify;
    const Duration still = verifies ? Duration{plateau_of_verification} : Duration{plateau};
    if (now.elapsed < wait.changed_at + still) return false;
    if (wait.last_collected == Duration{0}) return true;
    const int pages = 1 + (sum.targeted - 1) / invocations_per_page;
    const bool few = pages == 1 || sum.targeted - sum.completed <= sum.targeted / 20;
    const bool costs_little = pages == 1 || verifies;
    const Duration between = costs_little ? still * pages : page_interval * pages;
    return few && now.elapsed >= wait.last_collected + between;
}

// SSM's count of targets grows at first: a missing target may be any instance.
bool still_counts(const std::vector<OpenCommand>& commands, Now now) {
    return std::ranges::any_of(commands, [now](const OpenCommand& command) {
        return !command.progress.over && now.elapsed < command.since + list_lag;
    });
}

// The instances that are left may never finish: the results tell. They are read before the end only
// after a change.
bool reads_early(const State& state, Wait& wait, const CommandProgress& sum, Now now) {
    const int unreachable = count_unreachable(state, wait.purpose, now);
    const std::pair<int, int> at{sum.completed, unreachable};
    if (sum.targeted == 0 || at == wait.collected_at ||
        still_counts(commands_of(state, wait.purpose), now))
        return false;
    const bool only_unreachable = sum.targeted - sum.completed <= unreachable;
    if (!only_unreachable && !is_plateau(wait, sum, now)) return false;
    wait.collected_at = at;
    wait.last_collected = now.elapsed;
    return true;
}

// One reminder after straggler_delay, and one before the deadline.
Collect::Reminder reminder_due(State& state, Now now) {
    Notices& notices = state.notices;
    const Duration notice =
        std::min<Duration>(longest_deadline_reminder, state.config.timeout / 10);
    if (notices.named_at_deadline) return Collect::Reminder::none;
    if (notice >= shortest_deadline_reminder && now.elapsed >= state.config.timeout - notice) {
        notices.named_at_deadline = notices.named_stragglers = true;
        return Collect::Reminder::deadline;
    }
    if (notices.named_stragglers || now.elapsed < straggler_delay) return Collect::Reminder::none;
    notices.named_stragglers = true;
    return Collect::Reminder::stragglers;
}

Next collect(State& state, Purpose purpose, Collect::Reminder reminder = Collect::Reminder::none) {
    Wait back = std::get<Wait>(state.phase);
    back.has_collected = true;
    return enter(state, Collect{.purpose = purpose, .reminder = reminder, .back = back});
}

// By the counts, or by the results.
bool any_finished(const State& state, Now now) {
    return sum_of(state.commands).completed > 0 ||
           any_instance(state.targets, [now](const TrackedInstance& instance) {
               return has_finished(instance, now.elapsed);
           });
}

// Somebody may have woken a finished worker, or it crashed and restarted: AWS does not show that.
Next recheck(State& state, Now now) {
    set_next_recheck(state, now);
    Next next = collect(state, Purpose::act);
    std::get<Collect>(state.phase).rechecks = true;
    return next;
}

Next poll(State& state) {
    auto& wait = std::get<Wait>(state.phase);
    wait.has_collected = false;
    if (wait.purpose == Purpose::act)
        state.calls_while_waiting += static_cast<int>(open_ids(state.commands).size());
    return {effect_of(state)};
}

Next watch_fleet(State& state, Now now) {
    state.watch.next_poll = now.elapsed + changes_interval;
    state.calls_while_waiting += calls_for_changes;
    return {PollFleetChanges{previous_of(state.targets), state.config.started}};
}

// The poll for changes shows new agents only of instances launched since the run began.
bool awaits_agent(const State& state, Now now) {
    return any_instance(state.targets, [now](const TrackedInstance& instance) {
        return is_booting(instance, now.elapsed);
    });
}

// An earlier list may have omitted an instance, or an environment may be gone.
Next rediscover_while_waiting(State& state, Now now) {
    state.watch.refreshes_agents = now.elapsed >= state.watch.next_discovery;
    state.watch.next_poll = now.elapsed + changes_interval;
    if (state.watch.refreshes_agents) {
        state.watch.next_discovery = now.elapsed + discovery_interval;
        if (now.elapsed >= state.watch.next_doubt_renewal) {
            renew_doubts(state);
            // Less often in a large fleet, as with the recheck.
            state.watch.next_doubt_renewal =
                now.elapsed +
                discovery_interval * (1 + static_cast<int>(state.targets.instances.size() / 1000));
        }
    }
    state.calls_while_waiting += calls_for_changes;
    Discover discover{.back = std::get<Wait>(state.phase)};
    return enter(state, std::move(discover));
}

Next on_no_progress(State& state, const Wait& wait, const CallFailure& failure, Now now) {
    const bool others_go_on = wait.purpose == Purpose::verify && any_awaited_in_time(state, now);
    if (!continues_without(state, failure, now) && !others_go_on)
        return finish_with(state, failure, now);
    if (wait.purpose == Purpose::verify) return verify_again_later(state, now);
    return wait_during_outage(state, wait, now);
}

Next poll_when_due(State& state, Now now) {
    const bool is_due = now.elapsed >= std::get<Wait>(state.phase).next_count;
    return is_due ? poll(state) : keep_waiting(state, now);
}

bool any_cancels_for_long(const State& state, Now now) {
    return any_instance(state.targets, [now](const TrackedInstance& instance) {
        return has_cancelled_for_long(instance, now);
    });
}

Next after_changes(State& state, Now now) {
    if (any_doubt(state) || any_cancels_for_long(state, now)) return collect(state, Purpose::act);
    if (needs_partial_verification(state, now)) return begin_partial_verification(state, now);
    if (results_may_name_instances(state, now)) return collect(state, Purpose::act);
    return poll_when_due(state, now);
}

} // namespace

Next handle(State& state, Answered<PollProgress> response, Now now) {
    auto wait = std::get<Wait>(state.phase);
    if (!response.answer) return on_no_progress(state, wait, response.answer.error(), now);
    auto& commands = commands_of(state, wait.purpose);
    const CommandProgress before = sum_of(commands);
    auto [events, cancel_begun] = apply_progress(commands, *response.answer, now);
    const CommandProgress after = sum_of(commands);
    if (before.completed != after.completed || before.targeted != after.targeted)
        wait.changed_at = now.elapsed;
    std::ranges::move(events_of_counts(state, wait.purpose), std::back_inserter(events));
    if (!events.empty()) state.notices.next_heartbeat = now.elapsed + heartbeat_interval;
    // Where an agent is away a cancel does not change the counts.
    const bool early = !after.over && (cancel_begun || reads_early(state, wait, after, now));
    // The instances that are left may have been terminated a moment ago: EC2 is polled now. In a
    // longer run the regular polls are enough.
    if (early && wait.purpose == Purpose::act && now.elapsed < time_of_idle_workers)
        state.watch.next_poll = std::min(state.watch.next_poll, now.elapsed);
    state.phase = wait;
    return prepend_events(std::move(events), after.over || early ? collect(state, wait.purpose)
                                                                 : wait_on(state, wait, now));
}

Next handle(State& state, Answered<Sleep>, Now now) {
    const auto& wait = std::get<Wait>(state.phase);
    if (now.elapsed >= end_of_waiting(state, wait.purpose)) return collect(state, wait.purpose);
    if (wait.purpose == Purpose::verify) return poll(state);
    if (const auto reminder = reminder_due(state, now); reminder != Collect::Reminder::none)
        return collect(state, Purpose::act, reminder);
    const bool is_due = now.elapsed >= state.watch.next_poll;
    if (now.elapsed >= state.watch.next_discovery || (is_due && awaits_agent(state, now)))
        return rediscover_while_waiting(state, now);
    if (is_due) return watch_fleet(state, now);
    // After the fleet: a monitor that was suspended for long names nobody who has left meanwhile.
    if (now.elapsed >= state.watch.next_recheck && has_status_document(state) &&
        any_finished(state, now))
        return recheck(state, now);
    if (!wait.has_collected && results_may_name_instances(state, now))
        return collect(state, Purpose::act);
    return poll_when_due(state, now);
}

Next handle(State& state, Answered<PollFleetChanges> response, Now now) {
    if (!response.answer) return poll_when_due(state, now);
    auto events = apply_changes(state, *response.answer, now);
    return prepend_events(std::move(events), after_changes(state, now));
}

} // namespace snow_white::drain
