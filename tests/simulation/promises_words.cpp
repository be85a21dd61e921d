// It answers, it is not silent, and it does not say the same again and again: (b), (x4).
#include "src/aws/http.hpp"
#include "src/aws/retries.hpp"
#include "src/aws/settings.hpp"
#include "tests/simulation/evidence.hpp"
#include "tests/simulation/promises.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace simulation {

using namespace std::chrono_literals;
using snow_white::cli::ExitCode;

namespace {

// Between two words lie two steps of the drain at most, one in which the interval ends and one that has the
// word: eight calls (a look has four: environments, instances, agents, EC2 once more), and the pages of three
// listings; each may go well at the last try only.
Duration longest_silence(const History& history) {
    const int tries = snow_white::aws::Settings{}.attempts;
    const Duration a_call =
        snow_white::aws::HttpRequest{}.timeout * tries + snow_white::aws::longest_retry_pause * (tries - 1);
    const int regions = history.in_two_regions() ? 2 : 1; // one after the other
    return heartbeat_interval() + a_call * regions * (8 + 3 * (pages_of(history) - 1));
}

// (b) Every run that was not killed ends with a report, on the terminal and in Slack.
void always_an_answer(const History& history, const Run& run, Broken& broken) {
    if (run.killed) return;
    if (ended_as(run, ExitCode::internal) || ended_as(run, ExitCode::usage))
        broken.push_back(fmt::format("(b) it ends with {}: {}", run.exit_code, run.out));
    if (run.out.find("(after ") == std::string::npos) broken.push_back("(b) no report on the terminal");
    if (history.slack_has_faults) return;
    const auto has_report = [](const auto& message) { return message.find("(after ") != std::string::npos; };
    if (run.messages.empty() || !(history.two_monitors ? std::ranges::any_of(run.messages, has_report)
                                                       : has_report(run.messages.back())))
        broken.push_back("(b) no report in Slack");
    if (std::ranges::any_of(run.messages, [](const auto& message) {
            return message.find("\"blocks\"") == std::string::npos;
        }))
        broken.push_back("(b) Slack refused the blocks of a message");
}

// (b) … and while it lasts there is a word about every quarter of an hour.
void never_silent(const History& history, const Run& run, Broken& broken) {
    Duration longest = longest_silence(history);
    for (const auto& pause : run.pauses)
        longest += pause.until - pause.from;
    Instant last = run.begun;
    const auto check = [&](Instant at) {
        if (at - last > longest) broken.push_back(fmt::format("(b) silent for {} min", (at - last) / 1min));
        last = at;
    };
    for (const auto at : told_at(run, ""))
        check(at);
    check(run.ended);
}

// (b) An AWS that is out of reach, for all that its calls tell, is said to be so.
void outages_are_told(const History& history, const Run& run, Broken& broken) {
    if (history.in_two_regions() || run.killed) return; // the other region answers meanwhile
    for (const auto& outage : history.outages()) {
        std::vector<Instant> failed;
        for (const auto at : run.troubles)
            if (outage.meets(at, at)) failed.push_back(at);
        if (failed.empty() || failed.back() - failed.front() < 2min) continue;
        const bool is_said = std::ranges::any_of(run.said, [&](const Line& line) {
            return line.at >= failed.front() - 16min && line.at <= failed.back() + 1min &&
                   (line.text.find("AWS has") != std::string::npos ||
                    line.text.find("does not get through") != std::string::npos);
        });
        if (!is_said)
            broken.push_back(fmt::format("(b) AWS was out of reach for {} s, and nothing is said of it",
                                         (failed.back() - failed.front()) / 1s));
    }
}

// (x4) Nor does it say the same again and again, unless it tells somebody meanwhile, or AWS fails now and
// then.
void does_not_repeat_itself(const History& history, const Run& run, Broken& broken) {
    if (history.slack_has_faults) return; // each message that Slack does not take is told
    std::map<std::string, std::vector<Instant>> said;
    for (const auto& line : run.said) {
        const auto words = line.text.find("Z "); // after the time
        if (!line.text.starts_with("{") && words != std::string::npos)
            said[line.text.substr(words)].push_back(line.at);
    }
    constexpr std::size_t enough = 5;
    for (const auto& [words, moments] : said)
        for (std::size_t i = enough; i < moments.size(); ++i) {
            const Instant from = moments[i - enough];
            const bool tells = std::ranges::any_of(run.sent, [&](const Sent& sent) {
                return !sent.is_status() && sent.at >= from && sent.at <= moments[i];
            });
            if (moments[i] - from > 10min || tells || any_in(run.troubles, from, moments[i])) continue;
            broken.push_back(fmt::format("(x4) said {} times within {} s, and nobody was told:{}", enough + 1,
                                         (moments[i] - from) / 1s, words.substr(1)));
            return;
        }
}

} // namespace

void check_words(const History& history, const Run& run, Broken& broken) {
    always_an_answer(history, run, broken);
    never_silent(history, run, broken);
    outages_are_told(history, run, broken);
    does_not_repeat_itself(history, run, broken);
}

} // namespace simulation
