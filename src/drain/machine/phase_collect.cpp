// The phase Collect. In: the results of the commands. Out: what each instance needs next,
// reminders.
#include "src/drain/machine/apply_results.hpp"
#include "src/drain/machine/cancels.hpp"
#include "src/drain/machine/transitions.hpp"
#include "src/drain/model/sidekiq_text.hpp"

#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

bool all_over(const std::vector<OpenCommand>& commands) {
    return std::ranges::all_of(commands, [](const auto& command) { return command.progress.over; });
}

bool all_listed(const std::vector<OpenCommand>& commands,
                const std::vector<CommandResults>& results) {
    return std::ranges::all_of(results, [&commands](const CommandResults& one) {
        const OpenCommand* command = find_command(commands, one.id);
        return command == nullptr || !one.known || is_whole(*command, one);
    });
}

// "30 min", "47 h"
std::string rounded_up(Duration duration) {
    constexpr std::chrono::hours minutes_until{2};
    if (duration < minutes_until)
        return fmt::format("{} min", std::chrono::ceil<std::chrono::minutes>(duration).count());
    return fmt::format("{} h", std::chrono::ceil<std::chrono::hours>(duration).count());
}

std::string reminder_text(const State& state, Collect::Reminder reminder, Now now,
                          const std::string& who) {
    const std::string deadline =
        "the deadline comes in " + rounded_up(state.config.timeout - now.elapsed);
    if (reminder == Collect::Reminder::deadline)
        return fmt::format("{}, and {}; then the run ends, and the {} continues", deadline, who,
                           name_of(state.config.action));
    return fmt::format("after {} min {}; still waiting, {}",
                       std::chrono::floor<std::chrono::minutes>(now.elapsed).count(), who,
                       deadline);
}

std::vector<Event> events_of(const State& state, Collect::Reminder reminder, Now now) {
    if (reminder == Collect::Reminder::none) return {};
    std::vector<std::string> names;
    std::size_t confirmed = 0;
    for (const auto& [id, instance] : state.targets.instances) {
        if (!instance.confirmed) continue;
        ++confirmed;
        if (finding_of(context_of(state, instance, now)).outcome == Outcome::pending)
            names.push_back(label_of(id, instance));
    }
    if (names.empty()) return {};
    const std::string who =
        fmt::format("{} of {} have not finished: {}", names.size(), confirmed, list_names(names));
    const std::string jobs = jobs_text(state.sidekiq.view, now.wall);
    return {
        Notice{.what = reminder_text(state, reminder, now, who) + (jobs.empty() ? "" : "; ") + jobs,
               .important = true}};
}

// Those that can get a command before the results of another one are known.
std::vector<InstanceId> without_open_command(const State& state, std::vector<InstanceId> ids) {
    std::erase_if(ids, [&state](const auto& id) {
        const auto& last = state.targets.instances.at(id).last;
        return last && last->open;
    });
    return ids;
}

Next after_action(State& state, const Wait& back, bool all_seen, Now now) {
    if (deadline_passed(state, now)) return rediscover(state); // before the last verification
    if (!all_over(state.commands)) {
        auto ids = instances_to_act_on(state, now);
        if (!all_seen) ids = without_open_command(state, std::move(ids));
        if (!ids.empty()) return begin_action(state, specs_by_instance(Purpose::act, ids));
        if (any_awaited(state, now) || results_may_name_instances(state, now) ||
            results_are_missing(state, now))
            return wait_on(state, back, now);
    }
    return rediscover(state);
}

// A list that is behind its count says nothing about the instances that it lacks.
Next collect_again(State& state, Collect collect, Now now) {
    if (!collect.incomplete_since) collect.incomplete_since = now.elapsed;
    state.phase = collect;
    return sleep_for(list_pause);
}

bool may_catch_up(const State& state, const Collect& collect, Now now) {
    // A verification also after the deadline: the report is made of it.
    const bool verifies = collect.purpose == Purpose::verify;
    const Duration patience = verifies ? Duration{list_lag} : Duration{list_patience};
    return (verifies || !deadline_passed(state, now)) &&
           (!collect.incomplete_since || now.elapsed < *collect.incomplete_since + patience);
}

// The results of found commands that could not be read before.
void note_results_read_late(State& state, const std::vector<CommandResults>& results) {
    std::vector<CommandId> found;
    for (const auto& one : results)
        for (auto& command : state.commands)
            if (command.id == one.id && one.known && std::exchange(command.found_unread, false))
                found.push_back(command.id);
    note_finished(state, found);
}

// Of a found command whose results are read late: an instance whose invocation was cancelled alone
// gets ours, as where they are read at once (adopt_results.cpp). But a cancel of the whole command,
// and a batch that SSM did not begin, may be later than the start of this run: they are meant for
// it.
void disregard_of_found(State& state, const std::vector<CommandResults>& results) {
    for (const auto& one : results) {
        OpenCommand* command = find_command(state.commands, one.id);
        if (command == nullptr || !command->found_unread || !one.known) continue;
        if (is_cancelled(*command, one)) continue;
        for (const auto& invocation : one.invocations) {
            if (!is_being_cancelled(invocation)) continue;
            command->disregarded.insert(invocation.id);
            auto* instance = find_instance(state.targets, invocation.id);
            if (instance != nullptr && instance->last && instance->last->id == command->id)
                instance->last.reset();
        }
    }
}

Next on_action_results(State& state, Collect collect, std::vector<CommandResults> results,
                       Now now) {
    disregard_of_found(state, results);
    const bool complete = apply_action_results(state, results, now);
    const bool all_known = std::ranges::all_of(results, &CommandResults::known);
    const bool all_seen = all_known && all_listed(state.commands, results);
    if (!all_seen) collect.back.collected_at = {-1, -1}; // read again
    if (!complete && may_catch_up(state, collect, now)) return collect_again(state, collect, now);
    if (!complete) release_unreported(state, results);
    note_results_read_late(state, results);
    if (any_awaited(state, now)) note_undelivered(state); // else all are verified now
    if (collect.rechecks && any_awaited(state, now)) note_finished(state);
    results.clear();
    auto events = events_of_counts(state, Purpose::act);
    std::ranges::move(events_of(state, collect.reminder, now), std::back_inserter(events));
    if (needs_partial_verification(state, now))
        return prepend_events(std::move(events), begin_partial_verification(state, now));
    return prepend_events(std::move(events), after_action(state, collect.back, all_seen, now));
}

// The run does meanwhile what does not need these results.
Next on_no_results(State& state, Wait back, const CallFailure& failure, Now now) {
    const bool are_needed = all_over(state.commands) && !continues_without(state, failure, now);
    if (are_needed || deadline_passed(state, now)) return finish_with(state, failure, now);
    if (const auto ids = without_open_command(state, instances_to_act_on(state, now)); !ids.empty())
        return begin_action(state, specs_by_instance(Purpose::act, ids));
    if (failure.kind != CallFailure::Kind::unavailable) return wait_on(state, back, now);
    back.collected_at = {-1, -1}; // read again
    return wait_during_outage(state, back, now);
}

bool is_confirmed(const Targets& targets, const InstanceId& id) {
    const auto* instance = find_instance(targets, id);
    return instance != nullptr && instance->confirmed;
}

// An addressed instance has not answered, and still may.
bool awaits_answers(const State& state, const std::vector<CommandResults>& results, Now now) {
    std::set<InstanceId> answered;
    for (const auto& one : results)
        for (const auto& invocation : one.invocations)
            if (invocation.end != InvocationEnd::pending)
                answered.insert(invocation.id);
            else if (is_running(invocation) && !is_confirmed(state.targets, invocation.id))
                return true; // no list has it, and its agent runs the command
    if (state.targets.instances.empty()) return answered.empty(); // EC2 lists none
    return std::ranges::any_of(state.targets.instances, [&](const auto& entry) {
        return addressable(entry.second, now.elapsed) &&
               is_addressed(*state.verification, entry.first) && !answered.contains(entry.first) &&
               need_of(state, entry.second, now) != Need::final;
    });
}

// SSM counts more targets than it lists: which instances they are is not known.
void note_unlisted(State& state, const std::vector<CommandResults>& results) {
    int lacking = 0;
    for (const auto& one : results) {
        const OpenCommand* command = find_command(state.verification->commands, one.id);
        if (command != nullptr && one.known)
            lacking += std::max(0, command->progress.targeted - count_listed(one));
    }
    if (lacking > 0)
        state.verification->unproven.push_back(unproven_workers(
            fmt::format("{} of the instances that SSM counts are in none of its lists", lacking)));
}

Next on_verification_results(State& state, Collect collect, std::vector<CommandResults> results,
                             Now now) {
    const bool time_left = now.elapsed < end_of_waiting(state, Purpose::verify);
    if (!all_listed(state.verification->commands, results)) collect.back.collected_at = {-1, -1};
    if (!all_over(state.verification->commands) && time_left && awaits_answers(state, results, now))
        return wait_on(state, collect.back, now);
    if (!all_listed(state.verification->commands, results) && time_left &&
        may_catch_up(state, collect, now))
        return collect_again(state, collect, now);
    note_unlisted(state, results);
    apply_verification_results(state, results, now);
    results.clear(); // before the report is built: memory
    return conclude_verification(state, now);
}

} // namespace

Next handle(State& state, Answered<CollectResults> response, Now now) {
    if (std::holds_alternative<Adopt>(state.phase))
        return apply_adopted(state, std::move(response), now);
    const auto collect = std::get<Collect>(state.phase);
    if (response.answer)
        return collect.purpose == Purpose::act
                   ? on_action_results(state, collect, std::move(*response.answer), now)
                   : on_verification_results(state, collect, std::move(*response.answer), now);
    const CallFailure failure = response.answer.error();
    if (collect.purpose == Purpose::act) return on_no_results(state, collect.back, failure, now);
    if (continues_without(state, failure, now) || any_awaited_in_time(state, now))
        return verify_again_later(state, now);
    return finish_unverified(state, failure, now);
}

} // namespace snow_white::drain
