#include "src/drain/run/drain_loop.hpp"

#include "src/drain/machine/reducer.hpp"
#include "src/drain/machine/transitions.hpp"
#include "src/drain/progress/progress_poller.hpp"
#include "src/drain/run/barrier.hpp"
#include "src/drain/run/effect_executor.hpp"
#include "src/drain/run/event_aggregator.hpp"
#include "src/drain/run/sidekiq_outage.hpp"

#include <algorithm>

namespace snow_white::drain {

namespace {

// One region's drain: its state, its calls, and what it waits for.
struct RegionDrain {
    EffectExecutor executor;
    Step step;
    ProgressPoller poller = {};
    SidekiqView shown = {};            // what Redis said, as reported last
    SidekiqOutage sidekiq_outage = {}; // what is said of it
    Duration next_sidekiq{};           // when Sidekiq's Redis is read next while it waits
    Duration wakes_at{};               // the end of its sleep, or its next discovery at the barrier
    std::optional<Effect> polled = {}; // the poller's call during the sleep
    Response response = Answered<Sleep>{}; // to `polled`, or else to the effect

    bool is_over() const { return std::holds_alternative<Finish>(step.effect); }
    bool sleeps() const { return std::holds_alternative<Sleep>(step.effect); }
    const AwaitBarrier* at_barrier() const { return std::get_if<AwaitBarrier>(&step.effect); }
    bool waits() const { return sleeps() || at_barrier() != nullptr; }
    // It is busy with something else than a verification.
    bool acts() const {
        return !is_over() && at_barrier() == nullptr &&
               purpose_of(step.state.phase) != Purpose::verify;
    }
};

class DrainLoop {
public:
    DrainLoop(std::vector<RegionRun>& runs, Clock& clock, Config config, Duration began,
              const EventSink& sink)
        : client_(runs.front().client), clock_(clock), began_(began), sink_(sink),
          aggregator_(labels_of(runs)) {
        config.multi_region = runs.size() > 1;
        regions_.reserve(runs.size());
        for (auto& run : runs) {
            config.has_status_document = !run.job.status_document.empty();
            config.reads_sidekiq = static_cast<bool>(run.job.read_sidekiq);
            regions_.push_back({.executor = {run.client, clock, run.job, std::move(run.prefetched)},
                                .step = initial_step(config)});
        }
        for (auto& region : regions_)
            take(region, std::move(region.step));
    }

    Verdict run() {
        while (!std::ranges::all_of(regions_, &RegionDrain::is_over)) {
            release_barrier();
            wait();
            const auto due = due_regions();
            execute(due);
            for (auto* region : due)
                apply(*region);
        }
        return verdict_;
    }

private:
    static std::vector<std::string> labels_of(const std::vector<RegionRun>& runs) {
        std::vector<std::string> labels;
        for (const auto& run : runs)
            labels.push_back(run.label);
        return labels;
    }

    Now now() const { return {clock_.now(), clock_.elapsed() - began_}; }

    void take(RegionDrain& region, Step step) {
        for (auto& event : step.events)
            emit(region, std::move(event));
        step.events.clear();
        region.step = std::move(step);
        if (const auto* sleep = std::get_if<Sleep>(&region.step.effect))
            region.wakes_at = now().elapsed + sleep->duration;
        else if (region.at_barrier() != nullptr)
            region.wakes_at = std::min<Duration>(now().elapsed + changes_interval,
                                                 region.step.state.config.timeout);
        emit_progress(region);
    }

    void emit(RegionDrain& region, Event event) {
        const auto index = static_cast<std::size_t>(&region - regions_.data());
        for (const auto& one : aggregator_.take(index, std::move(event))) {
            if (const auto* report = std::get_if<Report>(&one)) verdict_ = report->verdict;
            sink_(one);
        }
    }

    void emit_progress(RegionDrain& region) {
        if (region.is_over() || !region.step.state.config.live_progress) return;
        if (auto snapshot = region.poller.changed_snapshot(region.step.state, now()))
            emit(region, std::move(*snapshot));
    }

    void release_barrier() {
        std::vector<RegionAtBarrier> views;
        for (const auto& region : regions_) {
            const auto& state = region.step.state;
            const auto* at = region.at_barrier();
            views.push_back(
                {.over = region.is_over(),
                 .at = at == nullptr ? std::nullopt : std::optional(at->point),
                 .verification_begun = state.verification ? state.verification->begun : Duration{},
                 .instances = state.targets.instances.size()});
        }
        const auto release = Barrier::release(views, now().elapsed);
        if (release == Barrier::Release::hold) return;
        const auto answer = release == Barrier::Release::restart_verified
                                ? AwaitBarrier::Answer::not_yet
                                : AwaitBarrier::Answer::released;
        for (auto& region : regions_) {
            const auto* at = region.at_barrier();
            const bool waits_on = release == Barrier::Release::restart_verified && at != nullptr &&
                                  at->point == BarrierPoint::ready;
            if (at == nullptr || waits_on) continue;
            reduce_with(region, Answered<AwaitBarrier>{answer});
        }
    }

    void reduce_with(RegionDrain& region, Response response) {
        take(region, reduce(std::move(region.step.state), std::move(response), now(),
                            clock_.interrupted()));
    }

    // A region that could end discovers its fleet again only while another one acts.
    bool holds_at_barrier(const RegionDrain& region) const {
        return region.at_barrier() != nullptr &&
               region.at_barrier()->point == BarrierPoint::verified &&
               std::ranges::none_of(regions_, &RegionDrain::acts);
    }

    // Until the next region wakes, or its poller has a call to make.
    void wait() {
        std::optional<Duration> until;
        for (auto& region : regions_) {
            if (region.is_over() || holds_at_barrier(region)) continue;
            region.polled.reset();
            if (region.sleeps() && region.wakes_at > now().elapsed)
                region.polled = region.poller.due(region.step.state, now());
            const bool reads_sidekiq = region.sleeps() && region.step.state.config.reads_sidekiq;
            if (!region.polled && reads_sidekiq && now().elapsed >= region.next_sidekiq)
                region.polled = ReadSidekiq{};
            if (!region.waits() || region.polled) return;
            const Duration wakes_at =
                reads_sidekiq ? std::min(region.wakes_at, region.next_sidekiq) : region.wakes_at;
            until = until ? std::min(*until, wakes_at) : wakes_at;
        }
        if (const Duration at = now().elapsed; until && *until > at) clock_.wait(*until - at);
    }

    std::vector<RegionDrain*> due_regions() {
        const bool interrupted = clock_.interrupted();
        std::vector<RegionDrain*> due;
        for (auto& region : regions_) {
            const bool is_due = !region.waits() || region.polled ||
                                (now().elapsed >= region.wakes_at && !holds_at_barrier(region));
            if (!region.is_over() && (interrupted || is_due)) due.push_back(&region);
        }
        return due;
    }

    // The calls of several regions run concurrently.
    void execute(const std::vector<RegionDrain*>& due) {
        std::vector<std::function<void()>> calls;
        for (auto* region : due)
            calls.emplace_back([region] {
                region->response =
                    region->executor.execute(region->polled.value_or(region->step.effect));
            });
        if (calls.size() == 1) return calls.front()();
        client_.run_concurrently(calls);
    }

    void apply(RegionDrain& region) {
        if (!std::exchange(region.polled, std::nullopt) || clock_.interrupted()) {
            if (clock_.interrupted() && region.sleeps()) region.response = Answered<Sleep>{};
            return reduce_with(region, std::move(region.response));
        }
        if (const auto* read = std::get_if<Answered<ReadSidekiq>>(&region.response)) {
            note_sidekiq(region.step.state, *read, now());
            // A look that confirms a verification reports nothing by itself.
            const SidekiqView& view = region.step.state.sidekiq.view;
            const SidekiqView before = std::exchange(region.shown, view);
            if (auto notice = region.sidekiq_outage.note(view)) emit(region, std::move(*notice));
            if (view != before) emit(region, view);
            region.next_sidekiq =
                now().elapsed + (read->answer ? Duration{sidekiq_interval} : sidekiq_outage_pause);
        } else {
            region.poller.apply(region.step.state, region.response, now());
            note_job_counts(region.step.state, region.poller.take_job_counts());
        }
        emit_progress(region);
    }

    aws::Client& client_;
    Clock& clock_;
    Duration began_;
    const EventSink& sink_;
    EventAggregator aggregator_;
    std::vector<RegionDrain> regions_;
    Verdict verdict_ = Verdict::done;
};

} // namespace

Verdict run(std::vector<RegionRun> regions, Clock& clock, Config config, Duration began,
            const EventSink& sink) {
    return DrainLoop(regions, clock, config, began, sink).run();
}

} // namespace snow_white::drain
