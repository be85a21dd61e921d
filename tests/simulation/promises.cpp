#include "tests/simulation/promises.hpp"

#include "src/aws/http.hpp"
#include "src/aws/pace.hpp"
#include "src/aws/retries.hpp"
#include "src/aws/settings.hpp"
#include "src/cli/exit_code.hpp"
#include "src/drain/steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::cli::ExitCode;

namespace {

using Broken = std::vector<std::string>;

// Of the calls that a fleet of that size makes in pages of fifty: one page for each fifty.
std::size_t pages_of(const History& history) {
    return history.lives.size() / 50 + 1;
}

// Between two words lie two steps of the drain at most, one in which the interval ends and one that has the
// word: eight calls (a look has four: environments, instances, agents, EC2 once more), and the pages of three
// listings; each may go well at the last try only.
Duration longest_silence(const History& history) {
    const int tries = snow_white::aws::Settings{}.attempts;
    const Duration a_call =
        snow_white::aws::HttpRequest{}.timeout * tries + snow_white::aws::longest_retry_pause * (tries - 1);
    const int regions = history.in_two_regions() ? 2 : 1; // one after the other
    return snow_white::drain::heartbeat_interval + a_call * regions * (8 + 3 * (pages_of(history) - 1));
}

bool ended_as(const Run& run, ExitCode code) {
    return run.exit_code == static_cast<int>(code);
}

bool is_ours(const Life& life) {
    return life.environment.find("workers") != std::string::npos;
}

bool lives_at(const Life& life, Instant at) {
    return life.launched <= at && (!life.ended || *life.ended > at);
}

bool all_as_asked(const History& history, Instant at) {
    return std::ranges::all_of(history.lives, [&](const Life& life) {
        return !is_ours(life) || !lives_at(life, at) || life.model->is_as_asked(history.action, at);
    });
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

// When a line of the terminal was said, to the second.
std::optional<Instant> stamp_of(const std::string& line) {
    std::istringstream stamp(line.substr(0, 20));
    std::tm parts{};
    if (line.size() < 20 || !(stamp >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%SZ"))) return std::nullopt;
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::from_time_t(timegm(&parts)));
}

// When the terminal was told something that has these words; empty: anything.
std::vector<Instant> told_at(const Run& run, const std::string& words) {
    std::vector<Instant> moments;
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);)
        if (const auto at = stamp_of(line); at && line.find(words) != std::string::npos)
            moments.push_back(*at);
    return moments;
}

// The run's end, but for what Slack takes.
Instant reported_at(const Run& run) {
    const auto reports = told_at(run, "(after ");
    return reports.empty() ? run.ended : reports.front() + 1s;
}

// (a) Success is said only if there was a moment, after the last script that acted had ended, and not long
// before the report, at which everybody was as asked.
void success_is_true(const History& history, const Run& run, Broken& broken) {
    if (!ended_as(run, ExitCode::done)) return;
    if (run.out.find("NOT VERIFIED") != std::string::npos) {
        broken.push_back("(a) our own documents answered, and it says that nothing could be verified");
        return;
    }
    const Instant to = reported_at(run);
    const auto holds = snow_white::drain::time_a_sweep_holds(history.lives.size());
    const Instant from = std::max<Instant>(run.begun, to - holds);
    if (std::ranges::none_of(turns(history, from, to), [&](Instant at) { return all_as_asked(history, at); }))
        broken.push_back(fmt::format(
            "(a) it reports success, and at no moment of the {} s before it was everybody as asked",
            holds / 1s));
}

// (b) Every run that was not killed ends with a report, on the terminal and in Slack.
void always_an_answer(const History& history, const Run& run, Broken& broken) {
    if (run.killed) return;
    if (ended_as(run, ExitCode::internal) || ended_as(run, ExitCode::usage))
        broken.push_back(fmt::format("(b) it ends with {}: {}", run.exit_code, run.out));
    if (run.out.find("(after ") == std::string::npos) broken.push_back("(b) no report on the terminal");
    if (history.slack_has_faults) return;
    if (run.messages.empty() || run.messages.back().find("(after ") == std::string::npos)
        broken.push_back("(b) no report in Slack");
    if (std::ranges::any_of(run.messages, [](const auto& message) {
            return message.find("\"blocks\"") == std::string::npos;
        }))
        broken.push_back("(b) Slack refused the blocks of a message");
}

// (b) … and while it lasts there is a word about every quarter of an hour.
void never_silent(const History& history, const Run& run, Broken& broken) {
    const Duration longest = longest_silence(history);
    Instant last = run.begun;
    const auto check = [&](Instant at) {
        if (at - last > longest) broken.push_back(fmt::format("(b) silent for {} min", (at - last) / 1min));
        last = at;
    };
    for (const auto at : told_at(run, ""))
        check(at);
    check(run.ended);
}

// (c) No second signal to an instance that is doing the same; nothing but the action and the status is sent.
void nothing_twice(const History& history, Broken& broken) {
    if (!history.doubled.empty() && !history.aws_forgets && !history.others_act)
        broken.push_back("(c) told again while it was doing the same: " + history.doubled.front());
    const std::map<std::string, std::string> logical{
        {"quiet", "QuietSideKiq"}, {"wake", "WakeSideKiq"}, {"stop", "StopSideKiq"}};
    for (const auto& document : history.documents_sent)
        if (document.find(logical.at(history.action)) == std::string::npos &&
            document.find("StatusSideKiq") == std::string::npos)
            broken.push_back("(c, d) it sent " + document);
}

std::size_t most_within(Duration span, const std::vector<Instant>& moments) {
    std::size_t most = 0;
    for (std::size_t first = 0, i = 0; i < moments.size(); ++i) {
        while (moments[i] - moments[first] >= span)
            ++first;
        most = std::max(most, i - first + 1);
    }
    return most;
}

// (e) Calls in any minute, whatever happens; and all of them, when nothing does: one in four seconds, what
// the start and the end take, and the first minutes' more frequent questions (a sixtieth of the time waited
// lies between two: 60 + 60 ln 5 in the 300 s until that is the longest pause). Who looks on costs more.
void modest(const History& history, const Run& run, Broken& broken) {
    constexpr std::size_t within_a_minute = snow_white::aws::Pace::most_calls_within(60s);
    for (const auto& [region, made] : run.calls)
        if (most_within(60s, made) > within_a_minute)
            broken.push_back(fmt::format("(e) more than {} calls within a minute", within_a_minute));
    if (history.is_eventful()) return;
    const auto calls = run.all_calls();
    const Duration lasted = run.ended - run.begun;
    const auto more_at_first = std::min<Duration::rep>(lasted / 1s * 3 / 4, 345);
    const auto waiting = std::min(lasted / 4s + more_at_first, std::max<Duration>(lasted, 2h) / 4s);
    auto most = static_cast<std::size_t>(waiting) + 25 + 4 * pages_of(history);
    if (history.looked_on) // twelve pages a minute, and four calls in three minutes
        most += static_cast<std::size_t>(lasted / 5s + lasted / 45s) + pages_of(history) + 4;
    if (history.in_two_regions()) most *= 2;
    if (calls > most)
        broken.push_back(fmt::format("(e) {} calls where nothing happened, {} would do", calls, most));
}

// (h) When there is nothing left to do it ends: it does not look, and look again, until the deadline.
void does_not_go_round(const History& history, const Run& run, Broken& broken) {
    // A vain one may come after a clean one, and in company after one more that waited for the other place.
    const std::size_t enough = 3 * snow_white::drain::most_vain_sweeps * (history.in_two_regions() ? 2 : 1);
    std::size_t sweeps = 0; // since somebody was told
    std::size_t most = 0;
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);) {
        if (line.find("status command ") != std::string::npos)
            most = std::max(most, ++sweeps);
        else if (line.find(history.action + " command ") != std::string::npos)
            sweeps = 0;
    }
    if (most > enough) broken.push_back(fmt::format("(h) {} sweeps, and nobody was told meanwhile", most));
}

// (f) At the deadline it stops, and names who is still at it.
void keeps_the_deadline(const History& history, const Run& run, Broken& broken) {
    if (run.killed) return;
    if (run.ended > run.begun + history.timeout + 6min)
        broken.push_back(fmt::format("(f) {} min after the deadline it still waited",
                                     (run.ended - run.begun - history.timeout) / 1min));
    if (!ended_as(run, ExitCode::timed_out)) return;
    const auto may_be_at_others_work = [&history](const Life& life) { // which they began a moment ago
        return history.others_act && life.environment == environment_of_others;
    };
    for (const auto& life : history.lives)
        if (is_ours(life) && lives_at(life, run.ended) && life.model->acts() &&
            !may_be_at_others_work(life) && life.launched < run.ended - 5min &&
            run.out.find(life.id) == std::string::npos)
            broken.push_back("(f) still at it and not named: " + life.id);
}

// (g) No false alarm: where nothing but faults that pass has happened, the end is success.
void no_false_alarm(const History& history, const Run& run, Broken& broken) {
    if (history.disturbed || history.others_act || run.killed || run.terminated) return;
    if (!history.has_faults() && !ended_as(run, ExitCode::done) && !ended_as(run, ExitCode::timed_out))
        broken.push_back(fmt::format("(g) it ends with {}, and nothing went wrong", run.exit_code));
}

} // namespace

std::vector<std::string> broken_promises(const History& history) {
    Broken broken;
    for (const auto& run : history.runs) {
        success_is_true(history, run, broken);
        always_an_answer(history, run, broken);
        never_silent(history, run, broken);
        modest(history, run, broken);
        keeps_the_deadline(history, run, broken);
        does_not_go_round(history, run, broken);
        no_false_alarm(history, run, broken);
    }
    nothing_twice(history, broken);
    return broken;
}

} // namespace simulation
