// The phase Confirm, after a verification that proves success. In: what Sidekiq's Redis says, or
// why it could not be read. Out: the verification again where Redis contradicts it, or its end.
#include "src/drain/machine/reducer.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

void apply(SidekiqWitness& witness, const Answered<ReadSidekiq>& response, const Targets& targets,
           Now now) {
    witness.looked_at = now.elapsed;
    if (response.answer)
        apply_snapshot(witness, *response.answer, targets);
    else
        apply_failure(witness, response.answer.error().why);
}

// After a wake workers are meant to be busy. Without a status document the instances' answers are
// old.
std::map<InstanceId, InstanceFinding> contradictions_of(const State& state,
                                                        const Answered<ReadSidekiq>& response) {
    const Verification& verification = *state.verification;
    if (!response.answer || state.config.action == Action::wake ||
        verification.evidence != Verification::Evidence::status_document)
        return {};
    return contradictions(*response.answer, state.targets);
}

// With --strict nobody else may take jobs. In a Redis that was restarted a moment ago they may be
// missing.
bool looks_again(const State& state) {
    return state.config.strict && !std::get<Confirm>(state.phase).again &&
           state.sidekiq.view.other_processes == 0;
}

// The monitor was suspended while it read Redis for its report.
bool has_expired(const State& state, Now now) {
    return state.verification &&
           proves_success(*state.verification, state.targets, state.verification->begun) &&
           !proves_success(*state.verification, state.targets, now.elapsed);
}

std::vector<Event> withdraw(State& state, const std::map<InstanceId, InstanceFinding>& found,
                            bool is_last, Now now) {
    std::vector<Event> events;
    for (const auto& [id, finding] : found) {
        TrackedInstance& instance = state.targets.instances.at(id);
        if (events.size() < most_names)
            events.emplace_back(
                Notice{fmt::format("{}: {}{}", label_of(id, instance), finding.note,
                                   is_last ? ", again" : "; it is verified again")});
        state.verification->as_asked.erase(id);
        state.verification->not_as_asked[id] = finding;
        instance.verified = finding;
        if (!instance.unclear_since) instance.unclear_since = now.elapsed;
    }
    return events;
}

} // namespace

Next handle(State& state, Answered<ReadSidekiq> response, Now now) {
    apply(state.sidekiq, response, state.targets, now);
    if (std::get<Confirm>(state.phase).for_report)
        return has_expired(state, now) ? conclude_verification(state, now) : finish(state, now);
    const auto found = contradictions_of(state, response);
    if (found.empty() && looks_again(state)) {
        state.phase = Confirm{.again = true};
        return sleep_for(strict_pause);
    }
    state.verification->confirmed = true;
    if (found.empty()) {
        state.sidekiq.contradicted = 0;
        return conclude_verification(state, now);
    }
    const bool is_last = ++state.sidekiq.contradicted >= most_contradictions;
    auto events = withdraw(state, found, is_last, now);
    return prepend_events(std::move(events), is_last ? finish_with_peers(state, now)
                                                     : conclude_verification(state, now));
}

void note_sidekiq(State& state, const Answered<ReadSidekiq>& response, Now now) {
    apply(state.sidekiq, response, state.targets, now);
}

} // namespace snow_white::drain
