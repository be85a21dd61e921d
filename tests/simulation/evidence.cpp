#include "tests/simulation/evidence.hpp"

#include "src/drain/machine/verification.hpp"

#include <algorithm>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;

Duration validity(std::size_t instances) {
    return snow_white::drain::validity(instances);
}

std::size_t pages_of(const History& history) {
    return history.lives.size() / snow_white::invocations_a_page + 1;
}

bool ended_as(const Run& run, ExitCode code) {
    return run.exit_code == static_cast<int>(code);
}

bool ended_by_itself(const Run& run) {
    return !run.killed && !run.terminated;
}

bool is_ours(const Life& life) {
    return life.environment.find("workers") != std::string::npos;
}

bool lives_at(const Life& life, Instant at) {
    return life.launched <= at && (!life.ended || *life.ended > at);
}

std::vector<std::string> not_as_asked(const History& history, const Run& run, Instant at) {
    std::vector<std::string> ids;
    for (const auto& life : history.lives)
        if (is_ours(life) && lives_at(life, at) && !life.is_hidden(at) &&
            !life.model->is_as_asked(run.action, at))
            ids.push_back(life.id);
    return ids;
}

bool all_as_asked(const History& history, const Run& run, Instant at) {
    return not_as_asked(history, run, at).empty();
}

std::vector<Instant> turns(const History& history, Instant from, Instant to) {
    std::vector<Instant> turns{from, to};
    for (const auto& life : history.lives) {
        const auto of_workers = life.model->turns(from, to);
        turns.insert(turns.end(), of_workers.begin(), of_workers.end());
        for (const auto at : {std::optional(life.launched), life.ended})
            if (at && *at >= from && *at <= to) turns.insert(turns.end(), {*at, *at - 1ms});
    }
    return turns;
}

Instant reported_at(const Run& run) {
    const auto* report = run.log.report();
    return report == nullptr ? run.ended : report->at;
}

bool is_sent_by(const Run& run, const Started& started) {
    return std::ranges::any_of(run.sent,
                               [&](const Sent& sent) { return sent.command == started.command; });
}

const Started* last_script(const History& history, const std::string& id, Instant until) {
    const auto last =
        std::find_if(history.started.rbegin(), history.started.rend(),
                     [&](const Started& one) { return one.instance == id && one.at <= until; });
    return last == history.started.rend() ? nullptr : &*last;
}

bool is_meant(const History& history, const Run& run, const Life& life) {
    const auto appeared = history.appeared.find(life.environment);
    return run.action == "quiet" || appeared == history.appeared.end() ||
           appeared->second < run.begun;
}

bool results_are_out(const History& history, Instant from, Instant to) {
    constexpr std::ptrdiff_t several = 3;
    return std::ranges::count_if(history.unread_results,
                                 [&](const Span& span) { return span.meets(from, to); }) >= several;
}

bool any_in(const std::vector<Instant>& moments, Instant from, Instant to) {
    return std::ranges::any_of(moments, [&](Instant at) { return at >= from && at <= to; });
}

bool hindered(const History& history, const Run& run, Instant from, Instant to) {
    return any_meets(history.wide_faults, from, to) || any_meets(history.aws_forgets, from, to) ||
           any_meets(history.outages(), from, to) || any_meets(run.pauses, from, to);
}

} // namespace simulation
