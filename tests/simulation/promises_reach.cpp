// No instance is left out: (x1) each one that can be reached gets the command, (x3) a newcomer
// within minutes.
#include "src/base/contains.hpp"
#include "src/drain/machine/limits.hpp"
#include "tests/simulation/history_queries.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::drain::most_attempts;
using snow_white::drain::most_refusals;
using snow_white::report::ExitCode;

namespace {

// From when a newcomer can be commanded to the script's start.
constexpr Duration newcomer_patience = 3min;
// A call that fails again and again is tried for a minute each time, by the look for changes and by
// the look for commands before the send.
constexpr Duration time_of_failing_looks = 3min;
// From a launch, or from the end of an outage, to the script's start.
constexpr Duration patience = 12min;
// A refused id costs a call, and its neighbours a command of their own, which is then asked about.
constexpr auto time_a_refusal = 3s;

// So long ListCommands lacks a command that SSM has taken, at most, as late lists play it.
constexpr auto unlisted_for = 15s;

// When the first script of the action started there in that time.
std::optional<Instant> first_script(const History& history, const Run& run, const std::string& id,
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

// Until instances that have finished are verified while others go on.
constexpr auto until_verified_again = 50min;

// An earlier command of the same action ran there before the run, and the workers were not awake
// again when the run began. The run has adopted that command, and finds what has woken the instance
// since at the next verification.
bool is_adopted(const History& history, const Run& run, const InstanceLifetime& lifetime) {
    const bool could_be_verified = lifetime.reachable_since(run.begun, run.begun + 10s);
    if (run.action == "wake" ||
        (could_be_verified && lifetime.model->is_as_asked("wake", run.begun + 5s)))
        return false;
    const auto* last = last_script(history, lifetime.id, run.begun - 1ms);
    return last != nullptr && last->action == run.action;
}

// It was not as asked then, and could be verified ever since.
bool could_be_commanded(const Run& run, const InstanceLifetime& lifetime, Instant then,
                        Instant end) {
    return lifetime.launched <= then && lifetime.reachable_since(then, end) &&
           !lifetime.model->is_as_asked(run.action, then);
}

// Otherwise the earlier command still holds: a worker is quiet, and runs a job.
bool takes_jobs(const InstanceLifetime& lifetime, Instant then) {
    return lifetime.model->is_as_asked("wake", then);
}

// AWS denied the region's permissions, or did not answer there before anything was sent.
bool is_given_up(const Run& run, const std::string& region) {
    const auto* event = run.log.report();
    if (event != nullptr)
        for (const auto& place :
             snow_white::promises::as<snow_white::promises::ReportEnd>(*event)->regions)
            if (place.region_label == region &&
                (place.verdict == "denied" || (place.verdict == "unavailable" && !place.begun)))
                return true;
    const auto is_of_region = [&region](const SentCommand& one) { return one.region == region; };
    const auto says = [&](const std::string& words) {
        return run.out.find(region + words) != std::string::npos;
    };
    return says(": AWS denied access") ||
           (says(": AWS does not answer") && std::ranges::none_of(run.sent, is_of_region));
}

// With several regions the run says which of them denied its permissions for longer than its
// patience, and which did not answer. When an operator cancels the command it sends no more.
bool gave_up_on(const History& history, const Run& run, const std::string& environment) {
    const std::string region = history.region_of(environment);
    const bool refused = history.in_two_regions() && is_given_up(run, region);
    const auto cancels = history.cancels.find(region);
    return refused ||
           (cancels != history.cancels.end() && any_in(cancels->second, run.begun, run.ended));
}

// The action was tried at least that often, for that instance or its environment where one is
// named, and SendCommand failed each time.
bool could_not_send(const Run& run, const std::string& region, Instant from, Instant to,
                    std::ptrdiff_t at_least = 1, const InstanceLifetime* on = nullptr) {
    const auto names_it = [on](const SentCommand& one) {
        const auto names = [&one](const std::string& name) {
            return snow_white::contains(one.targets, name);
        };
        return on == nullptr || names(on->id) || names(on->environment);
    };
    const auto tried = [&](const SentCommand& one) {
        return one.region == region && !one.is_status() && one.at >= from && one.at <= to &&
               names_it(one);
    };
    const auto taken = [&](const SentCommand& one) { return tried(one) && !one.command.empty(); };
    return std::ranges::count_if(run.sent, tried) >= at_least &&
           std::ranges::none_of(run.sent, taken);
}

// No verification could be sent there: who takes jobs again was not seen, and the report says so.
bool could_not_verify(const Run& run, const std::string& region, Instant from, Instant to) {
    const auto tried = [&](const SentCommand& one) {
        return one.region == region && one.is_status() && one.at >= from && one.at <= to;
    };
    const auto taken = [&](const SentCommand& one) { return tried(one) && !one.command.empty(); };
    return std::ranges::any_of(run.sent, tried) && std::ranges::none_of(run.sent, taken);
}

// When the run had sent a command in that region, or had found another's.
Instant began_in(const History& history, const Run& run, const std::string& region) {
    const auto sent = std::ranges::find_if(run.sent, [&](const SentCommand& one) {
        return one.region == region && !one.is_status() && !one.command.empty();
    });
    Instant began = sent == run.sent.end() ? run.ended : sent->at;
    for (const auto& event : run.log.events)
        if (event.text.find("is in flight already") != std::string::npos &&
            (!history.in_two_regions() || event.text.find(region + ": ") != std::string::npos))
            began = std::min(began, event.at);
    return began;
}

// The run could not command anybody before it could read the region's lists: from the start of the
// run, or from the creation of the environment.
std::optional<Instant> blind_until(const History& history, const Run& run,
                                   const std::string& environment) {
    const auto appeared = history.appeared.find(environment);
    std::optional<Instant> until;
    for (const auto& span : history.failed_listings)
        if (span.meets(run.begun, began_in(history, run, history.region_of(environment))) ||
            (appeared != history.appeared.end() &&
             span.meets(appeared->second, appeared->second + patience)))
            until = std::max(until, std::optional(span.until));
    if (appeared != history.appeared.end()) // faults without an end of their own
        for (const auto& span : history.unlisted_environments)
            if (span.meets(appeared->second, until.value_or(appeared->second) + patience))
                until = std::max(until, std::optional(span.until));
    return until;
}

// A run in several regions sends nothing where one of them has no matching environment.
bool nothing_matched_in_one(const History& history, const Run& run) {
    if (!ended_as(run, ExitCode::nothing_matched) || !history.in_two_regions()) return false;
    std::vector<Instant> moments{run.begun, run.ended};
    for (const auto& lifetime : history.lifetimes)
        if (lifetime.ended && *lifetime.ended >= run.begun && *lifetime.ended <= run.ended)
            moments.push_back(*lifetime.ended);
    const auto had_none = [&](const std::string& region) {
        return std::ranges::any_of(moments, [&](Instant at) {
            return std::ranges::none_of(history.lifetimes, [&](const auto& lifetime) {
                return is_ours(lifetime) && exists_at(lifetime, at) &&
                       history.region_of(lifetime.environment) == region;
            });
        });
    };
    return had_none(sandbox::home_region) || had_none(other_region);
}

// The instance has taken jobs since then, and the run could see it.
bool took_jobs_visibly(const History& history, const Run& run, const InstanceLifetime& lifetime,
                       Instant since, Instant end) {
    return since > run.begun && could_be_commanded(run, lifetime, since, end) &&
           takes_jobs(lifetime, since) && !was_hindered(history, run, since, end) &&
           !any_meets(history.unread_results, since, end);
}

// The run may have acted on it again, and has not.
bool could_be_repeated(const History& history, const Run& run, const InstanceLifetime& lifetime,
                       Instant since, Instant end) {
    const auto attempts = std::ranges::count_if(history.started, [&](const StartedScript& started) {
        return started.instance == lifetime.id && started.action == run.action &&
               started.at >= run.begun && started.at <= end;
    });
    return !run.document_missing && attempts < most_attempts &&
           !any_in(run.failed_calls, since, end) && !first_script(history, run, lifetime.id, since);
}

// (x1) Each instance that was reachable for the last minutes has got the command.
void no_instance_is_left_out(const History& history, const Run& run, BrokenPromises& broken) {
    const Instant end = reported_at(run);
    const Instant from = std::max<Instant>(end - patience, run.begun);
    if (from == run.begun && any_in(run.failed_calls, run.begun, end)) return;
    if (!ended_by_itself(run) || ended_as(run, ExitCode::done) ||
        ended_as(run, ExitCode::cancelled))
        return;
    if (ended_as(run, ExitCode::denied)) return; // for longer than its patience
    if (nothing_matched_in_one(history, run)) return;
    if (batch_may_fail(history, run)) return;
    if (was_hindered(history, run, from, end) ||
        any_meets(history.forgotten_commands, run.begun,
                  end)) // a command that is over is not read again
        return;
    for (const auto& one : run.at_end) {
        const auto lifetime =
            std::ranges::find_if(history.lifetimes, [&](const InstanceLifetime& other) {
                return other.id == one.id && exists_at(other, end);
            });
        if (one.as_asked || one.runs_action || !one.healthy || lifetime == history.lifetimes.end())
            continue;
        if (gave_up_on(history, run, one.environment) ||
            could_not_send(run, history.region_of(one.environment), from, end, 1, &*lifetime) ||
            could_not_send(run, history.region_of(one.environment), run.begun, run.ended,
                           most_refusals, &*lifetime) ||
            blind_until(history, run, one.environment) > from)
            continue;
        if (!is_targeted(history, run, *lifetime) || history.cancelled_alone.contains(one.id))
            continue;
        // Without a status document an earlier command stands, and the report says so.
        const bool is_unverified =
            history.hides_status_document(history.region_of(one.environment)) ||
            results_unavailable(history, from, end) ||
            could_not_verify(run, history.region_of(one.environment), from, end);
        if (is_unverified && first_script(history, run, one.id, lifetime->launched)) continue;
        // The run asks nobody by tag then, so it knows an instance only from EC2's lists.
        if (is_unverified && lifetime->listed > from) continue;
        if (lifetime->launched > run.begun && any_meets(history.unlisted_launches, from, end))
            continue;
        // A newcomer is awake by itself. At one moment a deploy may restart its workers.
        if (run.action == "wake" && lifetime->launched > run.begun) continue;
        // A wake is a restart and is not repeated: it left a worker alone that ran a job then.
        const auto* last = last_script(history, one.id, end);
        if (run.action == "wake" && last != nullptr && last->action == "wake") continue;
        // While no results can be read, the run does not know whom a command has reached.
        if (results_unavailable(history, run.begun, run.begun + patience) &&
            results_unavailable(history, from, end))
            continue;
        // The other operator's monitor wants the opposite, and sent its command after this instance
        // was seen as asked.
        const Instant not_listed_at_first = run.begun - unlisted_for;
        const bool contended =
            std::ranges::any_of(history.started, [&](const StartedScript& started) {
                return history.two_monitors && started.instance == one.id &&
                       started.action != run.action && started.at >= not_listed_at_first &&
                       started.at <= end;
            });
        if (contended) continue;
        const Instant recheck = end - until_verified_again;
        const bool was_verified_again = took_jobs_visibly(history, run, *lifetime, recheck, end);
        if (was_verified_again && could_be_repeated(history, run, *lifetime, recheck, end))
            broken.push_back(
                fmt::format("(x1) {} took jobs again and got no further command", one.id));
        const bool is_excused = !was_verified_again && is_adopted(history, run, *lifetime);
        if (could_be_commanded(run, *lifetime, from, end) &&
            !first_script(history, run, one.id, run.begun) && !is_excused)
            broken.push_back(fmt::format("(x1) {} was reachable and got no command, the end is {}",
                                         one.id, run.exit_code));
    }
}

// (x1) An ID that SSM refuses costs only itself: all that were named with it, and go on to exist,
// are named again at once.
void a_refused_id_costs_only_itself(const History& history, const Run& run,
                                    BrokenPromises& broken) {
    for (std::size_t i = 0; i < run.sent.size(); ++i) {
        const SentCommand& refused = run.sent[i];
        // With more targets many more may be refused, each with its pause.
        const bool few = refused.targets.size() <= 8;
        // While others go on, the instances that have finished are verified again at a check for
        // changes, and at the next one when that SendCommand fails.
        const Duration at_once = refused.is_status() ? Duration{6min} : Duration{50s};
        const Instant by = refused.at + (few ? at_once : Duration{10min});
        if (!refused.refused || refused.targets.size() < 2 || run.ended < by) continue;
        if (refused.is_status() && history.live_progress) continue; // once, for the live progress
        if (was_hindered(history, run, refused.at, by) ||
            any_in(run.failed_calls, refused.at - 1min, by))
            continue;
        const auto has_left = [&](const std::string& id) {
            const auto found = std::ranges::find(history.lifetimes, id, &InstanceLifetime::id);
            return found != history.lifetimes.end() && !exists_at(*found, by);
        };
        const auto is_named_again = [&](const std::string& id) {
            return std::any_of(run.sent.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                               run.sent.end(), [&](const SentCommand& later) {
                                   return later.at <= by && later.document == refused.document &&
                                          snow_white::contains(later.targets, id);
                               });
        };
        // The run found the same command of another operator, which has reached it.
        const auto got_another = [&](const std::string& id) {
            if (refused.is_status()) return false;
            const auto first = first_script(history, run, id, refused.at - unlisted_for);
            return first && *first <= by;
        };
        for (const auto& id : refused.targets)
            if (!has_left(id) && !is_named_again(id) && !got_another(id))
                broken.push_back(
                    fmt::format("(x1) {} was named with an id that is refused, and not again", id));
    }
}

// EC2 has stopped and started it: only the results tell whether an earlier command still arrives
// there.
bool was_commanded_before(const History& history, const InstanceLifetime& lifetime) {
    return std::ranges::any_of(history.lifetimes, [&](const InstanceLifetime& other) {
        return other.id == lifetime.id && other.launched < lifetime.launched;
    });
}

// From then on it can be commanded: its agent is online, and the lists show it.
Instant commandable_from(const InstanceLifetime& lifetime) {
    Instant from = std::max(lifetime.listed, lifetime.tagged);
    for (const auto& [at, reachable] : lifetime.reachability)
        if (reachable) return std::max(from, at);
    return from;
}

std::ptrdiff_t refusals_between(const Run& run, Instant from, Instant to) {
    return std::ranges::count_if(run.sent, [&](const SentCommand& sent) {
        return sent.refused && sent.at >= from && sent.at <= to;
    });
}

// Each obstacle gives the run that much time again.
Instant due_by(const History& history, const Run& run, const InstanceLifetime& lifetime) {
    // EC2 shows a start after a stop under the old launch time for a while; two faults together
    // take longer. While verifications repeat, discoveries are up to ten minutes apart.
    const bool asks = std::ranges::any_of(run.sent, [&lifetime](const SentCommand& sent) {
        return sent.is_status() && sent.at > lifetime.launched - patience &&
               sent.at < lifetime.launched + patience;
    });
    // Without a status document only EC2's lists show it.
    const bool by_lists = history.hides_status_document(history.region_of(lifetime.environment));
    const bool soon =
        !was_commanded_before(history, lifetime) && history.aws_faults <= 1 && !asks && !by_lists;
    const Duration looks = history.aws_faults == 0 ? Duration{0} : time_of_failing_looks;
    const Duration within = (soon ? newcomer_patience : patience) + looks;
    Instant unrefused = commandable_from(lifetime) + within; // if no id were refused
    Instant due = unrefused;
    const auto extend = [&](const std::vector<Span>& spans) {
        for (const auto& span : spans)
            if (span.meets(lifetime.launched, due))
                unrefused = std::max<Instant>(unrefused, span.until + within);
    };
    if (lifetime.omitted && *lifetime.omitted <= unrefused)
        unrefused = std::max<Instant>(unrefused, *lifetime.omitted + within);
    if (const auto until = blind_until(history, run, lifetime.environment))
        unrefused = std::max<Instant>(unrefused, *until + within);
    // Only the results tell whether a command by tag has reached it: the run reads them for ten
    // minutes.
    if (any_meets(history.unread_results, lifetime.launched, unrefused)) unrefused += 10min;
    for (Instant before{}; before != due;) {
        before = due;
        extend(history.wide_faults);
        if (by_lists) extend(history.failed_listings);
        extend(history.unlisted_launches);
        if (was_commanded_before(history, lifetime)) extend(history.unread_results);
        if (history.appeared.contains(lifetime.environment)) extend(history.unlisted_environments);
        extend(history.forgotten_commands);
        extend(history.outages());
        extend(run.pauses);
        unrefused =
            std::max<Instant>(unrefused, last_before(run.failed_sends, due, run.begun) + patience);
        due = unrefused + time_a_refusal * refusals_between(run, lifetime.launched, due);
    }
    return due;
}

// (x3) A newcomer gets the command within minutes, whatever single call fails.
void newcomers_get_the_command(const History& history, const Run& run, BrokenPromises& broken) {
    if (run.action == "wake" || ended_as(run, ExitCode::cancelled) ||
        ended_as(run, ExitCode::denied))
        return; // an operator wanted it to end
    for (const auto& lifetime : history.lifetimes) {
        if (!is_ours(lifetime) || lifetime.launched <= run.begun || lifetime.launched > run.ended)
            continue;
        if (gave_up_on(history, run, lifetime.environment)) continue;
        if (!is_targeted(history, run, lifetime) || history.cancelled_alone.contains(lifetime.id))
            continue;
        if (could_not_send(run, history.region_of(lifetime.environment), lifetime.launched,
                           run.ended, most_refusals, &lifetime))
            continue;
        // SSM calls a command of before EC2 stopped it in progress, and nobody there can be asked.
        if (history.hides_status_document(history.region_of(lifetime.environment)) &&
            was_commanded_before(history, lifetime))
            continue;
        // It reported before that it has no worker, and reports so again.
        if (lifetime.model->traits().workers == 0 && was_commanded_before(history, lifetime))
            continue;
        const Instant due = due_by(history, run, lifetime);
        if (run.ended <= due || (lifetime.ended && *lifetime.ended <= due)) continue;
        if (!lifetime.reachable_since(commandable_from(lifetime), due)) continue;
        const auto first = first_script(history, run, lifetime.id, lifetime.launched);
        if (!first || *first > due)
            broken.push_back(
                first ? fmt::format("(x3) newcomer {} got the command {} min after its launch",
                                    lifetime.id, (*first - lifetime.launched) / 1min)
                      : fmt::format("(x3) newcomer {} never got the command", lifetime.id));
    }
}

} // namespace

void check_reach(const History& history, const Run& run, BrokenPromises& broken) {
    no_instance_is_left_out(history, run, broken);
    a_refused_id_costs_only_itself(history, run, broken);
    newcomers_get_the_command(history, run, broken);
}

} // namespace simulation
