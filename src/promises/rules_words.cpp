// The run ends with a report, is not silent for long, and does not repeat itself: (b), (x4).
#include "src/aws/config/settings.hpp"
#include "src/aws/retries.hpp"
#include "src/base/ids.hpp"
#include "src/drain/machine/limits.hpp"
#include "src/http/http.hpp"
#include "src/promises/rules_parts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace snow_white::promises {

using namespace std::chrono_literals;

namespace {

const Event* last_of(const RunLog& run) {
    return run.events.empty() ? nullptr : &run.events.back();
}

void ends_with_a_report(const RunLog& run, const RunContext& known, Breaches& breaches) {
    const Event* ended = run.ended();
    if (ended != nullptr && as<Ended>(*ended)->name == "internal")
        add(breaches, "b", ended, "it ends by a bug of its own");
    if (known.killed || run.report() != nullptr || run.launcher_stopped_watching()) return;
    add(breaches, "b", last_of(run),
        "no report; this is the last line of the run: it goes on, was killed, or the log is cut");
}

// Progress snapshots are not for people, and do not count.
void is_never_silent(const RunLog& run, const RunContext& known, Breaches& breaches) {
    Duration longest = longest_silence(run);
    for (const auto& pause : known.suspensions)
        longest += pause.until - pause.from;
    std::optional<Instant> last = known.begun;
    // A run may print before it knows its fleet, where AWS does not answer.
    const Event* const first =
        known.begun && !run.events.empty() ? &run.events.front() : run.begin();
    for (const Event* event = first; event != nullptr && event <= &run.events.back(); ++event) {
        if (event->silent) continue;
        const Duration silence = event->at - last.value_or(event->at);
        if (silence > longest)
            add(breaches, "b", event, "silent for the {} min before this line", silence / 1min);
        last = event->at;
    }
    if (known.ended && last && *known.ended - *last > longest)
        add(breaches, "b", last_of(run), "silent for {} min after its last line",
            (*known.ended - *last) / 1min);
}

bool sends_meanwhile(const RunLog& run, Instant from, Instant until) {
    return std::ranges::any_of(run.events, [&](const Event& event) {
        const auto* started = as<Started>(event);
        return started != nullptr && !started->adopted && started->action != "status" &&
               event.at >= from && event.at <= until;
    });
}

bool has_any(std::string_view words, std::initializer_list<std::string_view> parts) {
    return std::ranges::any_of(parts, [words](std::string_view part) {
        return words.find(part) != std::string_view::npos;
    });
}

// An outage, or a single call.
bool mentions_failed_call(std::string_view words) {
    return mentions_outage(words) ||
           has_any(words, {"AWS answers again", "AWS tells of ", "AWS lists ",
                           "could not watch for ", "could not list ",
                           "the answer to SendCommand was lost", "SSM no longer knows command "});
}

// A SendCommand that fails is not in the log: there may have been one each time.
bool mentions_resend(std::string_view words) {
    return has_any(words, {"told again", "the command again"});
}

// If the calls are not known, the log shows some of the failures.
std::vector<Instant> failed_calls(const RunLog& run, const RunContext& known) {
    if (known.has_calls) return known.failed_calls;
    std::vector<Instant> failed;
    for (const auto& event : run.events)
        if (mentions_failed_call(event.text)) failed.push_back(event.at);
    return failed;
}

// (x4) A notice may be repeated after a command was sent, or where a call fails.
void does_not_repeat_itself(const RunLog& run, const RunContext& known, Breaches& breaches) {
    constexpr std::size_t enough = 5;
    constexpr auto soon = 10min;
    const auto failed = failed_calls(run, known);
    std::map<std::string, std::vector<const Event*>> said;
    for (const auto& event : run.events) {
        const auto* words = as<Words>(event);
        if (words == nullptr || !words->noted || (!known.has_calls && mentions_resend(event.text)))
            continue;
        auto& times = said[event.text];
        times.push_back(&event);
        if (times.size() <= enough) continue;
        const Instant from = times[times.size() - 1 - enough]->at;
        const bool fails =
            std::ranges::any_of(failed, [&](Instant at) { return at >= from && at <= event.at; });
        if (event.at - from > soon || fails || sends_meanwhile(run, from, event.at)) continue;
        add(breaches, "x4", &event, "said {} times within {} s, and no command was sent meanwhile",
            enough + 1, (event.at - from) / 1s);
        return;
    }
}

} // namespace

bool mentions_outage(std::string_view words) {
    return has_any(words,
                   {"AWS has", "AWS does not answer", "does not get through", "SendCommand fails"});
}

std::int64_t pages_of(const RunLog& run) {
    return run.instances() / invocations_per_page + 1;
}

// Between two lines are at most two steps of the drain: one during which the interval ends, and one
// that prints the heartbeat. They make eight calls (a discovery makes four: environments,
// instances, agents, EC2 by id) and read the pages of three lists. Each call may succeed only at
// its last try. Several regions make their calls one after the other.
Duration longest_silence(const RunLog& run) {
    const int tries = aws::Settings{}.attempts;
    const Duration a_call = HttpRequest{}.timeout * tries + aws::longest_retry_pause * (tries - 1);
    return drain::heartbeat_interval +
           a_call * static_cast<std::int64_t>(run.regions()) * (8 + 3 * (pages_of(run) - 1));
}

void check_words(const RunLog& run, const RunContext& known, Breaches& breaches) {
    ends_with_a_report(run, known, breaches);
    is_never_silent(run, known, breaches);
    does_not_repeat_itself(run, known, breaches);
}

} // namespace snow_white::promises
