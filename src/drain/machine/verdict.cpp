// The end of one region's drain. In: the last state. Out: the report and its verdict. Success is
// only ever made of a verification.
#include "src/drain/machine/leavers.hpp"
#include "src/drain/machine/transitions.hpp"
#include "src/drain/model/sidekiq_text.hpp"

#include <fmt/format.h>
#include <utility>

namespace snow_white::drain {

namespace {

// Moves each instance out of the state: memory has room for one of the two lists.
std::vector<InstanceResult> results_of(State& state, Now now) {
    std::vector<InstanceResult> results;
    auto& instances = state.targets.instances;
    results.reserve(instances.size());
    while (!instances.empty()) {
        auto entry = instances.extract(instances.begin());
        TrackedInstance& instance = entry.mapped();
        if (!instance.confirmed) continue;
        auto finding = finding_of(context_of(state, instance, now));
        const auto left = leaving_of(state.config.action, instance);
        results.push_back({std::move(entry.key()), std::move(instance.environment), finding.outcome,
                           std::move(finding.note), std::move(instance.workers), left});
    }
    return results;
}

bool any_is(const std::vector<InstanceResult>& results, Outcome outcome) {
    return contains(results, outcome, &InstanceResult::outcome);
}

std::optional<Report::Counts> counts_of(const State& state) {
    const auto counts = count_instances(state, Purpose::act);
    if (counts.targeted == 0) return std::nullopt;
    return Report::Counts{counts.completed, counts.targeted};
}

Verdict verdict_without_success(const Report& report, const State& state, Now now) {
    if (any_is(report.instances, Outcome::cancelled)) return Verdict::cancelled;
    if (any_is(report.instances, Outcome::pending) && deadline_passed(state, now))
        return Verdict::timed_out;
    return Verdict::partial;
}

// With --strict a quiet or a stop needs a Redis that was read as a whole, agrees, and names nobody
// else.
bool is_withheld_by_redis(const State& state) {
    const SidekiqView& view = state.sidekiq.view;
    return state.config.strict && state.config.action != Action::wake &&
           (view.source != SidekiqView::Source::read || view.other_processes > 0 ||
            !unread_text(view).empty() || !doubts_about(view).empty());
}

Report build_report(State& state, Now now) {
    Report report{.action = state.config.action,
                  .environments = names_where(state.targets, [](const auto&) { return true; }),
                  .unverified = state.notices.unverified,
                  .warnings = state.notices.warnings,
                  .deploying = deploying(state),
                  .on_pods = names_where(state.targets, &TargetEnvironment::runs_pods),
                  .may_have_sent = state.may_have_sent,
                  .is_send_unknown = is_send_unknown(state),
                  .workers_were_asked =
                      !state.verification ||
                      state.verification->evidence == Verification::Evidence::status_document,
                  .elapsed = now.elapsed,
                  .last_counts = counts_of(state),
                  .sidekiq = state.sidekiq.view,
                  .ended = now.wall};
    for (const auto& one : state.targets.environments)
        if (!one.listed)
            report.warnings.push_back(
                fmt::format("environment {} is no longer listed: terminated or renamed", one.name));
    const auto add = [&report](const std::vector<std::string>& sentences) {
        report.unverified.insert(report.unverified.end(), sentences.begin(), sentences.end());
    };
    add(state.targets.unavailable);
    add(state.targets.unproven);
    if (state.verification) add(state.verification->unproven);
    if (const auto why = unread_text(state.sidekiq.view); !why.empty())
        report.unverified.push_back(why);
    else if (state.config.strict && state.sidekiq.view.source != SidekiqView::Source::read)
        report.unverified.emplace_back("Sidekiq's Redis was not read, and --strict needs it");
    // Of the instances that results_of() moves away.
    const Duration valid_until =
        state.verification ? state.verification->released.value_or(state.verification->begun) +
                                 validity(state.targets.instances.size())
                           : Duration{};
    const bool success =
        state.verification && proves_success(*state.verification, state.targets, now.elapsed);
    if (success && state.config.action != Action::wake &&
        state.sidekiq.view.source == SidekiqView::Source::read)
        add(doubts_about(state.sidekiq.view));
    if (state.may_have_sent)
        report.instances = results_of(state, now); // else no instance got a command
    const bool cancelled = any_is(report.instances, Outcome::cancelled);
    const bool is_withheld = is_withheld_by_redis(state);
    report.verdict = success && !cancelled && !is_withheld
                         ? Verdict::done
                         : verdict_without_success(report, state, now);
    if (report.verdict == Verdict::done)
        report.validity = Report::Validity{state.verification->begun, valid_until};
    return report;
}

Next end_with(State& state, Report report) {
    state = {}; // memory: the report may be large
    Next next{Finish{}};
    next.events.emplace_back(std::move(report));
    return next;
}

} // namespace

// What Redis said before may name jobs that have ended since.
Next finish(State& state, Now now) {
    const auto looked_at = state.sidekiq.looked_at;
    const bool is_fresh = looked_at && now.elapsed - *looked_at < fresh_look;
    if (state.config.reads_sidekiq && !is_fresh) return enter(state, Confirm{.for_report = true});
    return end_with(state, build_report(state, now));
}

Next finish_with_peers(State& state, Now now) {
    if (state.config.multi_region && !deadline_passed(state, now))
        return await_peers(state, BarrierPoint::verified);
    return finish(state, now);
}

Next finish_unverified(State& state, const CallFailure& failure, Now now) {
    state.verification->unproven.push_back(unproven_workers(failure.why));
    // There is no answer: none is older than this. The other regions' answers stay valid.
    state.verification->begun = now.elapsed;
    return finish_with_peers(state, now);
}

Next finish_with(State& state, Verdict verdict, std::string why, Now now) {
    Report report = build_report(state, now);
    report.verdict = verdict;
    report.why = std::move(why);
    return end_with(state, std::move(report));
}

Next finish_with(State& state, const CallFailure& failure, Now now) {
    return finish_with(state, verdict_of(failure.kind), failure.why, now);
}

Verdict verdict_of(CallFailure::Kind kind) {
    using enum CallFailure::Kind;
    if (kind == denied) return Verdict::denied;
    return kind == unavailable || kind == lost ? Verdict::unavailable : Verdict::refused;
}

} // namespace snow_white::drain
