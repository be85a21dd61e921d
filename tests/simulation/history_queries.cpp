#include "tests/simulation/history_queries.hpp"

#include "src/drain/machine/verification.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;

Duration validity(std::size_t instances) {
    return snow_white::drain::validity(instances);
}

std::size_t pages_of(const History& history) {
    return history.lifetimes.size() / snow_white::invocations_per_page + 1;
}

bool ended_as(const Run& run, ExitCode code) {
    return run.exit_code == static_cast<int>(code);
}

bool ended_by_itself(const Run& run) {
    return !run.killed && !run.terminated;
}

bool is_ours(const InstanceLifetime& lifetime) {
    return lifetime.environment.find("workers") != std::string::npos;
}

bool exists_at(const InstanceLifetime& lifetime, Instant at) {
    return lifetime.launched <= at && (!lifetime.ended || *lifetime.ended > at);
}

std::vector<std::string> not_as_asked(const History& history, const Run& run, Instant at) {
    std::vector<std::string> ids;
    for (const auto& lifetime : history.lifetimes)
        if (is_ours(lifetime) && exists_at(lifetime, at) && !lifetime.is_hidden(at) &&
            !lifetime.model->is_as_asked(run.action, at))
            ids.push_back(lifetime.id);
    return ids;
}

bool all_as_asked(const History& history, const Run& run, Instant at) {
    return not_as_asked(history, run, at).empty();
}

std::vector<Instant> change_times(const History& history, Instant from, Instant to) {
    std::vector<Instant> change_times{from, to};
    for (const auto& lifetime : history.lifetimes) {
        const auto worker_times = lifetime.model->change_times(from, to);
        change_times.insert(change_times.end(), worker_times.begin(), worker_times.end());
        for (const auto at : {std::optional(lifetime.launched), lifetime.ended})
            if (at && *at >= from && *at <= to)
                change_times.insert(change_times.end(), {*at, *at - 1ms});
    }
    return change_times;
}

Instant reported_at(const Run& run) {
    const auto* report = run.log.report();
    return report == nullptr ? run.ended : report->at;
}

bool is_sent_by(const Run& run, const StartedScript& started) {
    return std::ranges::any_of(
        run.sent, [&](const SentCommand& sent) { return sent.command == started.command; });
}

const StartedScript* last_script(const History& history, const std::string& id, Instant until) {
    const auto last = std::find_if(
        history.started.rbegin(), history.started.rend(),
        [&](const StartedScript& one) { return one.instance == id && one.at <= until; });
    return last == history.started.rend() ? nullptr : &*last;
}

bool is_targeted(const History& history, const Run& run, const InstanceLifetime& lifetime) {
    const auto appeared = history.appeared.find(lifetime.environment);
    return run.action == "quiet" || appeared == history.appeared.end() ||
           appeared->second < run.begun;
}

bool batch_may_fail(const History& history, const Run& run) {
    return run.action == "wake" && history.in_batches() &&
           (history.two_monitors || any_in(history.changes, run.begun - 1h, run.ended) ||
            !std::ranges::all_of(run.at_end, &InstanceAtEnd::healthy));
}

bool results_unavailable(const History& history, Instant from, Instant to) {
    constexpr std::ptrdiff_t several = 3;
    return std::ranges::count_if(history.unread_results,
                                 [&](const Span& span) { return span.meets(from, to); }) >= several;
}

bool any_in(const std::vector<Instant>& moments, Instant from, Instant to) {
    return std::ranges::any_of(moments, [&](Instant at) { return at >= from && at <= to; });
}

bool was_hindered(const History& history, const Run& run, Instant from, Instant to) {
    return any_meets(history.wide_faults, from, to) ||
           any_meets(history.forgotten_commands, from, to) ||
           any_meets(history.outages(), from, to) || any_meets(run.pauses, from, to);
}

} // namespace simulation
