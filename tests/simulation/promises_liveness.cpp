// It ends, and neither too early nor in vain: (f) of the names, (h), (x1) of its early ends, (x2).
#include "tests/simulation/evidence.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::report::ExitCode;

namespace {

// Others' script of a moment ago.
bool began_lately_by_others(const History& history, const Run& run, const std::string& id) {
    const Instant end = run.ended;
    return std::ranges::any_of(history.started, [&](const Started& started) {
        return started.instance == id && started.at > end - 5min && started.at <= end &&
               !is_sent_by(run, started);
    });
}

// Another action's script came last, and nobody can ask what it does.
bool acts_otherwise_unseen(const History& history, const Run& run, const std::string& id) {
    const auto* last = last_script(history, id, run.ended);
    return run.document_missing && last != nullptr && last->action != run.action;
}

// (f) At the deadline it names who is still at it. That it stops its log shows (src/promises).
void names_who_is_at_it(const History& history, const Run& run, Broken& broken) {
    if (run.killed) return;
    if (!ended_as(run, ExitCode::timed_out)) return;
    for (const auto& one : run.at_end) {
        const auto life = std::ranges::find_if(history.lives, [&](const Life& other) {
            return other.id == one.id && lives_at(other, run.ended);
        });
        const bool young = life == history.lives.end() || life->launched > run.ended - 5min;
        if (!one.acts || one.as_asked || young || began_lately_by_others(history, run, one.id) ||
            acts_otherwise_unseen(history, run, one.id))
            continue;
        const std::string& name = is_meant(history, run, *life) ? one.id : life->environment;
        if (run.out.find(name) == std::string::npos)
            broken.push_back("(f) still at it and not named: " + one.id);
    }
}

// Somebody of whom an answer can still come: a worker that will do as it was told.
bool is_hopeful(const Life& life, Instant at) {
    const auto& character = life.model->character();
    const bool fit =
        character.workers > 0 && !character.script_fails; // the script of a mute one ends, too
    return fit && is_ours(life) && lives_at(life, at) && life.reachable_since(at, at);
}

// The last moment at which there was something to wait for.
Instant last_reason(const History& history, const Run& run) {
    Instant last = run.begun;
    for (const auto& list : {history.changes, run.troubles})
        for (const auto at : list)
            if (at <= run.ended) last = std::max(last, at);
    for (const auto& pause : run.pauses)
        last = std::max(last, pause.until);
    for (const auto& other : history.runs)
        if (other.second != run.second)
            for (const auto& sent : other.sent)
                if (!sent.is_status() && sent.at <= run.ended) last = std::max(last, sent.at);
    auto moments = turns(history, run.begun, run.ended);
    std::ranges::sort(moments, std::greater{});
    Instant after = run.ended; // what holds at a moment holds until the next
    for (const auto at : moments) {
        if (after <= last) return last;
        const bool waits = std::ranges::any_of(history.lives, [&](const Life& life) {
            return is_hopeful(life, at) && !life.model->is_as_asked(run.action, at);
        });
        if (waits) return std::max(last, after);
        after = at;
    }
    return last;
}

// SSM calls what they ran in progress for ever: only the instance knows better, where it can be
// asked.
bool any_agent_dropped_commands(const History& history) {
    return std::ranges::any_of(history.timeline, [](const Line& line) {
        return line.text.find("drops what it runs") != std::string::npos;
    });
}

// (x2) Nobody is awaited in vain: an answer may be unclear for half an hour, the next look may come
// ten minutes later, and a lost agent may come back for ten. Of two regions the one that is ready
// first is verified when the other is ready.
void waits_for_something(const History& history, const Run& run, Broken& broken) {
    if (!ended_by_itself(run) || run.ended - run.begun < 55min) return;
    if (run.action == "wake" && history.in_batches())
        return; // one that is gone keeps its place in a batch
    const Instant lately = run.ended - 55min;
    if (any_meets(history.aws_forgets, lately, run.ended) ||
        any_meets(history.wide_faults, lately, run.ended))
        return;
    if (run.document_missing && any_agent_dropped_commands(history)) return;
    const Instant last = last_reason(history, run);
    const Duration most = history.in_two_regions() ? 85min : 55min;
    if (run.ended - last > most)
        broken.push_back(fmt::format("(x2) waited {} min in vain, and ends with {}",
                                     (run.ended - last) / 1min, run.exit_code));
}

// What is new to the run: in the world, in what it has told, in how AWS answers.
std::vector<Instant> news_of(const History& history, const Run& run) {
    std::vector<Instant> news = turns(history, run.begun, run.ended);
    for (const auto& list : {history.changes, run.troubles})
        news.insert(news.end(), list.begin(), list.end());
    for (const auto& sent : run.sent)
        if (!sent.is_status()) news.push_back(sent.at);
    for (const auto& span : history.aws_forgets)
        news.push_back(span.from);
    std::ranges::sort(news);
    return news;
}

// The most of these within half an hour in which nothing was new.
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

// (h, x4) When there is nothing left to do it ends: it neither verifies nor asks again and again
// while nothing changes. The pauses between two verifications grow from 10 s to 10 min, so that
// eight take 40 min; of calls, whoever waits makes 800 in the first half hour (see (e)), and 600
// more where somebody looks on.
void does_not_go_round(const History& history, const Run& run, Broken& broken) {
    const auto news = news_of(history, run);
    const std::size_t verifications =
        history.live_progress ? 72 : 12; // one each half minute for the onlooker
    const std::size_t calls = 1600 + 40 * pages_of(history);
    std::map<std::string, std::vector<Instant>> rounds;
    std::map<std::string, std::pair<Instant, std::set<std::string>>>
        latest; // by region: its targets
    for (const auto& sent : run.sent) {
        if (!sent.is_status() || sent.command.empty()) continue;
        auto& [at, asked] = latest[sent.region];
        const bool are_others = std::ranges::none_of(
            sent.targets, [&asked](const std::string& target) { return asked.contains(target); });
        const bool goes_on =
            sent.at - at < (are_others ? Duration{30s} : Duration{5s}); // the next fifty
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

// (x1) AWS is not said to refuse when only an instance was not to be reached.
void not_refused_for_an_instance(const History& history, const Run& run, Broken& broken) {
    const bool early = ended_as(run, ExitCode::refused) || ended_as(run, ExitCode::unavailable);
    if (!early || !ended_by_itself(run) || hindered(history, run, run.ended - 5min, run.ended))
        return;
    if (any_in(run.troubles, run.ended - 5min, run.ended)) return;
    if (run.out.find("cut short or not what the protocol says") != std::string::npos) return;
    broken.push_back(fmt::format(
        "(x1) it ends with {}, and no call but those of refused ids had failed", run.exit_code));
}

// (x1) A SendCommand that fails for seconds is no end: AWS is asked for a minute before anything is
// sent, and until the deadline after that.
void short_refusals_are_outlasted(const History& history, const Run& run, Broken& broken) {
    if (!ended_as(run, ExitCode::unavailable) || run.failed_sends.empty()) return;
    if (run.ended - run.begun > 55s) return;
    if (history.outages().empty() && any_in(run.failed_sends, run.ended - 10s, run.ended))
        broken.push_back(fmt::format("(x1) it gives up after {} s", (run.ended - run.begun) / 1s));
}

} // namespace

void check_liveness(const History& history, const Run& run, Broken& broken) {
    names_who_is_at_it(history, run, broken);
    not_refused_for_an_instance(history, run, broken);
    short_refusals_are_outlasted(history, run, broken);
    waits_for_something(history, run, broken);
    does_not_go_round(history, run, broken);
}

} // namespace simulation
