// Wait: the commands go on. Their counts are polled, the fleet is watched, and people hear who
// keeps it waiting.
#include "src/drain/machine/apply_fleet.hpp"
#include "src/drain/machine/doubt.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

constexpr std::chrono::seconds plateau{30};
constexpr std::chrono::seconds plateau_of_verification{3};
constexpr std::chrono::minutes page_interval{1}; // on average, where the list has several
constexpr std::chrono::minutes time_of_idle_workers{
    10}; // a quiet in which nobody runs a job ends long before

// The answers are in the order of the open commands. A command that SSM does not know for long is
// over, and what became of it is not known: the next look tells who has to be told anew.
void apply_progress(std::vector<OpenCommand>& commands,
                    const std::vector<CommandProgress>& progress, Now now,
                    std::vector<Event>& events) {
    std::size_t answer = 0;
    for (auto& command : commands) {
        if (command.progress.over || answer == progress.size()) continue;
        const auto& seen = progress[answer++];
        if (seen.known) { // an older answer takes nothing back
            const CommandProgress before = std::exchange(command.progress, seen);
            command.progress.completed = std::max(seen.completed, before.completed);
            command.progress.targeted = std::max(seen.targeted, before.targeted);
            command.unknown_since.reset();
            continue;
        }
        if (!command.unknown_since) command.unknown_since = now.elapsed;
        if (now.elapsed - *command.unknown_since >= forgotten_patience) {
            command.progress.over = true;
            events.emplace_back(Notice{"SSM no longer knows command " + command.id.text});
        }
    }
}

// On these the commands go on, and nobody needs to wait for them.
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

// The counts stand still, and the results would tell on whom it is that they wait. A page for each
// fifty instances: the larger the fleet, the seldomer. Once they are read whoever is left: a tag
// may still have targets that were terminated long ago, and no list of EC2's has those.
bool is_plateau(const Wait& wait, const CommandProgress& sum, Now now) {
    const bool verifies = wait.purpose == Purpose::verify;
    const Duration still = verifies ? Duration{plateau_of_verification} : Duration{plateau};
    if (now.elapsed < wait.changed_at + still) return false;
    if (wait.last_collected == Duration{0}) return true;
    const int pages = 1 + (sum.targeted - 1) / invocations_a_page;
    const bool few = pages == 1 || sum.targeted - sum.completed <= sum.targeted / 20;
    const bool costs_little = pages == 1 || verifies;
    const Duration between = costs_little ? still * pages : page_interval * pages;
    return few && now.elapsed >= wait.last_collected + between;
}

// SSM counts more and more targets at first: one that it has not counted yet may be anybody.
bool still_counts(const std::vector<OpenCommand>& commands, Now now) {
    return std::ranges::any_of(commands, [now](const OpenCommand& command) {
        return !command.progress.over && now.elapsed < command.since + list_lag;
    });
}

// Who is left may be nobody to wait for: the results tell. They are read early only when something
// changed.
bool reads_early(const State& state, Wait& wait, const CommandProgress& sum, Now now) {
    const int unreachable = count_unreachable(state, wait.purpose, now);
    const std::pair<int, int> at{sum.completed, unreachable};
    const auto& commands =
        wait.purpose == Purpose::verify ? state.verification->commands : state.commands;
    if (sum.targeted == 0 || at == wait.collected_at || still_counts(commands, now)) return false;
    const bool only_unreachable = sum.targeted - sum.completed <= unreachable;
    if (!only_unreachable && !is_plateau(wait, sum, now)) return false;
    wait.collected_at = at;
    wait.last_collected = now.elapsed;
    return true;
}

// Once after an hour, and once when the deadline comes near.
Collect::Reminder reminder_due(State& state, Now now) {
    Notices& notices = state.notices;
    const Duration notice = std::min<Duration>(longest_notice, state.config.timeout / 10);
    if (notices.named_at_deadline) return Collect::Reminder::none;
    if (notice >= shortest_notice && now.elapsed >= state.config.timeout - notice) {
        notices.named_at_deadline = notices.named_stragglers = true;
        return Collect::Reminder::deadline;
    }
    if (notices.named_stragglers || now.elapsed < straggling) return Collect::Reminder::none;
    notices.named_stragglers = true;
    return Collect::Reminder::stragglers;
}

Step collect(State state, Purpose purpose, std::vector<Event> events = {},
             Collect::Reminder reminder = Collect::Reminder::none) {
    Wait back = std::get<Wait>(state.phase);
    back.has_read = true;
    return enter(std::move(state), Collect{.purpose = purpose, .reminder = reminder, .back = back},
                 std::move(events));
}

// By the counts, or by results that have been read.
bool any_finished(const State& state, Now now) {
    return sum_of(state.commands).completed > 0 ||
           std::ranges::any_of(state.targets.instances, [now](const auto& entry) {
               return has_finished(entry.second, now.elapsed);
           });
}

// Somebody may have woken one that has finished, or a crash has: nothing of AWS's tells.
Step recheck(State state, Now now) {
    set_next_recheck(state, now);
    Step step = collect(std::move(state), Purpose::act);
    std::get<Collect>(step.state.phase).rechecks = true;
    return step;
}

Step poll(State state) {
    Effect effect = effect_of(state);
    auto& wait = std::get<Wait>(state.phase);
    wait.has_read = false;
    if (wait.purpose == Purpose::act)
        state.calls_while_waiting += static_cast<int>(open_ids(state.commands).size());
    return with_effect(std::move(state), std::move(effect));
}

Step watch_fleet(State state, Now now) {
    state.watch.next_poll = now.elapsed + changes_interval;
    state.calls_while_waiting += calls_for_changes;
    PollFleetChanges poll{previous_of(state.targets), state.config.started};
    return with_effect(std::move(state), std::move(poll));
}

// The watch for changes tells the agents of those only that were launched since the run began.
bool awaits_agent(const State& state, Now now) {
    return std::ranges::any_of(state.targets.instances, [now](const auto& entry) {
        return is_booting(entry.second, now.elapsed);
    });
}

// A list may have lacked somebody, or somebody's environment may be gone.
Step look_at_fleet(State state, Now now) {
    state.watch.asks_versions = now.elapsed >= state.watch.next_look;
    state.watch.next_poll = now.elapsed + changes_interval;
    if (state.watch.asks_versions) {
        state.watch.next_look = now.elapsed + look_interval;
        if (now.elapsed >= state.watch.next_doubt) doubt_again(state);
        // As with the recheck: the larger the fleet, the seldomer.
        state.watch.next_doubt =
            now.elapsed +
            look_interval * (1 + static_cast<int>(state.targets.instances.size() / 1000));
    }
    state.calls_while_waiting += calls_for_changes;
    const Wait back = std::get<Wait>(state.phase);
    return enter(std::move(state), Discover{.back = back});
}

Step on_no_progress(State state, const Wait& wait, const CallFailure& failure, Now now) {
    if (!goes_on_without(state, failure, now)) return finish_with(std::move(state), failure, now);
    if (wait.purpose == Purpose::verify) return verify_again_later(std::move(state), now);
    return wait_during_outage(std::move(state), wait, now);
}

} // namespace

Step wait_during_outage(State state, const Wait& wait, Now now) {
    state.phase = wait;
    const Duration pause = std::min<Duration>(outage_pause, state.config.timeout - now.elapsed);
    return sleep_for(std::move(state), pause);
}

Step wait_on(State state, Wait wait, Now now, std::vector<Event> events) {
    const Purpose purpose = wait.purpose;
    if (wait.changed_at == Duration{0}) wait.changed_at = now.elapsed;
    state.phase = std::move(wait);
    const Duration left = end_of_waiting(state, purpose) - now.elapsed;
    const Duration pause = std::min(left, poll_interval(state, purpose, now));
    return sleep_for(std::move(state), pause, std::move(events));
}

Step handle(State state, Answered<PollProgress> response, Now now) {
    auto wait = std::get<Wait>(state.phase);
    if (!response.answer)
        return on_no_progress(std::move(state), wait, response.answer.error(), now);
    auto& commands = commands_of(state, wait.purpose);
    const CommandProgress before = sum_of(commands);
    std::vector<Event> events;
    apply_progress(commands, *response.answer, now, events);
    const CommandProgress after = sum_of(commands);
    if (before.completed != after.completed || before.targeted != after.targeted) {
        wait.changed_at = now.elapsed;
        events.emplace_back(ProgressChanged{wait.purpose, after.completed, after.targeted});
    }
    if (!events.empty()) state.notices.next_heartbeat = now.elapsed + heartbeat_interval;
    const bool early = !after.over && reads_early(state, wait, after, now);
    // Those that keep it waiting may have been terminated a moment ago: EC2 is asked now. Later it
    // is asked often enough for a run that lasts that long.
    if (early && wait.purpose == Purpose::act && now.elapsed < time_of_idle_workers)
        state.watch.next_poll = std::min(state.watch.next_poll, now.elapsed);
    state.phase = wait;
    if (after.over || early) return collect(std::move(state), wait.purpose, std::move(events));
    return wait_on(std::move(state), wait, now, std::move(events));
}

Step handle(State state, Answered<Sleep>, Now now) {
    const auto& wait = std::get<Wait>(state.phase);
    if (now.elapsed >= end_of_waiting(state, wait.purpose))
        return collect(std::move(state), wait.purpose);
    if (wait.purpose == Purpose::verify) return poll(std::move(state));
    if (const auto reminder = reminder_due(state, now); reminder != Collect::Reminder::none)
        return collect(std::move(state), Purpose::act, {}, reminder);
    if (now.elapsed >= state.watch.next_recheck && can_ask(state) && any_finished(state, now))
        return recheck(std::move(state), now);
    const bool is_due = now.elapsed >= state.watch.next_poll;
    if (now.elapsed >= state.watch.next_look || (is_due && awaits_agent(state, now)))
        return look_at_fleet(std::move(state), now);
    if (is_due) return watch_fleet(std::move(state), now);
    if (!wait.has_read && results_may_name_somebody(state, now))
        return collect(std::move(state), Purpose::act);
    return poll(std::move(state));
}

Step handle(State state, Answered<PollFleetChanges> response, Now now) {
    if (!response.answer) return poll(std::move(state)); // its parts fail each for itself
    auto events = apply_changes(state, *response.answer, now);
    if (any_doubt(state)) return collect(std::move(state), Purpose::act, std::move(events));
    if (has_found_to_verify(state, now))
        return prepend_events(std::move(events), verify_found(std::move(state), now));
    if (results_may_name_somebody(state, now))
        return collect(std::move(state), Purpose::act, std::move(events));
    return prepend_events(std::move(events), poll(std::move(state)));
}

} // namespace snow_white::drain
