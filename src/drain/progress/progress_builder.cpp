// Builds a progress snapshot. In: the drain's state, what the poller has read, the time.
#include "src/drain/machine/transitions.hpp"
#include "src/drain/progress/progress_poller.hpp"

#include <utility>

namespace snow_white::drain {

namespace {

using PolledProgress = ProgressPoller::PolledProgress;
using InstanceProgress = ProgressPoller::InstanceProgress;

// By the drain's state; where that only says that the command is pending, by the poller's results.
InstanceProgress progress_of(const State& state, const PolledProgress& polled, const InstanceId& id,
                             const TrackedInstance& instance, Now now) {
    InstanceProgress seen;
    if (state.may_have_sent) seen.finding = finding_of(context_of(state, instance, now));
    const auto found = polled.instances.find(id);
    if (found == polled.instances.end()) return seen;
    // Before its latest command it may have been as asked.
    const bool is_latest = instance.last && instance.last->id == found->second.command;
    if (!is_latest && state.targets.sees_instances) return seen;
    seen.requested = found->second.requested;
    if (seen.finding.outcome == Outcome::pending) seen.finding = found->second.finding;
    return seen;
}

class ProgressBuilder {
public:
    ProgressBuilder(const State& state, const PolledProgress& polled, Now now)
        : state_(state), polled_(polled), now_(now) {
        for (const auto& environment : state.targets.environments)
            rows_[environment.name].name = environment.name;
    }

    void add(const InstanceId& id, const TrackedInstance& instance) {
        const InstanceProgress seen = progress_of(state_, polled_, id, instance, now_);
        EnvironmentProgress& row = rows_[instance.environment];
        row.name = instance.environment;
        for (EnvironmentProgress* one : {&row, &all_}) {
            ++one->instances;
            if (is_gone(seen.finding.outcome))
                ++one->gone;
            else if (is_success(seen.finding.outcome))
                ++one->as_asked;
        }
        if (!is_success(seen.finding.outcome)) add_unfinished(id, instance, seen);
    }

    void write(ProgressSnapshot& snapshot) {
        snapshot.all = all_;
        for (auto& [name, row] : rows_)
            snapshot.environments.push_back(std::move(row));
        snapshot.unfinished = std::move(unfinished_);
        snapshot.jobs = jobs_;
        snapshot.counted = counted_;
        trim(snapshot);
    }

private:
    void add_unfinished(const InstanceId& id, const TrackedInstance& instance,
                        const InstanceProgress& seen) {
        UnfinishedInstance one{.id = id,
                               .environment = instance.environment,
                               .outcome = seen.finding.outcome,
                               .since = seen.requested.value_or(state_.config.started)};
        const auto last_count = polled_.jobs.find(id);
        if (one.outcome == Outcome::pending && last_count != polled_.jobs.end())
            one.last_count = last_count->second;
        if (one.last_count) {
            jobs_ += one.last_count->jobs;
            ++counted_;
        }
        unfinished_.push_back(std::move(one));
    }

    const State& state_;
    const PolledProgress& polled_;
    Now now_;
    std::map<std::string, EnvironmentProgress> rows_;
    EnvironmentProgress all_;
    std::vector<UnfinishedInstance> unfinished_;
    int jobs_ = 0;
    std::size_t counted_ = 0;
};

Stage stage_of(const State& state) {
    if (purpose_of(state.phase) == Purpose::verify) return Stage::verifying;
    return state.may_have_sent ? Stage::waiting : Stage::discovering;
}

} // namespace

ProgressSnapshot build_snapshot(const State& state, const PolledProgress& polled, Now now) {
    ProgressSnapshot snapshot{.action = state.config.action,
                              .stage = stage_of(state),
                              .begun = state.config.started,
                              .deadline = state.config.started + state.config.timeout};
    const auto counts = count_instances(state, purpose_of(state.phase).value_or(Purpose::act));
    snapshot.completed = counts.completed;
    snapshot.targeted = counts.targeted;
    ProgressBuilder builder(state, polled, now);
    for (const auto& [id, instance] : state.targets.instances)
        if (instance.confirmed) builder.add(id, instance);
    // EC2 lists no instances: the results show some.
    if (!state.targets.sees_instances)
        for (const auto& [id, seen] : polled.instances)
            if (!state.targets.instances.contains(id))
                builder.add(id, TrackedInstance{.last = LastCommand{}});
    builder.write(snapshot);
    snapshot.sidekiq = state.sidekiq.view;
    return snapshot;
}

} // namespace snow_white::drain
