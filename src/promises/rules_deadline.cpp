// The deadline: (f), (x5). It is counted from the moment at which the run knows what to do. In the
// objects of --json, the report has the timeout and the time that the run took. Both are elapsed
// time, so that changes of the wall clock do not matter.
#include "src/promises/rules_parts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace snow_white::promises {

using namespace std::chrono_literals;

namespace {

constexpr Duration early_by = 1min;     // (x5) how much too early the deadline may come
constexpr Duration end_patience = 6min; // (f) for the last verification and for Slack …
constexpr Duration time_a_page = 20s;   // … for each further page of results …
constexpr Duration failing_call = 3min; // … for a call that times out …
constexpr Duration failing_calls_of_several = 15min; // … and in a run of several regions

// A log shows a suspension only as a silence that is longer than a run's own may be.
std::vector<Suspension> suspensions_of(const RunLog& run, const RunContext& known) {
    if (!known.suspensions.empty() || known.has_calls) return known.suspensions;
    std::vector<Suspension> silences;
    const Duration longest = longest_silence(run);
    for (std::size_t i = 1; i < run.events.size(); ++i)
        if (run.events[i].at - run.events[i - 1].at > longest)
            silences.push_back({run.events[i - 1].at, run.events[i].at});
    return silences;
}

Instant begun_of(const RunLog& run, const RunContext& known) {
    if (known.begun) return *known.begun;
    return run.time_begun().value_or(run.begin()->at);
}

// A run that is suspended before its time begins has all of its time afterwards. A later suspension
// is part of its time.
Instant deadline_of(const RunLog& run, const RunContext& known, Duration timeout) {
    const Instant begun = begun_of(run, known);
    Instant deadline = begun + timeout;
    for (const auto& pause : suspensions_of(run, known)) {
        const bool begins_after =
            pause.from < begun + 1min || run.events.empty() || run.events.front().at > pause.from;
        deadline = known.begun && begins_after ? deadline + (pause.until - pause.from)
                                               : std::max(deadline, pause.until);
    }
    return deadline;
}

// If the calls are not known, one may have failed.
Duration grace_of(const RunLog& run, const RunContext& known, Instant deadline, Instant ended) {
    const bool fails = !known.has_calls || std::ranges::any_of(known.failed_calls, [&](Instant at) {
        return at >= deadline && at <= ended;
    });
    Duration grace = end_patience + time_a_page * (pages_of(run) - 1);
    if (fails) grace += run.regions() > 1 ? failing_calls_of_several : failing_call;
    return grace;
}

void stops_at_the_deadline(const RunLog& run, const RunContext& known, Duration timeout,
                           Breaches& breaches) {
    const Instant ended = known.ended.value_or(run.report()->at);
    const Instant deadline = deadline_of(run, known, timeout);
    if (ended > deadline + grace_of(run, known, deadline, ended))
        add(breaches, "f", run.report(), "{} min after the deadline it still waited",
            (ended - deadline) / 1min);
}

bool is_timed_out(const RunLog& run) {
    return as<ReportEnd>(*run.report())->verdict == "timed_out";
}

// In the run, and in each of its regions.
bool began_everywhere(const RunLog& run) {
    const auto& report = *as<ReportEnd>(*run.report());
    return report.begun && std::ranges::all_of(report.regions, &RegionEnd::begun);
}

// A report of a run that timed out names an instance whose command has not ended. A run that was
// suspended before it sent anything has none.
void names_an_unfinished_instance(const RunLog& run, Breaches& breaches) {
    if (!run.in_json || !is_timed_out(run) || !began_everywhere(run)) return;
    const bool named = std::ranges::any_of(run.events, [](const Event& event) {
        const auto* instance = as<InstanceEnd>(event);
        return instance != nullptr && !instance->as_asked;
    });
    if (!named)
        add(breaches, "f", run.report(),
            "the deadline came first, and nobody who is not as asked is named");
}

void is_not_early(const RunLog& run, const RunContext& known, Duration timeout,
                  Breaches& breaches) {
    if (!is_timed_out(run)) return;
    const Instant ended = known.ended.value_or(run.report()->at);
    const Duration left = begun_of(run, known) + timeout - ended;
    if (left > early_by)
        add(breaches, "x5", run.report(), "\"the deadline came first\", {} min before it",
            left / 1min);
}

} // namespace

std::optional<Duration> timeout_of(const RunLog& run, const RunContext& known) {
    std::optional<Duration> timeout = known.timeout;
    for (const auto& event : run.events) {
        if (timeout) break;
        if (const auto* counted = as<ProgressCounts>(event)) timeout = counted->timeout;
        if (const auto* report = as<ReportEnd>(event)) timeout = report->timeout;
    }
    return timeout;
}

void check_deadline(const RunLog& run, const RunContext& known, Breaches& breaches) {
    if (run.report() == nullptr) return;
    names_an_unfinished_instance(run, breaches);
    const auto timeout = timeout_of(run, known);
    if (!timeout) return;
    stops_at_the_deadline(run, known, *timeout, breaches);
    is_not_early(run, known, *timeout, breaches);
}

} // namespace snow_white::promises
