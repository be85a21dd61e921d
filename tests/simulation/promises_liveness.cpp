// The run ends, neither too early nor too late: (f) for the names, (h), (x1) for early ends, (x2).
#include "tests/simulation/history_queries.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;

namespace {

// Another operator's script began within the last five minutes.
bool others_began_recently(const History& history, const Run& run, const std::string& id) {
    const Instant end = run.ended;
    return std::ranges::any_of(history.started, [&](const StartedScript& started) {
        return started.instance == id && started.at > end - 5min && started.at <= end &&
               !is_sent_by(run, started);
    });
}

// The last script there was another action's, and no status document shows what it does.
bool runs_another_action_unnoticed(const History& history, const Run& run, const std::string& id) {
    const auto* last = last_script(history, id, run.ended);
    return run.document_missing && last != nullptr && last->action != run.action;
}

// (f) At the deadline the run names the instances that are not done. src/promises checks in its log
// that it stops then.
void names_unfinished_instances(const History& history, const Run& run, BrokenPromises& broken) {
    if (run.killed) return;
    if (!ended_as(run, ExitCode::timed_out)) return;
    for (const auto& one : run.at_end) {
        const auto lifetime =
            std::ranges::find_if(history.lifetimes, [&](const InstanceLifetime& other) {
                return other.id == one.id && exists_at(other, run.ended);
            });
        const bool young =
            lifetime == history.lifetimes.end() || lifetime->launched > run.ended - 5min;
        if (!one.runs_action || one.as_asked || young ||
            others_began_recently(history, run, one.id) ||
            runs_another_action_unnoticed(history, run, one.id))
            continue;
        const std::string& name =
            is_targeted(history, run, *lifetime) ? one.id : lifetime->environment;
        if (run.out.find(name) == std::string::npos)
            broken.push_back("(f) still at it and not named: " + one.id);
    }
}

// An instance that can still answer: its workers will do what the action asks.
bool can_answer(const InstanceLifetime& lifetime, Instant at) {
    const auto& traits = lifetime.model->traits();
    // The script of an instance whose line is lost ends, too.
    const bool healthy = traits.workers > 0 && !traits.script_fails;
    return healthy && is_ours(lifetime) && exists_at(lifetime, at) &&
           lifetime.reachable_since(at, at);
}

// The last time at which there was something to wait for.
Instant last_reason_to_wait(const History& history, const Run& run) {
    Instant last = run.begun;
    for (const auto& list : {history.changes, run.failed_calls})
        for (const auto at : list)
            if (at <= run.ended) last = std::max(last, at);
    for (const auto& pause : run.pauses)
        last = std::max(last, pause.until);
    for (const auto& other : history.runs)
        if (other.second != run.second)
            for (const auto& sent : other.sent)
                if (!sent.is_status() && sent.at <= run.ended) last = std::max(last, sent.at);
    auto moments = change_times(history, run.begun, run.ended);
    std::ranges::sort(moments, std::greater{});
    Instant after = run.ended; // what holds at one of these times holds until the next
    for (const auto at : moments) {
        if (after <= last) return last;
        const bool waits =
            std::ranges::any_of(history.lifetimes, [&](const InstanceLifetime& lifetime) {
                return can_answer(lifetime, at) && !lifetime.model->is_as_asked(run.action, at);
            });
        if (waits) return std::max(last, after);
        after = at;
    }
    return last;
}

// SSM shows what such an agent ran as in progress for ever. Only the status document shows the
// truth.
bool any_agent_dropped_commands(const History& history) {
    return std::ranges::any_of(history.notes, [](const TimedLine& line) {
        return line.text.find("drops what it runs") != std::string::npos;
    });
}

// (x2) The run does not wait without a reason. An answer may be unclear for half an hour, the next
// discovery may come ten minutes later, and the run waits ten minutes for a lost agent. Of two
// regions the one that is ready first is verified when the other is ready.
void waits_with_a_reason(const History& history, const Run& run, BrokenPromises& broken) {
    if (!ended_by_itself(run) || run.ended - run.begun < 55min) return;
    if (batch_may_fail(history, run)) return;
    const Instant lately = run.ended - 55min;
    if (any_meets(history.forgotten_commands, lately, run.ended) ||
        any_meets(history.wide_faults, lately, run.ended))
        return;
    if (run.document_missing && any_agent_dropped_commands(history)) return;
    const Instant last = last_reason_to_wait(history, run);
    const Duration most = history.in_two_regions() ? 85min : 55min;
    if (run.ended - last > most)
        broken.push_back(fmt::format("(x2) waited {} min in vain, and ends with {}",
                                     (run.ended - last) / 1min, run.exit_code));
}

// What is new for the run: changes in the world, its own commands, changes in how AWS answers.
std::vector<Instant> times_of_news(const History& history, const Run& run) {
    std::vector<Instant> news = change_times(history, run.begun, run.ended);
    for (const auto& list : {history.changes, run.failed_calls})
        news.insert(news.end(), list.begin(), list.end());
    for (const auto& sent : run.sent)
        if (!sent.is_status()) news.push_back(sent.at);
    for (const auto& span : history.forgotten_commands)
        news.push_back(span.from);
    std::ranges::sort(news);
    return news;
}

// The largest number of these within half an hour in which nothing was new.
std::size_t most_rounds(const std::vector<Instant>& moments, const std::vector<Instant>& news) {
    std::size_t most = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < moments.size(); ++i) {
        const auto last_news = std::ranges::upper_bound(news, moments[i]);
        const Instant since = last_news == news.begin() ? Instant{} : *std::prev(last_news);
        while (moments[first] < since || moments[first] < moments[i] - 30min)
            if (++first > i) break;
        if (first <= i) most = std::max(most, i - first + 1);
    }
    return most;
}

// (h, x4) When nothing is left to do the run ends: it does not verify or poll on while nothing
// changes. The pauses between two verifications grow from 10 s to 10 min, so that eight take 40
// min. A waiting run makes 800 calls in the first half hour (see (e)), and 600 more with live
// progress.
void ends_when_nothing_changes(const History& history, const Run& run, BrokenPromises& broken) {
    const auto news = times_of_news(history, run);
    // The live progress asks once per half minute.
    const std::size_t verifications = history.live_progress ? 72 : 12;
    const std::size_t calls = 1600 + 40 * pages_of(history);
    if (run.goes_round) broken.push_back("(h) it goes on for ever");
    std::map<std::string, std::vector<Instant>> rounds;
    std::map<std::string, std::pair<Instant, std::set<std::string>>>
        latest; // by region: its targets
    for (const auto& sent : run.sent) {
        if (!sent.is_status() || sent.command.empty()) continue;
        auto& [at, asked] = latest[sent.region];
        const bool are_others = std::ranges::none_of(
            sent.targets, [&asked](const std::string& target) { return asked.contains(target); });
        // The next chunk of fifty.
        const bool goes_on = sent.at - at < (are_others ? Duration{30s} : Duration{5s});
        if (!goes_on) {
            rounds[sent.region].push_back(sent.at);
            asked.clear();
        }
        at = sent.at;
        asked.insert(sent.targets.begin(), sent.targets.end());
    }
    for (const auto& [region, moments] : rounds)
        if (const auto most = most_rounds(moments, news); most > verifications)
            broken.push_back(
                fmt::format("(h) {} verifications, and nothing changed meanwhile", most));
    for (const auto& [region, moments] : run.calls)
        if (const auto most = most_rounds(moments, news); most > calls)
            broken.push_back(
                fmt::format("(h) {} calls in half an hour, and nothing changed", most));
}

// (x1) The run does not report that AWS refuses when only an instance was unreachable.
void not_refused_for_an_instance(const History& history, const Run& run, BrokenPromises& broken) {
    const bool early = ended_as(run, ExitCode::refused) || ended_as(run, ExitCode::unavailable);
    if (!early || !ended_by_itself(run) || was_hindered(history, run, run.ended - 5min, run.ended))
        return;
    if (any_in(run.failed_calls, run.ended - 5min, run.ended)) return;
    if (run.out.find("cut short or not what the protocol says") != std::string::npos) return;
    broken.push_back(fmt::format(
        "(x1) it ends with {}, and no call but those of refused ids had failed", run.exit_code));
}

// (x1) A SendCommand that fails for seconds does not end the run: it retries for a minute before
// the first send, and until the deadline after that.
void short_refusals_are_outlasted(const History& history, const Run& run, BrokenPromises& broken) {
    if (!ended_as(run, ExitCode::unavailable) || run.failed_sends.empty()) return;
    if (run.ended - run.begun > 55s) return;
    if (history.outages().empty() && any_in(run.failed_sends, run.ended - 10s, run.ended))
        broken.push_back(fmt::format("(x1) it gives up after {} s", (run.ended - run.begun) / 1s));
}

// (x1) After its first command the run asks until the deadline, however long AWS does not answer.
void outlasts_outages(const History& history, const Run& run, BrokenPromises& broken) {
    const bool commanded = std::ranges::any_of(
        run.sent, [](const SentCommand& one) { return !one.is_status() && !one.command.empty(); });
    if (ended_by_itself(run) && ended_as(run, ExitCode::unavailable) && commanded &&
        reported_at(run) < run.begun + history.timeout)
        broken.push_back("(x1) it gave up after its first command, before the deadline");
}

} // namespace

void check_liveness(const History& history, const Run& run, BrokenPromises& broken) {
    names_unfinished_instances(history, run, broken);
    not_refused_for_an_instance(history, run, broken);
    short_refusals_are_outlasted(history, run, broken);
    outlasts_outages(history, run, broken);
    waits_with_a_reason(history, run, broken);
    ends_when_nothing_changes(history, run, broken);
}

} // namespace simulation
