// The phase Confirm, after a verification that proves success. In: what Sidekiq's Redis says, or
// why it could not be read. Out: the verification again where Redis contradicts it, or its end.
#include "src/drain/machine/reducer.hpp"
#include "src/drain/machine/transitions.hpp"

#include <fmt/format.h>

namespace snow_white::drain {

namespace {

void apply(SidekiqWitness& witness, const Answered<ReadSidekiq>& response, const Targets& targets) {
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

std::vector<Event> withdraw(State& state, const std::map<InstanceId, InstanceFinding>& found,
                            Now now) {
    std::vector<Event> events;
    for (const auto& [id, finding] : found) {
        TrackedInstance& instance = state.targets.instances.at(id);
        if (events.size() < most_names)
            events.emplace_back(Notice{
                fmt::format("{}: {}; it is verified again", label_of(id, instance), finding.note)});
        state.verification->as_asked.erase(id);
        state.verification->not_as_asked[id] = finding;
        instance.verified = finding;
        if (!instance.unclear_since) instance.unclear_since = now.elapsed;
    }
    return events;
}

} // namespace

Next handle(State& state, Answered<ReadSidekiq> response, Now now) {
    apply(state.sidekiq, response, state.targets);
    state.verification->confirmed = true;
    const auto found = contradictions_of(state, response);
    if (found.empty()) {
        state.sidekiq.contradicted = 0;
        return conclude_verification(state, now);
    }
    auto events = withdraw(state, found, now);
    const bool is_last = ++state.sidekiq.contradicted >= most_contradictions;
    return prepend_events(std::move(events),
                          is_last ? finish(state, now) : conclude_verification(state, now));
}

void note_sidekiq(State& state, const Answered<ReadSidekiq>& response) {
    apply(state.sidekiq, response, state.targets);
}

} // namespace snow_white::drain
