// What the program says is true: (a), (c), (d), (f) for the deadline, (g), (x6), (x7), (x8).
#include "tests/simulation/history_queries.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;

namespace {

bool no_instance_reported(const History& history, const Run& run) {
    return std::ranges::all_of(history.lifetimes, [&](const InstanceLifetime& lifetime) {
        const bool was_commanded =
            std::ranges::find(history.started, lifetime.id, &StartedScript::instance) !=
            history.started.end();
        return !is_ours(lifetime) || !exists_at(lifetime, run.ended) ||
               lifetime.model->traits().line_lost || !was_commanded;
    });
}

// An instance of the run that AWS's lists showed when they were read last.
bool any_visible(const History& history, const Run& run) {
    const Instant read = reported_at(run) - 30s;
    return std::ranges::any_of(history.lifetimes, [&](const InstanceLifetime& lifetime) {
        return is_ours(lifetime) && exists_at(lifetime, read) && exists_at(lifetime, run.ended) &&
               !lifetime.is_hidden(read);
    });
}

// (a) The run reports success only if there was a time, after the last script of an action had
// ended and shortly before the report, at which every instance was as asked.
void success_is_true(const History& history, const Run& run, BrokenPromises& broken) {
    if (!ended_as(run, ExitCode::done)) return;
    const bool says_so = run.out.find("NOT VERIFIED") != std::string::npos;
    if (history.status_document_missing) { // the run cannot know, and says so
        const bool any_left = run.out.find("no running instance left") == std::string::npos;
        if (!says_so && any_left && any_visible(history, run))
            broken.push_back("(a) nothing can be verified, and it does not say so");
        return;
    }
    if (says_so && no_instance_reported(history, run))
        return; // as with documents that are not ours
    if (says_so && !history.document_missing_there) {
        broken.push_back(
            "(a) our own documents answered, and it says that nothing could be verified");
        return;
    }
    const Instant to = reported_at(run);
    const auto holds = validity(history.lifetimes.size());
    const Instant from = std::max<Instant>(run.begun, to - holds);
    const auto well = [&](Instant at) { return all_as_asked(history, run, at); };
    if (std::ranges::none_of(change_times(history, from, to), well))
        broken.push_back(
            fmt::format("(a) it reports success, and at no moment of the {} s before it was "
                        "everybody as asked, at the end "
                        "not {}",
                        holds / 1s, fmt::join(not_as_asked(history, run, to), ", ")));
}

// (x6) The run is not done while a script of the action, which began before the last verification,
// runs on one of its instances.
void not_done_while_a_script_runs(const History& history, const Run& run, BrokenPromises& broken) {
    if (!ended_as(run, ExitCode::done)) return;
    const Instant verified = reported_at(run) - validity(history.lifetimes.size());
    for (const auto& one : run.at_end) {
        if (!one.runs_action || one.as_asked)
            continue; // another operator's script may go on where all is as asked
        const bool came_since =
            std::ranges::any_of(history.lifetimes, [&](const InstanceLifetime& lifetime) {
                return lifetime.id == one.id && lifetime.launched > verified &&
                       lifetime.launched <= run.ended;
            });
        if (came_since) continue;
        const auto* last = last_script(history, one.id, run.ended);
        if (last == nullptr || last->action != run.action) continue;
        // Without a status document the run sees only the commands that it sent or found, and its
        // report says that it has not verified.
        const bool is_unseen =
            history.status_document_missing && run.out.find(last->command) == std::string::npos;
        if ((last->at < verified && !is_unseen) || is_sent_by(run, *last))
            broken.push_back("(x6) it is done, and a script of the action still acts on " + one.id);
    }
}

// (x7) The report says partial only if an instance is not as asked, unknown or unreachable at the
// end.
void partial_has_a_reason(const History& history, const Run& run, BrokenPromises& broken) {
    if (!ended_as(run, ExitCode::partial) || run.document_missing) return;
    const Instant end = reported_at(run);
    const Instant from = std::max<Instant>(run.begun, end - 3min);
    const bool well = std::ranges::all_of(change_times(history, from, end), [&](Instant at) {
        return all_as_asked(history, run, at);
    });
    const bool healthy =
        std::ranges::all_of(run.at_end, [](const InstanceAtEnd& one) { return one.healthy; });
    const bool reachable =
        std::ranges::all_of(history.lifetimes, [&](const InstanceLifetime& lifetime) {
            return !is_ours(lifetime) || !exists_at(lifetime, end) ||
                   lifetime.reachable_since(from, end);
        });
    const bool answers = !any_in(run.failed_calls, end - 30min, end) &&
                         !any_meets(history.forgotten_commands, end - 30min, end);
    const bool undisturbed = !history.two_monitors && !any_in(history.changes, end - 5min, end);
    const bool ready = run.environments_ready && !run.at_end.empty();
    // A stop or a wake does not act on an environment that is created meanwhile, and says so.
    const bool all_meant =
        run.action == "quiet" || std::ranges::none_of(history.appeared, [&](const auto& appeared) {
            return appeared.second >= run.begun && appeared.second <= end;
        });
    if (well && healthy && reachable && answers && undisturbed && ready && all_meant)
        broken.push_back("(x7) it ends as partial, and all are as asked and within reach");
}

// (x8) The report says cancelled only if an operator has cancelled a command since the run began. A
// list that lags may show a cancel of the minute before as a new one.
void cancelled_only_by_somebody(const History& history, const Run& run, BrokenPromises& broken) {
    constexpr auto lag = 1min;
    if (!ended_as(run, ExitCode::cancelled)) return;
    // The results would tell when it was cancelled, and they could not be read.
    if (any_meets(history.unread_results, run.begun, run.begun + 5min) ||
        any_meets(history.forgotten_commands, run.begun, run.begun + 5min))
        return;
    const auto since = [&](const auto& entry) {
        return any_in(entry.second, run.begun - lag, run.ended);
    };
    if (std::ranges::none_of(history.cancels, since))
        broken.push_back(
            "(x8) it ends as cancelled, and nobody has cancelled anything since it began");
}

// The regions' calls of one moment are made one after another here: the monitor was suspended
// between two of them, when the send was decided already. The client tries it for a minute.
bool was_suspended_before(const History& history, const Run& run, Instant sent) {
    return history.in_two_regions() && std::ranges::any_of(run.pauses, [sent](const Span& pause) {
               return pause.until <= sent && pause.until > sent - 1min;
           });
}

// (f) The action is not sent after the deadline.
void sends_nothing_after_the_deadline(const History& history, const Run& run,
                                      BrokenPromises& broken) {
    constexpr auto time_of_a_send = 2min; // with its retries
    // A log for people does not show when the run's time begins, but its first line comes later.
    const Instant first_line = run.log.events.empty() ? run.ended : run.log.events.front().at;
    const Instant deadline = run.log.time_begun().value_or(first_line) + history.timeout;
    for (const auto& sent : run.sent)
        if (!sent.is_status() && sent.at > deadline + time_of_a_send &&
            !was_suspended_before(history, run, sent.at))
            broken.push_back("(f) the action is sent after the deadline");
}

// (g) No false alarm: where nothing but passing faults has happened, the run ends with success.
void no_false_alarm(const History& history, const Run& run, BrokenPromises& broken) {
    if (!ended_by_itself(run) || history.two_monitors) return;
    if (history.disturbed && *history.disturbed <= run.ended) return;
    if (history.document_missing_there || history.has_faults()) return;
    if (batch_may_fail(history, run)) return;
    if (!ended_as(run, ExitCode::done) && !ended_as(run, ExitCode::timed_out))
        broken.push_back(fmt::format("(g) it ends with {}, and nothing went wrong", run.exit_code));
}

} // namespace

void check_truth(const History& history, const Run& run, BrokenPromises& broken) {
    success_is_true(history, run, broken);
    not_done_while_a_script_runs(history, run, broken);
    partial_has_a_reason(history, run, broken);
    cancelled_only_by_somebody(history, run, broken);
    sends_nothing_after_the_deadline(history, run, broken);
    no_false_alarm(history, run, broken);
}

namespace {

// The send, by one of the history's runs, of the script's command.
struct SendOfRun {
    const Run* run = nullptr;
    Instant at{};
};

// SSM delivers it later where the agent was lost.
SendOfRun send_of(const History& history, const StartedScript& started) {
    for (const auto& run : history.runs)
        for (const auto& sent : run.sent)
            if (sent.command == started.command) return {&run, sent.at};
    Instant first = started.at; // the earliest possible send: now, if its agent was not lost
    for (const auto& other : history.started)
        if (other.command == started.command) first = std::min(first, other.at);
    // Its answer was lost: the latest such send, which SSM delivers when the agent is there again.
    SendOfRun latest{nullptr, started.at};
    for (const auto& run : history.runs)
        for (const auto& sent : run.sent)
            if (sent.command.empty() && !sent.is_status() && sent.at <= first &&
                (latest.run == nullptr || sent.at > latest.at))
                latest = {&run, sent.at};
    return latest;
}

// Another monitor sent the same at nearly the same time, or while SSM did not list its commands, so
// that neither could see the other's; or the run has said that both are awaited, where the older
// script may run for longer.
bool crossed_with_others(const History& history, const StartedScript& started,
                         const SendOfRun& send) {
    // ListCommands lags at most 15 s, and the run reads the results of what it has found for up to
    // 20 s: it could not find the command of the running script.
    constexpr auto unseen = 35s;
    const bool restarted = std::ranges::any_of(history.runs, [&](const Run& run) {
        return &run != &history.runs.front() && run.begun <= send.at &&
               run.begun > send.at - unseen;
    });
    const bool just_restarted =
        restarted && std::ranges::any_of(history.started, [&](const StartedScript& other) {
            return other.instance == started.instance && other.command != started.command &&
                   other.action == started.action && other.at <= started.at &&
                   send_of(history, other).at > send.at - unseen;
        });
    const bool blind =
        send.run != nullptr && any_in(send.run->failed_calls, send.at - 2min, send.at);
    const auto awaits_both = [&](const std::string& command) {
        return send.run != nullptr &&
               std::ranges::any_of(send.run->printed, [&](const TimedLine& line) {
                   return line.text.find("(command " + command + "): both are awaited") !=
                          std::string::npos;
               });
    };
    return just_restarted || std::ranges::any_of(history.started, [&](const StartedScript& other) {
               return other.instance == started.instance && other.command != started.command &&
                      (history.two_monitors ||
                       history.commands_of_others.contains(other.command)) &&
                      other.at <= started.at &&
                      (blind || other.at > send.at - 30s || awaits_both(other.command) ||
                       history.in_batches()); // a batch's turn comes long after the first send
           });
}

// The script that still runs there says that it is being cancelled: the run does not adopt it.
bool is_partly_cancelled(const History& history, const StartedScript& started) {
    return std::ranges::any_of(history.started, [&](const StartedScript& other) {
        return other.instance == started.instance && other.at <= started.at &&
               other.action == started.action && history.partly_cancelled.contains(other.command);
    });
}

// The answer to an earlier send was lost, SSM has not listed its commands for ten minutes since, or
// refuses to list any, and the run says so.
bool was_sent_blind(const SendOfRun& send) {
    if (send.run == nullptr || !any_in(send.run->failed_calls, send.at - 2min, send.at))
        return false;
    return any_in(send.run->failed_sends, send.run->begun, send.at - 9min) ||
           (any_in(send.run->failed_sends, send.at - 2min, send.at) &&
            send.run->out.find("whether the same command was in flight already") !=
                std::string::npos);
}

// EC2's list omitted the instance when the run found the command that acts there: the run takes it
// for somebody else's, sends by the environment's tag, or treats it as a newcomer later.
bool was_omitted(const History& history, const StartedScript& started, const SendOfRun& send) {
    const Instant from = send.run == nullptr ? send.at : send.run->begun;
    return std::ranges::any_of(history.lifetimes, [&](const InstanceLifetime& lifetime) {
        return lifetime.id == started.instance && lifetime.omitted &&
               *lifetime.omitted > from - 1min && *lifetime.omitted <= send.at;
    });
}

// Somebody has sent another action to its environment since: whether it has reached the instance is
// not known before its results are.
bool may_be_superseded(const History& history, const StartedScript& started, Instant sent) {
    const auto environment_of = [&history](const std::string& id) {
        const auto found = std::ranges::find(history.lifetimes, id, &InstanceLifetime::id);
        return found == history.lifetimes.end() ? "" : found->environment;
    };
    return std::ranges::any_of(history.started, [&](const StartedScript& other) {
        return other.action != started.action && other.at <= sent && other.at > sent - 5min &&
               environment_of(other.instance) == environment_of(started.instance);
    });
}

// (c) The run sends no second signal to an instance where a script already does the same, and no
// other documents than the action's and the status document.
void no_duplicate_commands(const History& history, BrokenPromises& broken) {
    std::set<std::string> asked;
    for (const auto& run : history.runs)
        asked.insert(run.action);
    for (const auto& one : history.started) {
        if (!one.is_duplicate || !asked.contains(one.action) ||
            history.commands_of_others.contains(one.command))
            continue;
        const SendOfRun send = send_of(history, one);
        // While no results can be read, the run does not know whom a tag has reached.
        if (was_sent_blind(send) || any_meets(history.unread_results, send.at - 1min, send.at))
            continue;
        if (!is_partly_cancelled(history, one) && !was_omitted(history, one, send) &&
            !may_be_superseded(history, one, send.at) &&
            !any_meets(history.forgotten_commands, send.at - 5min, one.at) &&
            !crossed_with_others(history, one, send))
            broken.push_back("(c) got the command again while a script was doing the same: " +
                             one.instance);
    }
    const std::map<std::string, std::string> logical{
        {"quiet", "QuietSideKiq"}, {"wake", "WakeSideKiq"}, {"stop", "StopSideKiq"}};
    for (const auto& run : history.runs)
        for (const auto& sent : run.sent)
            if (sent.document.find(logical.at(run.action)) == std::string::npos &&
                !sent.is_status())
                broken.push_back("(c, d) it sent " + sent.document);
}

} // namespace

std::vector<std::string> broken_promises(const History& history) {
    BrokenPromises broken;
    for (const auto& run : history.runs) {
        check_truth(history, run, broken);
        check_reports(history, run, broken);
        check_liveness(history, run, broken);
        check_reach(history, run, broken);
        check_cost(history, run, broken);
    }
    no_duplicate_commands(history, broken);
    return broken;
}

} // namespace simulation
