// Nobody is left out: (x1) who could be told is told, (x3) a newcomer within minutes.
#include "tests/simulation/evidence.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;

namespace {

constexpr auto patience_of_one =
    3min; // the same, from when it can be told, whatever single call fails
constexpr auto patience =
    12min; // from a launch, or from the end of an outage, to the script's start

constexpr std::ptrdiff_t final_refusals = 3; // of the action, by AWS: it is not tried again

// The first script of the action that started there in that time.
std::optional<Instant> told(const History& history, const Run& run, const std::string& id,
                            Instant from) {
    for (const auto& started : history.started)
        if (started.instance == id && started.action == run.action && started.at >= from &&
            started.at <= run.ended)
            return started.at;
    return std::nullopt;
}

Instant last_before(const std::vector<Instant>& moments, Instant end, Instant otherwise) {
    for (const auto at : moments)
        if (at <= end) otherwise = std::max(otherwise, at);
    return otherwise;
}

constexpr auto until_asked_again = 50min; // those that have finished, while others go on

// Before the run it was told the same, and it was not awake again when the run began: the run has
// taken that command up, and what has woken the instance since is found when it is asked again.
bool is_taken_up(const History& history, const Run& run, const Life& life) {
    const bool could_be_asked = life.reachable_since(run.begun, run.begun + 10s);
    if (run.action == "wake" || (could_be_asked && life.model->is_as_asked("wake", run.begun + 5s)))
        return false;
    const auto* last = last_script(history, life.id, run.begun - 1ms);
    return last != nullptr && last->action == run.action;
}

// It was not as asked then, and could be asked ever since.
bool could_be_told(const Run& run, const Life& life, Instant then, Instant end) {
    return life.launched <= then && life.reachable_since(then, end) &&
           !life.model->is_as_asked(run.action, then);
}

// Else what it was told before still holds there: it is quiet, and runs a job.
bool takes_jobs(const Life& life, Instant then) {
    return life.model->is_as_asked("wake", then);
}

bool is_denied_in(const Run& run, const std::string& region) {
    const auto* event = run.log.report();
    if (event != nullptr)
        for (const auto& place :
             snow_white::promises::as<snow_white::promises::ReportEnd>(*event)->places)
            if (place.place == region && place.verdict == "denied") return true;
    return run.out.find(region + ": AWS refused our rights") != std::string::npos;
}

// Of several regions it says which of them refused its rights for longer than its patience. Where
// somebody cancels the command it tells nobody any more.
bool gave_up_on(const History& history, const Run& run, const std::string& environment) {
    const std::string region = history.region_of(environment);
    const bool refused = history.in_two_regions() && is_denied_in(run, region);
    const auto cancels = history.cancels.find(region);
    return refused ||
           (cancels != history.cancels.end() && any_in(cancels->second, run.begun, run.ended));
}

// The action was tried there so often at least, on that instance or its environment where one is
// named, and SendCommand failed each time.
bool could_not_send(const Run& run, const std::string& region, Instant from, Instant to,
                    std::ptrdiff_t at_least = 1, const Life* on = nullptr) {
    const auto names_it = [on](const Sent& one) {
        const auto names = [&one](const std::string& name) {
            return std::ranges::find(one.targets, name) != one.targets.end();
        };
        return on == nullptr || names(on->id) || names(on->environment);
    };
    const auto tried = [&](const Sent& one) {
        return one.region == region && !one.is_status() && one.at >= from && one.at <= to &&
               names_it(one);
    };
    const auto taken = [&](const Sent& one) { return tried(one) && !one.command.empty(); };
    return std::ranges::count_if(run.sent, tried) >= at_least &&
           std::ranges::none_of(run.sent, taken);
}

// When the run had told somebody in that region, or had found that others had.
Instant began_in(const History& history, const Run& run, const std::string& region) {
    const auto sent = std::ranges::find_if(run.sent, [&](const Sent& one) {
        return one.region == region && !one.is_status() && !one.command.empty();
    });
    Instant began = sent == run.sent.end() ? run.ended : sent->at;
    for (const auto& event : run.log.events)
        if (event.text.find("is in flight already") != std::string::npos &&
            (!history.in_two_regions() || event.text.find(region + ": ") != std::string::npos))
            began = std::min(began, event.at);
    return began;
}

// Until its lists could be read nobody could be told there: from the start of the run, or from the
// creation of the environment.
std::optional<Instant> blind_until(const History& history, const Run& run,
                                   const std::string& environment) {
    const auto appeared = history.appeared.find(environment);
    std::optional<Instant> until;
    for (const auto& span : history.blind_spans)
        if (span.meets(run.begun, began_in(history, run, history.region_of(environment))) ||
            (appeared != history.appeared.end() &&
             span.meets(appeared->second, appeared->second + patience)))
            until = std::max(until, std::optional(span.until));
    return until;
}

// (x1) Whoever could be reached for the last minutes has been told.
void nobody_is_left_out(const History& history, const Run& run, Broken& broken) {
    const Instant end = reported_at(run);
    const Instant from = end - patience;
    if (!ended_by_itself(run) || ended_as(run, ExitCode::done) ||
        ended_as(run, ExitCode::cancelled))
        return;
    if (ended_as(run, ExitCode::denied)) return;              // for longer than its patience
    if (run.action == "wake" && history.in_batches()) return; // stops after the first that fails
    if (run.begun > from || hindered(history, run, from, end) ||
        any_meets(history.aws_forgets, run.begun, end)) // what is over is not read again
        return;
    for (const auto& one : run.at_end) {
        const auto life = std::ranges::find_if(history.lives, [&](const Life& other) {
            return other.id == one.id && lives_at(other, end);
        });
        if (one.as_asked || one.acts || !one.fit || life == history.lives.end()) continue;
        if (gave_up_on(history, run, one.environment) ||
            could_not_send(run, history.region_of(one.environment), from, end) ||
            could_not_send(run, history.region_of(one.environment), run.begun, run.ended,
                           final_refusals, &*life) ||
            blind_until(history, run, one.environment) > from)
            continue;
        if (!is_meant(history, run, *life) || history.cancelled_alone.contains(one.id)) continue;
        // Where nobody can ask, what it has been told once stands, and the report says so.
        const bool is_unasked =
            history.status_document_missing || results_are_out(history, from, end) ||
            (history.document_missing_there && history.region_of(one.environment) == other_region);
        if (is_unasked && told(history, run, one.id, life->launched)) continue;
        if (life->launched > run.begun && any_meets(history.unseen_launches, from, end)) continue;
        // A wake is a restart, and is not repeated: it left a worker alone that ran a job then.
        const auto* last = last_script(history, one.id, end);
        if (run.action == "wake" && last != nullptr && last->action == "wake") continue;
        // Whom a command has reached is not known while no results can be read.
        if (results_are_out(history, run.begun, run.begun + patience) &&
            results_are_out(history, from, end))
            continue;
        // The other operator's monitor wants the opposite, and told it so after it was seen as
        // asked.
        const bool contended = std::ranges::any_of(history.started, [&](const Started& started) {
            return history.two_monitors && started.instance == one.id &&
                   started.action != run.action && started.at >= run.begun && started.at <= end;
        });
        if (contended) continue;
        const Instant recheck = end - until_asked_again;
        const bool was_asked_again =
            recheck > run.begun && could_be_told(run, *life, recheck, end) &&
            takes_jobs(*life, recheck) && !hindered(history, run, recheck, end);
        const bool is_excused = !was_asked_again && is_taken_up(history, run, *life);
        if (could_be_told(run, *life, from, end) && !told(history, run, one.id, run.begun) &&
            !is_excused)
            broken.push_back(fmt::format("(x1) {} could be told and was not, the end is {}", one.id,
                                         run.exit_code));
    }
}

// (x1) An id that SSM refuses costs only itself: all that were named with it are named again at
// once.
void a_refused_id_costs_only_itself(const History& history, const Run& run, Broken& broken) {
    for (std::size_t i = 0; i < run.sent.size(); ++i) {
        const Sent& refused = run.sent[i];
        const bool few =
            refused.targets.size() <= 8; // else many more may be refused, each with its pause
        // While others go on, those that have finished are asked again at a look for changes, and
        // at the next one where that SendCommand fails.
        const Duration at_once = refused.is_status() ? Duration{6min} : Duration{50s};
        const Instant by = refused.at + (few ? at_once : Duration{10min});
        if (!refused.refused || refused.targets.size() < 2 || run.ended < by) continue;
        if (refused.is_status() && history.live_progress)
            continue; // asked for who looks on, and once
        if (hindered(history, run, refused.at, by) || any_in(run.troubles, refused.at - 1min, by))
            continue;
        for (const auto& id : refused.targets)
            if (std::none_of(run.sent.begin() + static_cast<std::ptrdiff_t>(i) + 1, run.sent.end(),
                             [&](const Sent& later) {
                                 return later.at <= by && later.document == refused.document &&
                                        std::ranges::find(later.targets, id) != later.targets.end();
                             }))
                broken.push_back(
                    fmt::format("(x1) {} was named with an id that is refused, and not again", id));
    }
}

// EC2 has stopped and started it: whether an earlier command still comes there, only its results
// tell.
bool was_told_before(const History& history, const Life& life) {
    return std::ranges::any_of(history.lives, [&](const Life& other) {
        return other.id == life.id && other.launched < life.launched;
    });
}

// From then on it can be told: its agent is online, and the lists show it.
Instant can_be_told(const Life& life) {
    Instant from = std::max(life.listed, life.tagged);
    for (const auto& [at, reachable] : life.reach)
        if (reachable) return std::max(from, at);
    return from;
}

// What hinders it meanwhile gives it as long again.
Instant due_by(const History& history, const Run& run, const Life& life) {
    // EC2 shows a start after a stop under the old launch for a while; two faults together take
    // longer. While workers are asked again and again, looks are up to ten minutes apart.
    const bool asks = std::ranges::any_of(run.sent, [&life](const Sent& sent) {
        return sent.is_status() && sent.at > life.launched - patience &&
               sent.at < life.launched + patience;
    });
    const bool soon = !was_told_before(history, life) && history.aws_faults <= 1 && !asks;
    const Duration within = soon ? patience_of_one : patience;
    Instant due = can_be_told(life) + within;
    const auto extend = [&](const std::vector<Span>& spans) {
        for (const auto& span : spans)
            if (span.meets(life.launched, due)) due = std::max<Instant>(due, span.until + within);
    };
    if (const auto until = blind_until(history, run, life.environment))
        due = std::max<Instant>(due, *until + within);
    // Whether a tag has reached it only its results tell: for ten minutes they are asked for.
    if (any_meets(history.unread_results, life.launched, due)) due += 10min;
    for (Instant before{}; before != due;) {
        before = due;
        extend(history.wide_faults);
        extend(history.unseen_launches);
        if (was_told_before(history, life)) extend(history.unread_results);
        if (history.appeared.contains(life.environment)) extend(history.unseen_environments);
        extend(history.aws_forgets);
        extend(history.outages());
        extend(run.pauses);
        due = std::max<Instant>(due, last_before(run.failed_sends, due, run.begun) + patience);
    }
    return due;
}

// (x3) A newcomer is told within minutes, whatever single call fails.
void newcomers_are_told(const History& history, const Run& run, Broken& broken) {
    if (run.action == "wake" || ended_as(run, ExitCode::cancelled) ||
        ended_as(run, ExitCode::denied))
        return; // somebody wanted it to end
    for (const auto& life : history.lives) {
        if (!is_ours(life) || life.launched <= run.begun || life.launched > run.ended) continue;
        if (gave_up_on(history, run, life.environment)) continue;
        if (!is_meant(history, run, life) || history.cancelled_alone.contains(life.id)) continue;
        if (could_not_send(run, history.region_of(life.environment), life.launched, run.ended,
                           final_refusals, &life))
            continue;
        // It has said before that it has no worker, and says so again.
        if (life.model->character().workers == 0 && was_told_before(history, life)) continue;
        const Instant due = due_by(history, run, life);
        if (run.ended <= due || (life.ended && *life.ended <= due)) continue;
        if (!life.reachable_since(can_be_told(life), due)) continue;
        const auto first = told(history, run, life.id, life.launched);
        if (!first || *first > due)
            broken.push_back(first
                                 ? fmt::format("(x3) newcomer {} was told {} min after its launch",
                                               life.id, (*first - life.launched) / 1min)
                                 : fmt::format("(x3) newcomer {} was never told", life.id));
    }
}

} // namespace

void check_reach(const History& history, const Run& run, Broken& broken) {
    nobody_is_left_out(history, run, broken);
    a_refused_id_costs_only_itself(history, run, broken);
    newcomers_are_told(history, run, broken);
}

} // namespace simulation
