#include "src/drain/run/event_aggregator.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace snow_white::drain {

namespace {

void prefix_all(const std::string& region, std::vector<std::string>& sentences) {
    for (auto& sentence : sentences)
        sentence = prefix_region(region, sentence);
}

template <class Item> void append(std::vector<Item>& to, std::vector<Item> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void add(EnvironmentProgress& sum, const EnvironmentProgress& part) {
    sum.instances += part.instances;
    sum.as_asked += part.as_asked;
    sum.gone += part.gone;
}

void add(std::optional<Report::Counts>& sum, const std::optional<Report::Counts>& part) {
    if (!part) return;
    if (!sum) sum = Report::Counts{};
    sum->completed += part->completed;
    sum->targeted += part->targeted;
}

// Discovering only while every region is; verifying when none waits for the action's commands.
Stage stage_of(const std::vector<const ProgressSnapshot*>& parts) {
    const auto any = [&parts](Stage stage) {
        return contains(parts, stage, &ProgressSnapshot::stage);
    };
    if (any(Stage::waiting)) return Stage::waiting;
    return any(Stage::verifying) ? Stage::verifying : Stage::discovering;
}

// The whole's report comes with the last end, perhaps hours later. Empty: this one waits for it.
std::string early_end_text(const Report& report) {
    switch (report.verdict) {
    case Verdict::nothing_matched:
        return "no environment matches here; the other regions continue";
    case Verdict::denied:
    case Verdict::refused:
    case Verdict::unavailable:
        return report.why + "; this region has ended, the others continue";
    default:
        return "";
    }
}

} // namespace

std::string qualify(const std::string& region, const std::string& environment) {
    return region.empty() || environment.empty() ? environment : region + "/" + environment;
}

void summarize_regions(Report& report) {
    std::vector<Verdict> verdicts;
    for (const auto& one : report.regions)
        verdicts.push_back(one.verdict);
    report.verdict =
        combine_verdicts(verdicts, Verdict::done, Verdict::partial, Verdict::nothing_matched);
    for (const auto& one : report.regions)
        if (one.verdict == report.verdict && !one.why.empty())
            report.why +=
                (report.why.empty() ? "" : "; ") + prefix_region(one.region_label, one.why);
}

EventAggregator::EventAggregator(std::vector<std::string> regions) {
    for (auto& region : regions)
        parts_.push_back({.region = std::move(region)});
}

std::vector<Event> EventAggregator::take(std::size_t region, Event event) {
    Part& part = parts_[region];
    if (parts_.size() == 1) {
        std::vector<Event> events;
        events.push_back(std::move(event)); // a list in braces would copy it
        return events;
    }
    return std::visit([&](auto& one) { return take(part, std::move(one)); }, event);
}

// The fleet is reported when all regions have discovered theirs, or before the first command.
std::vector<Event> EventAggregator::take(Part& part, FleetDiscovered fleet) {
    for (auto& environment : fleet.environments)
        environment.name = qualify(part.region, environment.name);
    part.fleet = std::move(fleet);
    const bool all =
        std::ranges::all_of(parts_, [](const Part& one) { return one.fleet || one.report; });
    if (!all) return {};
    reported_fleet_ = true;
    return {this->fleet()};
}

std::vector<Event> EventAggregator::take(Part& part, CommandStarted started) {
    std::vector<Event> events;
    if (!std::exchange(reported_fleet_, true)) events.emplace_back(fleet());
    if (started.spec.purpose == Purpose::verify) part.counts.erase(Purpose::verify);
    for (auto& name : started.spec.environments)
        name = qualify(part.region, name);
    started.region_label = part.region;
    events.emplace_back(std::move(started));
    return events;
}

std::vector<Event> EventAggregator::take(Part& part, ProgressChanged counts) {
    part.counts[counts.purpose] = counts;
    ProgressChanged sum{.purpose = counts.purpose};
    bool all = true;
    for (const auto& one : parts_) {
        const auto share = one.share_of(sum.purpose);
        if (!share) return {}; // the total is not known yet
        sum.completed += share->completed;
        sum.targeted += share->targeted;
        all = all && (one.counts.contains(sum.purpose) || one.report);
    }
    if (!all && sum.completed == 0) return {}; // FleetDiscovered has said more
    return {sum};
}

std::vector<Event> EventAggregator::take(Part& part, Notice notice) {
    notice.what = prefix_region(part.region, notice.what);
    return {std::move(notice)};
}

std::vector<Event> EventAggregator::take(Part& part, ProgressSnapshot progress) {
    for (auto& row : progress.environments)
        row.name = qualify(part.region, row.name);
    for (auto& one : progress.unfinished)
        one.environment = qualify(part.region, one.environment);
    part.progress = std::move(progress);
    return {this->progress()};
}

std::vector<Event> EventAggregator::take(Part& part, SidekiqView view) {
    part.sidekiq = std::move(view);
    SidekiqView sum;
    for (const auto& one : parts_)
        if (one.sidekiq) add(sum, *one.sidekiq);
    return {std::move(sum)};
}

std::vector<Event> EventAggregator::take(Part& part, Report report) {
    for (auto* names : {&report.environments, &report.deploying, &report.on_pods})
        for (auto& name : *names)
            name = qualify(part.region, name);
    for (auto& instance : report.instances)
        instance.environment = qualify(part.region, instance.environment);
    prefix_all(part.region, report.unverified);
    prefix_all(part.region, report.warnings);
    part.report = std::move(report);
    const bool all =
        std::ranges::all_of(parts_, [](const Part& one) { return one.report.has_value(); });
    std::vector<Event> events;
    if (all)
        events.emplace_back(this->report());
    else if (const auto words = early_end_text(*part.report); !words.empty())
        events.emplace_back(Notice{.what = prefix_region(part.region, words), .important = true});
    return events;
}

FleetDiscovered EventAggregator::fleet() const {
    FleetDiscovered whole{.environments = {}, .instances = 0};
    for (const auto& part : parts_) {
        if (!part.fleet) continue;
        append(whole.environments, part.fleet->environments);
        if (!part.fleet->instances)
            whole.instances.reset();
        else if (whole.instances)
            *whole.instances += *part.fleet->instances;
    }
    return whole;
}

ProgressSnapshot EventAggregator::progress() const {
    std::vector<const ProgressSnapshot*> parts;
    for (const auto& part : parts_)
        if (part.progress) parts.push_back(&*part.progress);
    ProgressSnapshot whole{.action = parts.front()->action,
                           .stage = stage_of(parts),
                           .begun = parts.front()->begun,
                           .deadline = parts.front()->deadline};
    for (const auto* part : parts) {
        if (part->stage == whole.stage) {
            whole.completed += part->completed;
            whole.targeted += part->targeted;
        }
        add(whole.all, part->all);
        append(whole.environments, part->environments);
        whole.omitted_environments += part->omitted_environments;
        append(whole.unfinished, part->unfinished);
        whole.jobs += part->jobs;
        whole.counted += part->counted;
        add(whole.sidekiq, part->sidekiq);
    }
    trim(whole);
    return whole;
}

// After the deadline a region ends by itself, and another one may end minutes later: what was seen
// in the first is old then.
void EventAggregator::withdraw_old_successes() {
    Duration end{};
    for (const auto& part : parts_)
        end = std::max(end, part.report->elapsed);
    for (auto& part : parts_) {
        Report& one = *part.report;
        if (!one.validity || end < one.validity->until) continue;
        one.verdict = Verdict::partial;
        one.unverified.push_back(prefix_region(
            part.region, fmt::format("its workers were seen {} s before the end of the run",
                                     (end - one.validity->asked) / std::chrono::seconds{1})));
    }
}

Report EventAggregator::report() {
    withdraw_old_successes();
    Report whole{.action = parts_.front().report->action};
    bool has_sent = false;
    for (auto& part : parts_) {
        Report& one = *part.report;
        whole.regions.push_back(
            {part.region, one.verdict, one.why, one.may_have_sent, one.is_send_unknown});
        whole.may_have_sent = whole.may_have_sent || one.may_have_sent;
        whole.is_send_unknown = whole.is_send_unknown || one.is_send_unknown;
        has_sent = has_sent || (one.may_have_sent && !one.is_send_unknown);
        whole.workers_were_asked = whole.workers_were_asked && one.workers_were_asked;
        whole.elapsed = std::max(whole.elapsed, one.elapsed);
        append(whole.environments, std::move(one.environments));
        append(whole.instances, std::move(one.instances));
        append(whole.unverified, std::move(one.unverified));
        append(whole.warnings, std::move(one.warnings));
        append(whole.deploying, std::move(one.deploying));
        append(whole.on_pods, std::move(one.on_pods));
        add(whole.last_counts, one.last_counts);
        add(whole.sidekiq, one.sidekiq);
        whole.ended = std::max(whole.ended, one.ended);
    }
    whole.is_send_unknown = whole.is_send_unknown && !has_sent;
    summarize_regions(whole);
    return whole;
}

} // namespace snow_white::drain
